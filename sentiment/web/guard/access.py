"""A line for every request, with which nobody can tell who asked or what.

Neither texts nor queries, nor ids of files, stand in it: the route does, as it is declared.
Whoever asked is told apart by a few digits that mean nothing after the page ends.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from contextlib import nullcontext, suppress
from pathlib import Path

from flask import Flask, Response, g, request

from sentiment.web.kit.identity import is_owner, sender

log = logging.getLogger("sentiment.access")

MOST = 5_000_000
"""Bytes of a log, of which one older one is kept."""


MANY, PAUSE = 256, 1.0
"""Lines that wait to be written at most, and seconds that they wait while more come."""


def init_app(app: Flask) -> None:
    """Log every answer of the app."""
    salt = secrets.token_bytes(16)

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def record(response: Response) -> Response:
        if log.isEnabledFor(logging.INFO):
            begun = g.get("begun")
            log.info(
                "%s %s %d %s %s",
                request.method if request.url_rule else "-",
                request.url_rule or "-",
                response.status_code,
                "-" if begun is None else f"{time.perf_counter() - begun:.3f}",
                "owner" if is_owner() else pseudonym(salt),
            )
        return response


def pseudonym(salt: bytes) -> str:
    """The same for every request of a visitor, and not to be traced back without the salt."""
    return hashlib.blake2b(sender().encode(), key=salt, digest_size=4).hexdigest()


class Log(logging.Handler):
    """Lines in a file, written together: a write for each costs as much as a third of an answer.

    Of a full disk others tell: then lines are left out.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._lines: list[str] = []
        self._written = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, and write what was kept where it is time."""
        self._lines.append(self.format(record))
        if len(self._lines) >= MANY or time.monotonic() - self._written > PAUSE:
            self.flush()

    def flush(self) -> None:
        """Write what was kept."""
        with suppress(OSError), self.lock or nullcontext():
            lines, self._lines = self._lines, []
            self._written = time.monotonic()
            if self._path.exists() and self._path.stat().st_size > MOST:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            if lines:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write("\n".join([*lines, ""]))


def keep(folder: Path) -> None:
    """Write the log to a folder from now on."""
    with suppress(OSError):  # whoever needs the folder says so
        folder.mkdir(parents=True, exist_ok=True)
    handler = Log(folder / "access.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
