"""Who sent a request that came through proxies: the entry of the first one that is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from sentiment.settings import Settings

BELIEVE = "believe"
"""Where ``app.extensions`` holds what puts the sender into a WSGI environment."""


def init_app(app: Flask, settings: Settings) -> None:
    """Believe exactly so many entries of ``X-Forwarded-For`` and ``-Proto`` as there are proxies.

    Each appends one; what stands before them the sender may have made up.
    """
    hops = settings.proxy_hops or 0
    fix = ProxyFix(nothing, x_for=hops, x_proto=hops)

    def believe(environ: dict[str, Any]) -> None:
        fix(environ, lambda *_: lambda _: None)

    app.extensions[BELIEVE] = believe
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def nothing(_environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
    """An app that answers nothing: the environment alone is of interest."""
    return []
