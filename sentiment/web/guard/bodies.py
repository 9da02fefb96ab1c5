"""What is taken of a request's body, by its header: nothing where nobody would read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from werkzeug.exceptions import HTTPException

from sentiment.errors import SentimentError
from sentiment.serving.bodies import ASK, ENVELOPE, Taken
from sentiment.storage import retention
from sentiment.web.guard.proxies import BELIEVE
from sentiment.web.kit.identity import is_owner, settings

View = TypeVar("View", bound=Callable[..., Any])

OURS = "sentiment."
"""What we put into a request's environment begins so, such as that it was counted already."""


def init_app(app: Flask, most: int) -> None:
    """Tell the server, where it asks; `most`: bytes of everything but files."""

    def policy(environ: dict[str, Any]) -> Taken:
        app.extensions[BELIEVE](environ)
        with app.request_context(environ):
            if request.url_rule is None or not lets_in(app):
                bytes_taken, path = 0, None
            elif request.endpoint == "files.upload":
                bytes_taken = retention.most_bytes(is_owner()) + ENVELOPE
                path = retention.source(settings().folder, retention.new_id())
            else:
                bytes_taken, path = most_of(app) or most, None
            ours = {key: value for key, value in environ.items() if key.startswith(OURS)}
            return Taken(bytes_taken, path, ours)

    @app.before_request
    def bound() -> None:
        if own := most_of(app):
            request.max_content_length = own

    app.extensions[ASK] = policy


def takes(most: int) -> Callable[[View], View]:
    """Have a view take so many bytes, instead of what others take."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]  # any function takes attributes
        return view

    return mark


def most_of(app: Flask) -> int | None:
    """The bytes that the view of this request takes, where it says so itself."""
    view = app.view_functions.get(request.endpoint or "")
    return getattr(view, "most_bytes", None)


def lets_in(app: Flask) -> bool:
    """Whether what stands before every request lets this one pass."""
    try:
        return app.preprocess_request() is None
    except (HTTPException, SentimentError):
        return False
