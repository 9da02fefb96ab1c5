"""How many visitors are on the page: told apart by address, and forgotten after some minutes."""

from __future__ import annotations

import threading
import time

from flask import Flask, request

from sentiment.web.kit.identity import is_owner, sender

RECENT = 300.0
"""Seconds after somebody's last request until they count as gone."""

MOST = 10_000
"""Addresses that are remembered."""


class Visitors:
    """When each address asked last."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, sender: str) -> None:
        """Somebody asks now."""
        with self._lock:
            self._last.pop(sender, None)
            if len(self._last) >= MOST:
                del self._last[next(iter(self._last))]
            self._last[sender] = time.monotonic()

    @property
    def count(self) -> int:
        """Addresses that have asked lately."""
        since = time.monotonic() - RECENT
        with self._lock:
            return sum(last >= since for last in self._last.values())


def init_app(app: Flask) -> None:
    """Count whoever has come past the gate."""
    found = app.extensions["visitors"] = Visitors()

    @app.before_request
    def note() -> None:
        if request.endpoint not in ("static", "login") and not is_owner():
            found.note(sender())
