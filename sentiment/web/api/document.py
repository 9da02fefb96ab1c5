"""The API as an OpenAPI 3.1 document: its routes; their fields are declared in `schema.py`.

The document is written in English. Its words are keys of the catalogs, and `document` hands out a
copy in the language of whoever asks for it.
"""

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta
from msgspec.json import schema_components

from sentiment.i18n import marked
from sentiment.labels import Labels
from sentiment.serving.metrics import CONTENT_TYPE
from sentiment.settings import VERSION
from sentiment.web.api import schema
from sentiment.web.api.schema import MAX_EXPLAINED
from sentiment.web.kit.failures import FAILURES

Object = dict[str, Any]
Gettext = Callable[[str], str]

JSON = "application/json"
EXAMPLE = "배우들 연기가 정말 좋았어요"
COMPONENTS = "#/components/schemas/{name}"

PUBLIC_ERRORS = (400, 500)
"""Statuses of routes that everybody may ask, and of all others below."""
ERRORS = (400, 401, 429, 500)
JUDGING_ERRORS = (400, 401, 413, 415, 429, 500, 503)

FEWER_EXPLAINED = Meta(
    extra_json_schema={
        "if": {"properties": {"explain": {"const": True}}, "required": ["explain"]},
        "then": {"properties": {"sentences": {"maxItems": MAX_EXPLAINED}}},
    }
)
"""Says of `Sentences` that fewer are taken where they are to be explained."""

WORDS = ("title", "summary", "description")
"""Keys under which there are words for people."""


def document(gettext: Gettext, labels: Labels) -> Object:
    """The whole document of a model with these labels; its words come from `gettext`."""

    def translated(value: Any) -> Any:
        match value:
            case dict():
                return {key: words(key, inner) for key, inner in value.items()}
            case list():
                return [translated(each) for each in value]
        return value

    def words(key: str, value: Any) -> Any:
        if key in WORDS and isinstance(value, str):  # a field may have such a name
            return gettext(value).format(count=MAX_EXPLAINED, labels=", ".join(labels.names))
        return translated(value)

    found: Object = translated(DOCUMENT)
    return found


def shape(kind: Any) -> Object:
    """The schema of a type; of an object, a pointer to its component."""
    (found,), _ = schema_components((kind,), ref_template=COMPONENTS)
    return found


def components(*records: type[schema.Record]) -> Object:
    """The schemas of objects, and of those in them, by name."""
    _, found = schema_components(records, ref_template=COMPONENTS)
    for component in found.values():
        del component["title"]  # says the name again
        component.pop("description", None)  # of the code, for those who read it
    return found


def body(kind: Any, example: object) -> Object:
    """A JSON body that must be there."""
    return {"required": True, "content": {JSON: {"schema": shape(kind), "example": example}}}


def answer(description: str, record: type[schema.Record]) -> Object:
    """A response of JSON."""
    return {"description": description, "content": {JSON: {"schema": shape(record)}}}


def references(statuses: tuple[int, ...]) -> Object:
    """Those of `failures`."""
    return {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
    }


def failures() -> Object:
    """The failures, each with the sentence that it is told by when there is no closer one."""
    responses = {
        str(status): answer(message, schema.Error) for status, (_, message) in FAILURES.items()
    }
    seconds = {
        "description": marked("Seconds after which to try again."),
        "schema": {"type": "integer"},
        "required": True,
    }
    for status in ("429", "503"):
        responses[status]["headers"] = {"Retry-After": seconds}
    return responses


PREDICT = {
    "operationId": "predict",
    "summary": marked("Judge sentences"),
    "description": marked(
        "Probabilities at full precision, in the order of the sentences. An error in one "
        "sentence is told with its index, and none is judged. Explanations take their time on "
        "top of timings_ms."
    ),
    "requestBody": body(
        Annotated[schema.Sentences, FEWER_EXPLAINED],
        {"sentences": [EXAMPLE, "너무 지루해서 중간에 나왔어요"]},
    ),
    "responses": {
        "200": answer(marked("Every sentence was judged."), schema.Predictions),
        **references(JUDGING_ERRORS),
    },
}

BOOK = {
    "operationId": "book",
    "summary": marked("Judge a sentence as the book's page does"),
    "description": marked(
        "The body is one JSON string; the answer has the six fields of the book's code 10, "
        "rounded to four digits. A model with other labels than positive and negative has no such "
        "fields: 404 says so."
    ),
    "requestBody": body(schema.Sentence, EXAMPLE),
    "responses": {
        "200": answer(marked("The sentence was judged."), schema.Book),
        **references((*JUDGING_ERRORS, 404)),
    },
}

HEALTH = {
    "operationId": "health",
    "summary": marked("Is the server alive?"),
    "security": [{}],
    "responses": {
        "200": answer(marked("It answers, with this model."), schema.Health),
        **references(PUBLIC_ERRORS),
    },
}

READINESS = {
    "operationId": "readiness",
    "summary": marked("Can the model answer?"),
    "responses": {
        "200": answer(marked("The model is warm and running."), schema.Readiness),
        "503": answer(marked("It is not: starting, stopped or restarting."), schema.Readiness),
        **references(ERRORS),
    },
}

METRICS = {
    "operationId": "metrics",
    "summary": marked("Figures for Prometheus"),
    "description": marked(
        "Times of tokenising, queue, inference and the whole call; batch sizes; the queue; "
        "calls without an answer by cause. While the page is shared, only its owner sees them."
    ),
    "responses": {
        "200": {
            "description": marked("Prometheus's text format."),
            "content": {CONTENT_TYPE: {"schema": {"type": "string"}}},
        },
        **references((*ERRORS, 404)),
    },
}

DOCUMENT: Object = {
    "openapi": "3.1.0",
    "info": {
        "title": marked("Korean sentiment"),
        "version": VERSION,
        "description": marked(
            "Judges Korean sentences: how likely the model finds each of its labels ({labels}). "
            "Visitors of a shared page log in with HTTP Basic: any user name, and the password."
        ),
    },
    "security": [{}, {"password": []}],
    "paths": {
        "/api/v1/predict": {"post": PREDICT},
        "/api": {"post": BOOK},
        "/healthz": {"get": HEALTH},
        "/readyz": {"get": READINESS},
        "/metrics": {"get": METRICS},
    },
    "components": {
        "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
        "schemas": components(
            schema.Sentences,
            schema.Predictions,
            schema.Book,
            schema.Health,
            schema.Readiness,
            schema.Error,
        ),
        "responses": failures(),
    },
}
