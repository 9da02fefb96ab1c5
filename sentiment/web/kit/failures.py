"""What goes wrong, said kindly: a page for people, JSON for programs, never details."""

import logging
import sqlite3

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from sentiment.errors import (
    BusyError,
    DataError,
    FullError,
    InputError,
    SentimentError,
    StoreError,
    TooLongError,
    UnavailableError,
    full,
    is_full,
)
from sentiment.i18n import marked
from sentiment.web.kit.identity import is_owner, settings
from sentiment.web.kit.language import gettext

log = logging.getLogger(__name__)

FAILURES = {
    400: ("bad_request", marked("The request could not be understood. Go back and try again.")),
    401: ("unauthorized", marked("A password is needed first. Open the page and log in.")),
    403: ("forbidden", marked("This is not open to you. Ask whoever started the page.")),
    404: ("not_found", marked("There is no such page. Go to the start page.")),
    405: ("method_not_allowed", marked("This cannot be asked for that way. Use the start page.")),
    413: ("too_long", marked("That is more text than is taken at once. Go back and shorten it.")),
    415: (
        "unsupported_media_type",
        marked(
            "The kind of content is not taken here. Send a form to / or, to /api, a JSON string "
            "as application/json."
        ),
    ),
    429: ("too_many_requests", marked("Too many attempts. Wait a while and try again.")),
    500: (
        "internal_error",
        marked(
            "Something went wrong on our side. Try again; the terminal that runs the page says "
            "more."
        ),
    ),
    507: (
        "no_room",
        marked("The computer that runs the page has no room for this. Try again later."),
    ),
    503: ("unavailable", marked("The page is busy right now. Wait a moment and try again.")),
}
"""For each status a code for programs and a sentence for people."""

STATUSES: dict[type[SentimentError], int] = {
    InputError: 400,
    TooLongError: 413,
    DataError: 400,
    StoreError: 500,
    FullError: 507,
    UnavailableError: 503,
    BusyError: 429,
}
"""The HTTP status of each error that a request may meet; of a subclass, that of the nearest."""

FOR_PROGRAMS = ("/api", "/mcp", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Where programs ask rather than people, beside everything below ``/api/``."""


def init_app(app: Flask) -> None:
    """Answer every error in our own words; Flask has logged an unexpected one by then."""
    for kind in STATUSES:
        app.register_error_handler(kind, told)
    app.register_error_handler(HTTPException, http_failure)
    app.register_error_handler(OSError, disk_failure)
    app.register_error_handler(sqlite3.Error, disk_failure)


def status_of(error: SentimentError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def told(error: SentimentError) -> Response:
    """What is wrong, and when to ask again where that helps."""
    response = failure(status_of(error), message_of(error))
    response.headers.update(retry_after(error))
    return response


def message_of(error: SentimentError) -> str:
    """The error's own words; what the store says names the owner's paths: visitors get less."""
    if not isinstance(error, StoreError):
        return error.translated(gettext)
    log.error("%s", error)
    return error.translated(gettext) if is_owner() else gettext(FAILURES[status_of(error)][1])


def disk_failure(error: Exception) -> Response:
    """A disk found full at work that has no words of its own for it; anything else goes on."""
    if not is_full(error):
        raise error
    return told(full(settings().data))


def retry_after(error: Exception | None) -> dict[str, str]:
    """The header that says in how many seconds to ask again, where that helps."""
    seconds = getattr(error, "retry_after", None)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def http_failure(error: HTTPException) -> Response:
    """Our sentence for the status, or the one it was raised with; headers such as Allow stay."""
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.description and error.description != type(error).description:
        message = error.description
    else:
        message = gettext(FAILURES.get(error.code, FAILURES[400])[1])
    response = failure(error.code, message)
    kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    response.headers.update(kept)
    return response


def failure(status: int, message: str, **more: object) -> Response:
    """The page, or for programs ``{"error": {"code": ..., "message": ...}}`` and what is `more`."""
    code, _ = FAILURES.get(status, FAILURES[400])
    if for_programs(request.path):
        response = jsonify(error={"code": code, "message": message, **more})
    else:
        response = make_response(render_template("failure.html", status=status, message=message))
    response.status_code = status
    return response


def for_programs(path: str) -> bool:
    """Whether programs ask there, rather than people."""
    return path in FOR_PROGRAMS or path.startswith("/api/")
