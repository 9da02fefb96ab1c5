"""A line for every request, with which nobody can tell who asked or what; and a count of them.

Neither texts nor queries, nor ids of files, stand in it: the route does, as it is declared.
Whoever asked is told apart by a few digits that mean nothing after the page ends. An id that a
proxy has given the request stays with it, so that the lines of all who saw it can be put together.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, g, request

from sentiment.serving.logs import REQUEST, write_line
from sentiment.settings.replicas import LogFormat
from sentiment.web.kit.asking import engine
from sentiment.web.kit.identity import is_owner, sender

ACCESS = "access"
"""Where ``app.extensions`` holds the log, if one is kept."""

MOST = 5_000_000
"""Bytes of a log, of which one older one is kept."""


MANY, PAUSE = 256, 1.0
"""Lines that wait to be written at most, and seconds that they wait while more come."""


HEADER = "X-Request-ID"
"""Where a proxy names a request, and where we do in the answer."""

ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
"""What is taken for such a name: no text would pass."""


class Kept(Protocol):
    """Where lines go."""

    def add(self, fields: dict[str, Any]) -> None:
        """Keep a line."""

    def close(self) -> None:
        """Write what was kept."""


def init_app(app: Flask) -> None:
    """Count and log every answer of the app."""
    salt = secrets.token_bytes(16)

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        named = request.headers.get(HEADER, "")
        REQUEST.set(named if ID.fullmatch(named) else secrets.token_hex(8))

    @app.after_request
    def record(response: Response) -> Response:
        took = time.perf_counter() - g.begun
        route = str(request.url_rule) if request.url_rule else "-"
        method = request.method if request.url_rule else "-"
        engine().metrics.answered(method, route, response.status_code, took)
        response.headers[HEADER] = REQUEST.get()
        log: Kept | None = app.extensions.get(ACCESS)
        if log:
            log.add(
                {
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "seconds": round(took, 3),
                    "who": "owner" if is_owner() else pseudonym(salt),
                }
            )
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        REQUEST.set("")  # the thread may have something to say outside of any request


def pseudonym(salt: bytes) -> str:
    """The same for every request of a visitor, and not to be traced back without the salt."""
    return hashlib.blake2b(sender().encode(), key=salt, digest_size=4).hexdigest()


class JsonLog:
    """JSON lines beside those of everything else that is logged."""

    def add(self, fields: dict[str, Any]) -> None:
        """Write a line."""
        write_line({"level": "info", "logger": "access"} | fields)

    def close(self) -> None:
        """Nothing is left to write."""


class Log:
    """Lines in a file, written together: one by one they would cost a third of an answer.

    Of a full disk others tell: then lines are left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []
        self._written = time.monotonic()
        self._lock = threading.Lock()

    def add(self, fields: dict[str, Any]) -> None:
        """Keep a line with the time, and write what was kept where it is due."""
        line = " ".join(str(value) for value in fields.values())
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


def keep(app: Flask, folder: Path, form: LogFormat = "text") -> Kept:
    """Write the log to a folder from now on, or JSON where everything is logged.

    Whoever closes it writes the rest.
    """
    if form == "json":
        lines = app.extensions[ACCESS] = JsonLog()
        return lines
    with suppress(OSError):  # whoever needs the folder says so
        folder.mkdir(parents=True, exist_ok=True)
    log = app.extensions[ACCESS] = Log(folder / "access.log")
    return log
