"""The link in the terminal that makes a browser the owner's, once."""

from __future__ import annotations

from flask import Flask, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from sentiment.settings import Settings
from sentiment.web.kit.cookies import keep
from sentiment.web.kit.counts import COUNTS
from sentiment.web.kit.identity import KEPT, Owner, cookie_name, is_owner
from sentiment.web.kit.language import gettext


def init_app(app: Flask, settings: Settings) -> None:
    """Take the link's token, before the gate asks for a password."""
    proof = app.extensions["owner"] = Owner(settings, app.extensions[COUNTS])

    @app.before_request
    def take_proof() -> AnyResponse | None:
        if request.endpoint != "owner" or request.method != "GET" or is_looking_ahead():
            return None
        if is_owner():
            return redirect(url_for("pages.index"), 303)
        if not proof.exchange(request.args.get("token", "")):
            return None
        response = redirect(url_for("pages.index"), 303)
        keep(response, cookie_name(), proof.cookie(), KEPT)
        return response

    @app.get("/owner")
    def owner() -> AnyResponse:
        """Whoever comes so far has no good link."""
        raise Forbidden(
            gettext(
                "This link was used already, or belongs to an earlier start. Open the one that the "
                "terminal shows last."
            )
        )


def is_looking_ahead() -> bool:
    """Whether a browser fetches the page before anybody has opened it."""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
