"""Who may come in: the owner on this computer always, visitors with the password.

Who is who, `sentiment.web.kit.identity` says.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import (
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from markupsafe import Markup
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, TooManyRequests, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from sentiment.settings import Settings
from sentiment.share.telling import qr_svg
from sentiment.web.guard import visitors
from sentiment.web.guard.attempts import Attempts, Verdict
from sentiment.web.kit import cookies
from sentiment.web.kit.counts import COUNTS
from sentiment.web.kit.failures import for_programs
from sentiment.web.kit.identity import CHECKS, is_owner, sender
from sentiment.web.kit.language import gettext
from sentiment.web.kit.root import root

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel

LIFETIME = timedelta(hours=12)
"""How long a visitor stays logged in."""

KNOWN, REMEMBERED = "sentiment_known", timedelta(days=30)
"""The cookie of browsers that have proved right, and how long they keep it."""

UNGUARDED = ("login", "static", "install.manifest", "install.favicon")
"""Endpoints of the login page and of what it needs."""

JUDGED = "sentiment.verdict"
"""Where a request's environment holds what became of its password, which counts once."""


def init_app(app: Flask, settings: Settings, tunnel: Tunnel | None) -> None:
    """Install the gate where there is a password, and the owner's panel where there is a tunnel."""
    if not settings.share and settings.gate is None:
        return
    app.config.update(
        SESSION_COOKIE_NAME="sentiment_visitor",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    app.secret_key = settings.secret_key or app.secret_key or secrets.token_bytes(32)
    app.session_interface = Sessions()
    if settings.share:
        install_panel(app, settings, tunnel)
    if settings.gate is not None:
        install_gate(app, settings.gate)
    if settings.share:
        visitors.init_app(app)


def install_gate(app: Flask, password: str) -> None:
    """Let visitors see the login page only, until they have typed the password."""
    attempts = Attempts(password, app.extensions[COUNTS])
    badge = hmac.digest(key(app), password.strip().encode(), "sha256").hex()
    known = Known(badge)

    @app.before_request
    def guard() -> AnyResponse | None:
        if is_open() or is_owner() or session.get("visitor") == badge:
            return None
        if request.authorization is not None and request.authorization.type == "basic":
            verdict = request.environ.get(JUDGED) or attempts.judge(
                request.authorization.password or "", known.sender()
            )
            request.environ[JUDGED] = verdict
            if verdict.right:
                return None
            if verdict.wait:
                raise TooManyRequests(retry_after=verdict.wait)
        if for_programs(request.path) or request.authorization is not None:
            raise Unauthorized(www_authenticate=challenge())
        here = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"
        return redirect(url_for("login", next=here), 303)

    @app.route("/login", methods=["GET", "POST"])
    def login() -> AnyResponse:
        goal = root() + safe_path(request.args.get("next", "/"))
        if is_owner() or session.get("visitor") == badge:
            return redirect(goal, 303)
        if request.method != "POST":
            return login_page()
        verdict = attempts.judge(request.form.get("password", ""), known.sender())
        if not verdict.right:
            return login_page(verdict)
        session.permanent = True
        session["visitor"] = badge
        return known.remembered(redirect(goal, 303))


def install_panel(app: Flask, settings: Settings, tunnel: Tunnel | None) -> None:
    """Show the owner, and nobody else, how the tunnel fares."""

    @app.context_processor
    def panel() -> dict[str, Any]:
        if tunnel is None or not is_owner():
            return {}
        status = tunnel.status
        return {
            "share": status,
            "share_password": settings.share_password,
            "share_visitors": app.extensions["visitors"].count,
            "share_qr": Markup(qr_svg(status.url)) if status.url else None,  # noqa: S704
            "share_problem": status.error and status.error.translated(gettext),
        }

    @app.get("/share")
    def share() -> str:
        """The panel alone, for the script that keeps it fresh."""
        if not is_owner():
            raise NotFound
        return render_template("_share.html")

    @app.post("/share/close")
    def close_share() -> AnyResponse:
        """End the tunnel; the page goes on running here."""
        if not is_owner():
            raise NotFound
        if tunnel is not None:
            tunnel.close()
        return redirect(url_for("pages.index"), 303)


class Known:
    """Browsers that have proved right before: wrong passwords of others don't have them wait.

    A browser keeps a signed cookie, by which its own wrong passwords are counted then.
    """

    def __init__(self, badge: str) -> None:
        self._signer = Signer(badge, salt="known", digest_method=hashlib.sha256)

    def sender(self) -> str:
        """Whom a password is counted by."""
        cookie = request.cookies.get(KNOWN, "")
        try:
            self._signer.unsign(cookie)
        except (BadSignature, ValueError):
            return sender()
        return f"known {cookie}"

    def remembered(self, response: AnyResponse) -> AnyResponse:
        """Let this browser be known."""
        value = self._signer.sign(secrets.token_urlsafe(16)).decode()
        cookies.keep(response, KNOWN, value, REMEMBERED.total_seconds())
        return response


class Sessions(SecureCookieSessionInterface):
    """Session cookies like all others of the page."""

    def get_cookie_path(self, app: Flask) -> str:
        """Where it is sent."""
        return str(cookies.attributes()["path"])

    @cache  # noqa: B019 - of one app, which keeps this  # making one costs a tenth of an answer
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs them."""
        return super().get_signing_serializer(app)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure through the tunnel; a plain visit from the own network has no encryption."""
        return bool(cookies.attributes()["secure"])

    def get_cookie_samesite(self, app: Flask) -> str:
        """Whether other sites' frames send it."""
        return str(cookies.attributes()["samesite"])

    def get_cookie_partitioned(self, app: Flask) -> bool:
        """Whether it is kept for each site apart."""
        return bool(cookies.attributes()["partitioned"])


def is_open() -> bool:
    """Whether everybody may ask for it: the login page, what it needs, and signs of life."""
    return request.endpoint in (*UNGUARDED, *CHECKS)


def safe_path(path: str) -> str:
    """`path`, below our own, when it leads to a page of ours, else ``/``: never to another's."""
    # Browsers read "\" as "/" and drop control characters; "//name" is another host.
    sneaky = "\\" in path or any(character <= " " or character == "\x7f" for character in path)
    if sneaky or not path.startswith("/") or path.startswith("//"):
        return "/"
    return "/" if path.partition("?")[0] == "/login" else path


def login_page(verdict: Verdict | None = None) -> Response:
    """The form; after a wrong password 401, while there is a wait 429."""
    wait = verdict.wait if verdict else 0
    response = make_response(
        render_template("login.html", wrong=verdict is not None, minutes=math.ceil(wait / 60))
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    response.status_code = 429 if wait else 401 if verdict else 200
    return response


def challenge() -> WWWAuthenticate | None:
    """How programs may log in; a browser's script would open the browser's own dialog by it."""
    if "Sec-Fetch-Mode" in request.headers:
        return None
    return WWWAuthenticate("basic", {"realm": "sentiment"})


def key(app: Flask) -> bytes:
    """The secret key as bytes."""
    return app.secret_key if isinstance(app.secret_key, bytes) else str(app.secret_key).encode()
