"""Names the page answers under, whose forms it takes, and the headers that keep visitors safe."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import Forbidden
from werkzeug.sansio.utils import host_is_trusted

from sentiment.errors import InputError
from sentiment.settings import LOCAL_HOSTS, Settings
from sentiment.web.guard.origins import place, sources
from sentiment.web.kit.failures import for_programs
from sentiment.web.kit.framing import is_colabs
from sentiment.web.kit.identity import CHECKS, Owner, request_scheme, stays_here
from sentiment.web.kit.language import gettext

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""


def init_app(app: Flask, settings: Settings, tunnel: Tunnel | None) -> None:
    """Check name, query and origin of every request first; put the headers on every answer.

    Raises `SettingsError` for an origin in the settings that is none.
    """
    headers = HEADERS | framing([each for said in settings.allow_frames for each in sources(said)])

    @app.before_request
    def refuse_other_names() -> None:
        host = request.headers.get("Host", "")
        token = request.args.get("token", "") if request.endpoint == "owner" else ""
        proof: Owner = app.extensions["owner"]
        if not (
            answers_to(host, settings, tunnel)
            or proof.answers_to(host, token)
            or (not host and is_check())
        ):
            raise InputError(
                "This page does not answer under that name. Open it at its own address, or start "
                "it with --trusted-host and the name."
            )

    @app.before_request
    def refuse_raw_bytes() -> None:
        # Escaped bytes are judged where they are read; raw ones would break Flask's own parser.
        if not is_utf8(request.query_string):
            raise InputError("The text is not valid UTF-8. Send it encoded as UTF-8 and try again.")

    @app.before_request
    def refuse_forged_posts() -> None:
        if request.method not in SAFE_METHODS and not for_programs(request.path) and is_foreign():
            raise Forbidden(
                gettext(
                    "Another site sent this form, so nothing was done. Open this page itself and "
                    "send it from there."
                )
            )

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(headers)
        if request.endpoint != "static":
            # What people type is nobody else's business, a shared cache's neither.
            response.headers["Cache-Control"] = "no-store"
        return response


def framing(origins: list[str]) -> dict[str, str]:
    """The headers by which a browser shows the page in frames of these origins alone."""
    ancestors = " ".join(origins) or "'none'"
    # X-Frame-Options knows no origins; browsers that know the policy don't read it.
    older = {} if origins else {"X-Frame-Options": "DENY"}
    return {"Content-Security-Policy": f"{POLICY}; frame-ancestors {ancestors}", **older}


def is_check() -> bool:
    """Whether somebody asks for a sign of life, by HTTP/1.0 without any name as HAProxy does."""
    return request.endpoint in CHECKS


def answers_to(host: str, settings: Settings, tunnel: Tunnel | None) -> bool:
    """Whether a ``Host`` header, with or without port, names this page.

    Other names are refused, so that a stranger's domain that leads here (DNS rebinding) cannot
    read the page with a visitor's browser. A bare address cannot be such a domain: those are
    fine once the server listens on more than this machine.
    """
    if not host_is_trusted(host):  # without a list of names: is it well-formed?
        return False
    name = urlsplit(f"//{host}").hostname or ""
    return any(matches(name, known.lower()) for known in known_names(settings, tunnel)) or (
        is_colabs(name, settings.allow_frames)
        or (is_address(name) and not stays_here(settings.host))
    )


def known_names(settings: Settings, tunnel: Tunnel | None) -> Iterator[str]:
    """Every name of the page; the tunnel's may change while it runs."""
    yield from (*LOCAL_HOSTS, settings.host, *settings.trusted_hosts)
    if tunnel is not None and (url := tunnel.status.url):
        yield urlsplit(url).hostname or ""


def matches(name: str, known: str) -> bool:
    """Whether `known` is `name`, or with a leading dot its domain."""
    return name == known.removeprefix(".") or (known.startswith(".") and name.endswith(known))


def is_address(name: str) -> bool:
    """Whether `name` is an IP address rather than a domain."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_foreign() -> bool:
    """Whether a browser sent this request for a page of another origin (CSRF).

    Browsers say so in ``Sec-Fetch-Site``, over plain HTTP and in old ones at least in ``Origin``;
    a page can forge neither. Another subdomain ("same-site") is another's: at a tunnel's domain
    anybody has one. Who sends neither header is no browser and carries nobody's cookies.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    ours = f"{request_scheme()}://{request.headers.get('Host', '')}"
    return origin is not None and (place(origin) is None or place(origin) != place(ours))


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are text."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
