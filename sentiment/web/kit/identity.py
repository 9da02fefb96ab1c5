"""Who asks: the owner of this computer, or a visitor.

While strangers may come, the owner is who proves it: by a cookie that a link in the terminal is
exchanged for, once. Nothing is concluded from what a request lacks, for a plain proxy takes away
every sign of where it came from. Only where nobody else can come does whoever asks from this
computer need no proof.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, g, request
from itsdangerous import BadSignature, TimestampSigner

from sentiment.i18n import both
from sentiment.serving.addresses import neighbourhood
from sentiment.settings import LOCAL_HOSTS, Settings
from sentiment.web.kit.counts import Counts
from sentiment.web.kit.framing import is_colabs

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel

FORWARDING = (
    *("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *("X-Forwarded-Prefix", "X-Real-IP"),
)
"""Headers of requests that came through a tunnel or proxy."""

CHECKS = ("health", "readiness")
"""Endpoints of the signs of life, which whatever watches the page asks for."""

COOKIE = "sentiment_owner"
"""Begins the name of the owner's cookie; the port ends it, for browsers don't tell ports apart.
Replicas on any ports are one page, and have none in the name."""

KEPT = 30 * 24 * 3600
"""Seconds that a browser keeps it; it is good until the page is started anew, unless that has a
secret key of its own, and no longer than this."""

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
"""What a link may hold."""


class Owner:
    """What proves the owner: for one run of the page, or at all replicas that share a secret."""

    def __init__(self, settings: Settings, counts: Counts) -> None:
        """Ask for proof where `strangers` may come."""
        self.strangers = (
            bool(settings.share or settings.gate)
            or settings.proxied
            or settings.shared
            or bool(settings.root_path)  # such a path is a proxy's
            or not stays_here(settings.host)
        )
        self.on_used: Callable[[], None] = lambda: None
        self.learns = False  # the names under which the link is opened; a notebook's has others
        self._names: set[str] = set()
        key = settings.secret_key or secrets.token_bytes(32)
        self._signer = TimestampSigner(key, salt="owner", digest_method=hashlib.sha256)
        self._counts = counts
        self._token = self._offered()

    def _offered(self) -> str:
        """A new token, good once."""
        token = secrets.token_urlsafe(24)
        self._counts.offer(token, KEPT)
        return token

    def link(self, address: str) -> str:
        """The link for the next browser of the owner; the page's `address` ends without slash."""
        return f"{address}/owner?token={self._token}"

    def announce(self, address: str, say: Callable[[str], None]) -> None:
        """Say the link where strangers may come, and another one when it was used."""

        def tell() -> None:
            link = self.link(address)
            say(
                both(
                    lambda _: _(
                        "To be the owner in a browser, open this link in it, once: {link}"
                    ).format(link=link)
                )
            )

        if self.strangers:
            self.on_used = tell
            tell()

    def first_page(self, address: str) -> str:
        """What the owner's browser opens first."""
        return self.link(address) if self.strangers else address

    def exchange(self, token: str) -> bool:
        """Whether `token` is that of a link that was not used; ours is another one from then on."""
        if not TOKEN.fullmatch(token):
            return False
        taken = self._counts.take(token)
        if taken:
            self._names.add(request.host)
        if token == self._token:  # if not taken now, then before at another replica
            self._token = self._offered()
            self.on_used()
        return taken

    def answers_to(self, host: str, token: str) -> bool:
        """Whether the owner has opened the link under a name, or does so now by its `token`.

        Behind a notebook's proxy the page doesn't know its name. A stranger's domain that leads
        here (DNS rebinding) does not know the token.
        """
        return self.learns and (host in self._names or self._is_token(token))

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(errors="replace"), self._token.encode())

    def cookie(self) -> str:
        """What makes a browser the owner's that keeps it under `cookie_name`."""
        return self._signer.sign(secrets.token_urlsafe(16)).decode()

    def knows(self, cookie: str) -> bool:
        """Whether a cookie is one of ours."""
        try:
            self._signer.unsign(cookie, max_age=KEPT)
        except (BadSignature, ValueError):
            return False
        return True


def cookie_name() -> str:
    """The name of the owner's cookie on the port that this request came to."""
    return COOKIE if settings().shared else f"{COOKIE}_{request.environ.get('SERVER_PORT', '')}"


def is_owner() -> bool:
    """Whether the owner of this app asks: proven, or where there is nobody else, from here."""
    if "is_owner" not in g:  # asked several times a request, and a signature takes its time
        g.is_owner = asks_as_owner()
    return bool(g.is_owner)


def asks_as_owner() -> bool:
    """Likewise, looked at anew."""
    owner: Owner = current_app.extensions["owner"]
    if (cookie := request.cookies.get(cookie_name())) and owner.knows(cookie):
        return True
    return not owner.strangers and is_local()


def is_local() -> bool:
    """Whether a request comes from this very computer, as far as can be told.

    All of it must hold: the connection comes from here, no proxy or tunnel has passed it on, and
    it asks for a local name. A name alone anybody can claim.
    """
    return (
        host_name() in LOCAL_HOSTS
        and is_loopback(request.remote_addr or "")
        and not is_forwarded()
        and not is_tunnel()
    )


def settings() -> Settings:
    """The settings of this app."""
    found: Settings = current_app.extensions["settings"]
    return found


def host_name() -> str | None:
    """The name that the request asks for, without the port; None when it is malformed."""
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def is_forwarded() -> bool:
    """Whether somebody passed the request on."""
    return any(name in request.headers for name in FORWARDING)


def is_tunnel() -> bool:
    """Whether the request asks for the tunnel's name, or did so before it was passed on."""
    tunnel: Tunnel | None = current_app.extensions["tunnel"]
    if tunnel is None or tunnel.status.url is None:
        return False
    return tunnel.host in (request.host, request.headers.get("X-Forwarded-Host"))


def is_loopback(address: str) -> bool:
    """Whether a connection from there comes from this computer (``::ffff:127.0.0.1`` too)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def stays_here(host: str) -> bool:
    """Whether only this computer can reach a server that listens on `host`."""
    return host == "localhost" or is_loopback(host)


def request_scheme() -> str:
    """What the sender's browser speaks: a proxy that speaks https says so, tunnel and Colab do.

    A page of another site can't set the header.
    """
    if is_tunnel() or is_colabs(host_name() or "", settings().allow_frames):
        return "https"
    if settings().proxy_hops:  # then it has been read, of the hop that is believed
        return request.scheme
    said = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
    return said or request.scheme


def page_address() -> str:
    """The address of the page for whoever asks, without a slash at its end."""
    tunnel: Tunnel | None = current_app.extensions["tunnel"]
    if tunnel is not None and tunnel.status.url and is_tunnel():
        return tunnel.status.url
    return f"{request_scheme()}://{request.host}{request.script_root}"


def sender() -> str:
    """Whom a request is counted by: the address, or for IPv6 the network, that sent it.

    That is what the tunnel or a proxy that we were told of has written last; what comes before
    it, and all of it elsewhere, anybody may claim. Of counted hops `guard.proxies` has read it.
    """
    address = request.remote_addr or "unknown"
    if is_loopback(address) and (settings().proxy or is_tunnel()):
        forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
        address = forwarded.rpartition(",")[2].strip() or address
    return neighbourhood(address)
