"""What goes wrong, said kindly: a page for people, JSON for programs, never details."""

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from sentiment.errors import DataError, InputError, StoreError, UnavailableError
from sentiment.i18n import marked
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
    503: ("unavailable", marked("The page is busy right now. Wait a moment and try again.")),
}
"""For each status a code for programs and a sentence for people."""

FOR_PROGRAMS = ("/api", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Where programs ask rather than people, beside everything below ``/api/``."""


def init_app(app: Flask) -> None:
    """Answer every error in our own words; Flask has logged an unexpected one by then."""
    app.register_error_handler(InputError, input_failure)
    app.register_error_handler(UnavailableError, unavailable)
    app.register_error_handler(DataError, data_failure)
    app.register_error_handler(StoreError, store_failure)
    app.register_error_handler(HTTPException, http_failure)


def input_failure(error: InputError) -> Response:
    """What is wrong with the text that was sent."""
    return failure(error.status, error.translated(gettext))


def data_failure(error: DataError) -> Response:
    """What is wrong with a file that was sent."""
    return failure(400, error.translated(gettext))


def store_failure(error: StoreError) -> Response:
    """What is wrong with the owner's disk, as far as it is the asker's business."""
    return failure(500, store_message(error))


def store_message(error: StoreError) -> str:
    """Everything for the owner and the terminal; visitors are not told the owner's paths."""
    from sentiment.web.guard.gate import is_owner  # which needs this module

    log.error("%s", error)
    return error.translated(gettext) if is_owner() else gettext(FAILURES[500][1])


def retry_after(error: Exception | None) -> dict[str, str]:
    """The header that says in how many seconds to ask again, where that helps."""
    seconds = getattr(error, "retry_after", None)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def unavailable(error: UnavailableError) -> Response:
    """Why there is no answer now, and when to ask again."""
    response = failure(error.status, error.translated(gettext))
    response.headers.update(retry_after(error))
    return response


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
