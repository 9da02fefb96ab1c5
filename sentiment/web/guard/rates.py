"""How much one visitor may ask: of the model in a minute, and of files in an hour."""

from __future__ import annotations

import math
import time

from flask import Flask, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from sentiment.settings import Settings
from sentiment.web.kit.counts import COUNTS, reached
from sentiment.web.kit.identity import is_owner, sender
from sentiment.web.kit.language import gettext

JUDGING = ("pages.submit", "pages.lead", "api.answer", "api_v1.predict", "mcp")
"""Endpoints that ask the model whenever they are asked."""

JUDGING_QUERIES = ("pages.index", "compare.show")
"""... and those that do so for what the address says."""

COUNTED = "sentiment.counted"
"""Where a request's environment says that it was counted: the server asks before the body comes."""


def init_app(app: Flask, settings: Settings) -> None:
    """Count what visitors ask where strangers may come; the owner is not counted."""
    limiter = MovingWindowRateLimiter(app.extensions[COUNTS].limits())
    limits = {
        "judging": RateLimitItemPerMinute(settings.visitor_rate),
        "uploads": RateLimitItemPerHour(settings.visitor_uploads),
    }

    @app.before_request
    def count() -> None:
        kind = asked()
        strangers = app.extensions["owner"].strangers
        if kind is None or not strangers or COUNTED in request.environ or is_owner():
            return
        with reached():
            if not limiter.hit(limits[kind], kind, sender()):
                raise too_many(wait(limiter, limits[kind], kind))
        request.environ[COUNTED] = True


def asked() -> str | None:
    """What a request costs, if anything."""
    if request.endpoint == "files.upload":
        return "uploads"
    judges = request.endpoint in JUDGING or (request.endpoint in JUDGING_QUERIES and request.args)
    return "judging" if judges else None


def wait(limiter: MovingWindowRateLimiter, limit: RateLimitItem, kind: str) -> int:
    """Seconds until this sender's oldest request is forgotten."""
    reset = limiter.get_window_stats(limit, kind, sender()).reset_time
    return max(1, math.ceil(reset - time.time()))


def too_many(seconds: int) -> TooManyRequests:
    """What to do about it."""
    message = gettext("That is more than one visitor may ask at once. Try again in {seconds} s.")
    return TooManyRequests(message.format(seconds=seconds), retry_after=seconds)
