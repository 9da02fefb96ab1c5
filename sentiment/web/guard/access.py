"""A line for every request, with which nobody can tell who asked or what.

Neither texts nor queries, nor ids of files, stand in it: the route does, as it is declared.
Whoever asked is told apart by a few digits that mean nothing after the page ends.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response, g, request

from sentiment.web.kit.identity import is_owner, sender

ACCESS = "access"
"""Where ``app.extensions`` holds the log, if one is kept."""

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
        if log := app.extensions.get(ACCESS):
            begun = g.get("begun")
            took = "-" if begun is None else f"{time.perf_counter() - begun:.3f}"
            what = f"{request.method} {request.url_rule}" if request.url_rule else "- -"
            who = "owner" if is_owner() else pseudonym(salt)
            log.add(f"{what} {response.status_code} {took} {who}")
        return response


def pseudonym(salt: bytes) -> str:
    """The same for every request of a visitor, and not to be traced back without the salt."""
    return hashlib.blake2b(sender().encode(), key=salt, digest_size=4).hexdigest()


class Log:
    """Lines in a file, written together: one by one they would cost a third of an answer.

    Of a full disk others tell: then lines are left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []
        self._written = time.monotonic()
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        """Keep a line with the time, and write what was kept where it is due."""
        with self._lock:
            self._lines.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
            due = len(self._lines) >= MANY or time.monotonic() - self._written > PAUSE
        if due:
            self.close()

    def close(self) -> None:
        """Write what was kept."""
        with self._lock, suppress(OSError):
            lines, self._lines = self._lines, []
            self._written = time.monotonic()
            if self._path.exists() and self._path.stat().st_size > MOST:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            if lines:
                with self._path.open("a", encoding="utf-8") as file:
                    file.writelines(lines)


def keep(app: Flask, folder: Path) -> Log:
    """Write the log to a folder from now on; whoever closes it writes the rest."""
    with suppress(OSError):  # whoever needs the folder says so
        folder.mkdir(parents=True, exist_ok=True)
    log = app.extensions[ACCESS] = Log(folder / "access.log")
    return log
