"""The description of the API is true: every route, status and body is as it says."""

import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from sentiment.settings import Settings
from sentiment.web.kit.failures import FOR_PROGRAMS
from tests.kit.app import create_app
from tests.kit.small import small_classifier

CONFIG = SchemathesisConfig.from_dict(
    # Schemathesis does not count 413 as a refusal of what is too long.
    {"checks": {"negative_data_rejection": {"expected-statuses": [400, 405, 413, 415]}}}
)
APP = create_app(small_classifier(), Settings())
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", APP, config=CONFIG)


@SCHEMA.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_route_answers_as_described(case: schemathesis.Case[Any]) -> None:
    """Sensible and senseless requests get a described status, type, header and body."""
    case.call_and_validate(headers={"Accept-Encoding": "identity"})  # its client unpacks nothing


@pytest.fixture
def client() -> FlaskClient:
    """A client of the app."""
    return APP.test_client()


def test_every_route_for_programs_is_described(client: FlaskClient) -> None:
    """Those of the app, with their methods, and no others."""
    described = {
        (path, method.upper())
        for path, methods in client.get("/openapi.json").get_json()["paths"].items()
        for method in methods
    }
    real = {
        (rule.rule, method)
        for rule in APP.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule in FOR_PROGRAMS or rule.rule.startswith("/api/")
    }
    assert described == real - {("/openapi.json", "GET")}


@pytest.mark.parametrize(("language", "words"), [("en", "Judge sentences"), ("ko", "문장 판단")])
def test_the_page_shows_the_document(client: FlaskClient, language: str, words: str) -> None:
    """Every route, status, field and example, in the language of the page; nothing from afar."""
    headers = {"Accept-Language": language}
    page = unescape(client.get("/docs", headers=headers).text)
    document = client.get("/openapi.json", headers=headers).get_json()
    assert words in page
    assert words == document["paths"]["/api/v1/predict"]["post"]["summary"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page
            assert operation["summary"] in page
    for schema in ("Prediction", "Explanation", "Span"):
        for field in document["components"]["schemas"][schema]["properties"]:
            assert f"<code>{field}</code>" in page
    assert 'src="http' not in page
    assert 'href="http' not in page


def descriptions(value: Any) -> Iterator[str]:
    """All of a JSON value, in order."""
    if isinstance(value, list):
        for inner in value:
            yield from descriptions(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("description", "summary") and isinstance(inner, str):
                yield inner
            else:
                yield from descriptions(inner)


def test_the_document_speaks_both_languages(client: FlaskClient) -> None:
    """Every word for people, but for the book's examples of what it answers."""
    english, korean = (
        list(descriptions(client.get("/openapi.json", headers={"Accept-Language": tag}).get_json()))
        for tag in ("en", "ko")
    )
    same = [text for text, other in zip(english, korean, strict=True) if text == other]
    assert same == ["긍정 0.9712", "부정 0.0288", "97.12%", "2.88%"]
    assert "at most 16 sentences" in " ".join(english)


def test_the_examples_are_answered(client: FlaskClient) -> None:
    """Whoever copies one gets an answer."""
    document = client.get("/openapi.json").get_json()
    for path in ("/api", "/api/v1/predict"):
        content = document["paths"][path]["post"]["requestBody"]["content"]
        for kind, body in content.items():
            reply = client.post(path, data=json.dumps(body["example"]), content_type=kind)
            assert reply.status_code == 200
