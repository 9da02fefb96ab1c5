"""Cookies: kept from scripts and from other sites, and sent to this page alone."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from sentiment.web.kit.identity import request_scheme, settings
from sentiment.web.kit.root import root


def attributes() -> dict[str, Any]:
    """What every cookie has beside name, value and age.

    In a frame of another site browsers send none that is ``Lax``. So where frames are allowed,
    cookies are ``None``, and ``Partitioned``: they come back inside the pages of that site only,
    and no third one can use them. That needs https; without it such a frame has no cookies.
    """
    encrypted = request_scheme() == "https"
    framed = encrypted and bool(settings().allow_frames)
    return {
        "path": root() or "/",
        "secure": encrypted,
        "httponly": True,
        "samesite": "None" if framed else "Lax",
        "partitioned": framed,
    }


def keep(response: Response, name: str, value: str, seconds: float) -> None:
    """Have a browser keep a cookie for so long."""
    response.set_cookie(name, value, max_age=int(seconds), **attributes())
