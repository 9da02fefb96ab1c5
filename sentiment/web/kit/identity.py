"""Who asks: the owner at this computer, or a visitor.

A visitor is whoever does not provably sit at this computer: the tunnel adds X-Forwarded-For to
every request, and nobody can take that away.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, request

from sentiment.settings import LOCAL_HOSTS, Settings

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Headers of requests that came through a tunnel or proxy."""


def is_local(tunnel: Tunnel | None) -> bool:
    """Whether the owner asks, from this very computer.

    All of it must hold: the connection comes from here, no proxy or tunnel has passed it on, and
    it asks for a local name. A name alone anybody can claim.
    """
    return (
        host_name() in LOCAL_HOSTS
        and is_loopback(request.remote_addr or "")
        and not is_forwarded()
        and not is_tunnel(tunnel)
    )


def settings() -> Settings:
    """The settings of this app."""
    found: Settings = current_app.extensions["settings"]
    return found


def is_owner() -> bool:
    """Whether the owner asks this app, from the computer that runs it."""
    return is_local(current_app.extensions["tunnel"])


def host_name() -> str | None:
    """The name that the request asks for, without the port; None when it is malformed."""
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def is_forwarded() -> bool:
    """Whether somebody passed the request on."""
    return any(name in request.headers for name in FORWARDING)


def is_tunnel(tunnel: Tunnel | None) -> bool:
    """Whether the request asks for the tunnel's name."""
    return tunnel is not None and tunnel.status.url is not None and request.host == tunnel.host


def is_loopback(address: str) -> bool:
    """Whether a connection from there comes from this computer (``::ffff:127.0.0.1`` too)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def sender() -> str:
    """The visitor's address: the entry that the tunnel itself wrote, after what others claim."""
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    return forwarded.rpartition(",")[2].strip() or request.remote_addr or "unknown"
