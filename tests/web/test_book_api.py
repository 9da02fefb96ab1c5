"""What programs get: the route of the book's page, and a sign of life."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.settings import MAX_CHARACTERS, Settings
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app with a small classifier."""
    return app.test_client()


def post(client: FlaskClient, body: bytes, kind: str = "application/json") -> TestResponse:
    """Post a body as it is."""
    return client.post("/api", data=body, content_type=kind)


def test_the_answer_is_the_six_fields_of_code_10(client: FlaskClient) -> None:
    """A bare JSON string in, exactly the book's fields out, in its order."""
    response = client.post("/api", json=POSITIVE)
    assert response.status_code == 200
    assert list(response.get_json().items()) == [
        ("sentence", POSITIVE),
        ("prediction", "긍정 (positive)"),
        ("positive_data", "긍정 0.9569"),
        ("negative_data", "부정 0.0431"),
        ("positive_width", f"{0.9569 * 100}%"),
        ("negative_width", f"{0.0431 * 100}%"),
    ]
    assert "긍정" in response.text  # readable, not escaped


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "application/vnd.x+json"])
def test_kinds_of_json_are_taken(client: FlaskClient, kind: str) -> None:
    """The book's page sends a charset along."""
    response = post(client, json.dumps(NEGATIVE).encode(), kind)
    assert response.get_json()["prediction"] == "부정 (negative)"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'""', 400, "bad_request"),
        (b'" \\n"', 400, "bad_request"),
        (b"", 400, "bad_request"),
        (b'"open', 400, "bad_request"),
        (b"{}", 400, "bad_request"),
        (b"null", 400, "bad_request"),
        (b"[" * 100_000, 400, "bad_request"),
        (b'"\xff"', 400, "bad_request"),
        (b'"\\u0000"', 400, "bad_request"),
        (b'"\\ud800"', 400, "bad_request"),
        (json.dumps("가" * (MAX_CHARACTERS + 1)).encode(), 413, "too_long"),
        (json.dumps("가" * 100_000).encode(), 413, "too_long"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_bad_input_is_a_json_error(
    client: FlaskClient, body: bytes, status: int, code: str
) -> None:
    """Each mistake has its status, a code for programs and a message for people."""
    response = post(client, body)
    assert response.status_code == status
    error = response.get_json()["error"]
    assert error["code"] == code
    assert error["message"]


def test_the_longest_text_is_judged(client: FlaskClient) -> None:
    """10,000 characters are taken even when each is escaped as two surrogates."""
    assert client.post("/api", json="😀" * MAX_CHARACTERS).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(client: FlaskClient, kind: str) -> None:
    """Only JSON is read as JSON: 415."""
    response = post(client, b'"good"', kind)
    assert response.status_code == 415
    assert response.get_json()["error"]["code"] == "unsupported_media_type"


def test_errors_speak_the_language_that_is_asked_for(client: FlaskClient) -> None:
    """The message follows Accept-Language, the code does not."""
    korean = client.post("/api", json="").get_json()["error"]
    english = client.post("/api", json="", headers={"Accept-Language": "en"}).get_json()["error"]
    assert korean["message"].startswith("판단할 글이 없어요")
    assert english["message"].startswith("There is no text")
    assert korean["code"] == english["code"]


def test_wrong_methods_and_unknown_routes_are_json_errors(client: FlaskClient) -> None:
    """405 names what is allowed; below /api everything answers JSON."""
    response = client.get("/api")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert response.get_json()["error"]["code"] == "method_not_allowed"
    assert client.get("/api/nowhere").get_json()["error"]["code"] == "not_found"


def test_an_accident_shows_no_details() -> None:
    """An unexpected error of the model: 500 as JSON, without its text."""
    classifier = small_classifier()
    classifier._backend = None  # type: ignore[assignment]  # a model that is gone
    app = create_app(classifier, Settings())
    response = app.test_client().post("/api", json=POSITIVE)
    assert response.status_code == 500
    assert response.get_json()["error"]["code"] == "internal_error"
    assert "NoneType" not in response.text


def test_health_names_the_model(client: FlaskClient) -> None:
    """A monitor learns that the server answers and what with."""
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "model": "word-weights"}
