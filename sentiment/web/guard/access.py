"""A line for every request, with which nobody can tell who asked or what.

Neither texts nor queries, nor ids of files, stand in it: the route does, as it is declared.
Whoever asked is told apart by a few digits that mean nothing after the page ends.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from flask import Flask, Response, g, request

from sentiment.web.kit.identity import is_owner, sender

log = logging.getLogger("sentiment.access")

MOST = 5_000_000
"""Bytes of a log, of which one older one is kept."""


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


class Quiet(RotatingFileHandler):
    """A log that doesn't matter enough to complain: of a full disk others tell."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Leave the line out."""


def keep(folder: Path) -> None:
    """Write the log to a folder from now on."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # whoever needs the folder says so
    handler = Quiet(
        folder / "access.log", maxBytes=MOST, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
