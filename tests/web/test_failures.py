"""Errors of the library become statuses and words at the edge, and there alone."""

import pytest

from sentiment.errors import (
    BusyError,
    DataError,
    InputError,
    ModelError,
    SentimentError,
    StoreError,
    TooLongError,
    UnavailableError,
)
from sentiment.settings import Settings
from sentiment.web.kit.failures import FAILURES, STATUSES, status_of
from tests.kit.app import create_app
from tests.kit.small import small_classifier


class NearError(TooLongError):
    """An error of a kind that the table does not name."""


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InputError("Blank."), 400, "bad_request"),
        (TooLongError("Long."), 413, "too_long"),
        (NearError("Long."), 413, "too_long"),
        (DataError("Broken."), 400, "bad_request"),
        (StoreError("Full."), 500, "internal_error"),
        (UnavailableError("Stopped."), 503, "unavailable"),
        (BusyError("Busy."), 429, "too_many_requests"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_error_has_its_status(error: SentimentError, status: int, code: str) -> None:
    """Raised anywhere in a request, it is told with status, code, words and when to ask again."""
    app = create_app(small_classifier(), Settings())

    @app.get("/api/fails")
    def fails() -> str:
        raise error

    reply = app.test_client().get("/api/fails")
    assert reply.status_code == status == status_of(error)
    assert reply.get_json()["error"] == {"code": code, "message": error.message}
    seconds = getattr(error, "retry_after", None)
    assert reply.headers.get("Retry-After") == (seconds and str(seconds))


def test_every_status_has_a_code_and_words() -> None:
    """A status without them would be told as a bad request."""
    assert set(STATUSES.values()) <= FAILURES.keys()


def test_other_errors_are_accidents() -> None:
    """What no request should meet is 500."""
    assert status_of(ModelError("Gone.")) == 500
