"""Sites that may do more than others: show the page in a frame, or ask ``/api`` by script."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request

from sentiment.errors import SettingsError
from sentiment.settings import Settings
from sentiment.web.kit.framing import WORDS

PORTS = {"http": 80, "https": 443}
"""Ports that addresses leave out."""

NAME = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


def exact(said: str) -> str:
    """An origin as browsers write it; raises `SettingsError` for anything else, ``*`` too."""
    try:
        parts = urlsplit(said.strip())
        found = place(said.strip())
        name = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        found, name, parts = None, "", urlsplit("")
    name = f"[{name}]" if ":" in name else name
    rest = parts.path.strip("/"), parts.query, parts.fragment, parts.username
    if found is None or not NAME.fullmatch(name) or any(rest):
        raise SettingsError(
            "{origin} is not the origin of a site. Write scheme, name and port alone, such as "
            "https://example.com or http://localhost:3000.",
            origin=said,
        )
    scheme, _, port = found
    return f"{scheme}://{name}" + ("" if port == PORTS[scheme] else f":{port}")


def sources(said: str) -> tuple[str, ...]:
    """What the policy says of who may frame the page: an origin, or what one of `WORDS` means."""
    return WORDS.get(said.strip()) or (exact(said),)


def place(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for ``null`` and what is none."""
    try:
        parts = urlsplit(origin)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return parts.scheme, parts.hostname or "", port


def init_app(app: Flask, settings: Settings) -> None:
    """Answer scripts of the sites allowed (CORS), before a password is asked for.

    Browsers send no cookies along: who a visitor is here, such a site can't use. Visitors of a page
    with a password need it there too, as HTTP Basic.
    """
    allowed = {exact(origin) for origin in settings.allow_origins}
    if not allowed:
        return

    @app.before_request
    def preflight() -> Response | None:
        if (
            request.method == "OPTIONS"
            and asked()
            and request.headers.get("Origin") in allowed
            and "Access-Control-Request-Method" in request.headers
        ):
            return Response(status=204, headers=PREFLIGHT)
        return None

    @app.after_request
    def allow(response: Response) -> Response:
        if asked():
            response.vary.add("Origin")
            if (origin := request.headers.get("Origin")) in allowed:
                response.headers["Access-Control-Allow-Origin"] = str(origin)
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return response


def asked() -> bool:
    """Whether the request is for the API."""
    return request.path == "/api" or request.path.startswith("/api/")
