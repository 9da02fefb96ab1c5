"""The API as an OpenAPI 3.1 document, in the language of whoever asks for it."""

from collections.abc import Callable
from typing import Any

from sentiment.serving.metrics import CONTENT_TYPE
from sentiment.settings import MAX_CHARACTERS, VERSION
from sentiment.web.api.v1 import MAX_EXPLAINED, MAX_SENTENCES
from sentiment.web.kit.failures import FAILURES

Object = dict[str, Any]
Gettext = Callable[[str], str]

JSON = "application/json"
EXAMPLE = "배우들 연기가 정말 좋았어요"
NO_NUL_NOT_BLANK = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
COUNT = {"type": "integer", "minimum": 0}
PUBLIC_ERRORS = (400, 500)
"""Statuses of routes that everybody may ask, and of all others below."""
ERRORS = (400, 401, 429, 500)
JUDGING_ERRORS = (400, 401, 413, 415, 429, 500, 503)


def document(gettext: Gettext) -> Object:
    """The whole document; its words come from `gettext`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": gettext("Korean sentiment"),
            "version": VERSION,
            "description": gettext(
                "Judges whether Korean sentences are positive or negative. Visitors of a shared "
                "page log in with HTTP Basic: any user name, and the password."
            ),
        },
        "security": [{}, {"password": []}],
        "paths": paths(gettext),
        "components": {
            "securitySchemes": {"password": {"type": "http", "scheme": "basic"}},
            "schemas": schemas(gettext),
            "responses": errors(gettext),
        },
    }


def paths(gettext: Gettext) -> Object:
    """Every route for programs."""
    return {
        "/api/v1/predict": {"post": predict(gettext)},
        "/api": {"post": book(gettext)},
        "/healthz": {
            "get": {
                "operationId": "health",
                "summary": gettext("Is the server alive?"),
                "security": [{}],
                "responses": {
                    "200": answer(gettext("It answers, with this model."), "Health"),
                    **references(PUBLIC_ERRORS),
                },
            }
        },
        "/readyz": {"get": readiness(gettext)},
        "/metrics": {"get": metrics(gettext)},
    }


def predict(gettext: Gettext) -> Object:
    """``POST /api/v1/predict``."""
    return {
        "operationId": "predict",
        "summary": gettext("Judge sentences"),
        "description": gettext(
            "Probabilities at full precision, in the order of the sentences. An error in one "
            "sentence is told with its index, and none is judged. Explanations take their time on "
            "top of timings_ms."
        ),
        "requestBody": body("Sentences", {"sentences": [EXAMPLE, "너무 지루해서 중간에 나왔어요"]}),
        "responses": {
            "200": answer(gettext("Every sentence was judged."), "Predictions"),
            **references(JUDGING_ERRORS),
        },
    }


def book(gettext: Gettext) -> Object:
    """``POST /api``."""
    return {
        "operationId": "book",
        "summary": gettext("Judge a sentence as the book's page does"),
        "description": gettext(
            "The body is one JSON string; the answer has the six fields of the book's code 10, "
            "rounded to four digits."
        ),
        "requestBody": body("Sentence", EXAMPLE),
        "responses": {
            "200": answer(gettext("The sentence was judged."), "Book"),
            **references(JUDGING_ERRORS),
        },
    }


def readiness(gettext: Gettext) -> Object:
    """``GET /readyz``."""
    return {
        "operationId": "readiness",
        "summary": gettext("Can the model answer?"),
        "responses": {
            "200": answer(gettext("The model is warm and running."), "Readiness"),
            "503": answer(gettext("It is not: starting, stopped or restarting."), "Readiness"),
            **references(ERRORS),
        },
    }


def metrics(gettext: Gettext) -> Object:
    """``GET /metrics``."""
    return {
        "operationId": "metrics",
        "summary": gettext("Figures for Prometheus"),
        "description": gettext(
            "Times of tokenising, queue, inference and the whole call; batch sizes; the queue; "
            "calls without an answer by cause. While the page is shared, only its owner sees them."
        ),
        "responses": {
            "200": {
                "description": gettext("Prometheus's text format."),
                "content": {CONTENT_TYPE: {"schema": {"type": "string"}}},
            },
            **references((*ERRORS, 404)),
        },
    }


def schemas(gettext: Gettext) -> Object:
    """What is sent and answered."""
    sentence = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_CHARACTERS,
        "pattern": NO_NUL_NOT_BLANK,
        "description": gettext("Some text that is not blank."),
    }
    return {
        "Sentence": sentence,
        "Sentences": sentences(gettext),
        "Predictions": record(
            model=record(
                name=text(gettext("Name of the model.")),
                id=text(gettext("Tells models of one name apart.")),
                max_seq_length=COUNT | {"description": gettext("Most tokens that it reads.")},
            ),
            predictions={
                "type": "array",
                "items": reference("schemas/Prediction"),
                "description": gettext("One for each sentence, in order."),
            },
            timings_ms=record(
                tokenize=milliseconds(gettext("Turning text into tokens.")),
                queue=milliseconds(gettext("Waiting for the model.")),
                inference=milliseconds(gettext("The model's work.")),
                total=milliseconds(gettext("All of it.")),
            ),
        ),
        "Prediction": prediction(gettext),
        **explanation(gettext),
        "Book": record(
            sentence=text(gettext("The sentence as it was sent.")),
            prediction={"enum": ["긍정 (positive)", "부정 (negative)"]},
            positive_data=text("긍정 0.9712"),
            negative_data=text("부정 0.0288"),
            positive_width=text("97.12%"),
            negative_width=text("2.88%"),
        ),
        "Health": record(status={"const": "ok"}, model=text(gettext("Name of the model."))),
        "Readiness": record(status={"enum": ["ready", "not ready"]}),
        "Error": record(error=error(gettext)),
    }


def sentences(gettext: Gettext) -> Object:
    """What is sent to be judged."""
    schema = record(
        sentences={
            "type": "array",
            "items": reference("schemas/Sentence"),
            "minItems": 1,
            "maxItems": MAX_SENTENCES,
            "description": gettext("What is to be judged."),
        },
        explain={
            "type": "boolean",
            "description": gettext(
                "Whether to say what each word did, of at most {count} sentences. Left out: false."
            ).format(count=MAX_EXPLAINED),
        },
    )
    few = {"sentences": {"maxItems": MAX_EXPLAINED}}
    return schema | {
        "required": ["sentences"],
        "if": {"properties": {"explain": {"const": True}}, "required": ["explain"]},
        "then": {"properties": few},
    }


def prediction(gettext: Gettext) -> Object:
    """What is told of each sentence."""
    schema = record(
        label={
            "enum": ["positive", "negative"],
            "description": gettext("The likelier of the two."),
        },
        unsure={
            "type": "boolean",
            "description": gettext("Whether the model is often wrong about answers like this."),
        },
        positive=SHARE | {"description": gettext("Probability of positive.")},
        negative=SHARE | {"description": gettext("Probability of negative.")},
        tokens_read=COUNT | {"description": gettext("Tokens that the model read.")},
        tokens_total=COUNT | {"description": gettext("Tokens of the whole sentence.")},
        truncated={
            "type": "boolean",
            "description": gettext("Whether the end of the sentence was not read."),
        },
        explanation={
            **reference("schemas/Explanation"),
            "description": gettext("What each word did, where that was asked for."),
        },
    )
    return schema | {"required": [name for name in schema["properties"] if name != "explanation"]}


def explanation(gettext: Gettext) -> Object:
    """What is told of the words of a sentence, where that was asked for."""
    return {
        "Explanation": record(
            spans={
                "type": "array",
                "items": reference("schemas/Span"),
                "description": gettext(
                    "The words in order; with the blanks between them they make up the sentence."
                ),
            },
            capped={
                "type": "boolean",
                "description": gettext(
                    "Whether there were too many words, or too little time, to leave out each "
                    "alone."
                ),
            },
        ),
        "Span": record(
            start=COUNT | {"description": gettext("Where it begins, in characters from 0.")},
            end=COUNT | {"description": gettext("Where it ends, excluded.")},
            text=text(gettext("The word, or in a long text neighbouring words.")),
            effect={
                "type": ["number", "null"],
                "minimum": -1,
                "maximum": 1,
                "description": gettext(
                    "How much higher the probability of positive is with it than without it; null "
                    "where it was not left out, as it is all there is or time ran out."
                ),
            },
            positive_without={
                **SHARE,
                "type": ["number", "null"],
                "description": gettext("Probability of positive without it."),
            },
        ),
    }


def error(gettext: Gettext) -> Object:
    """What every failure tells."""
    schema = record(
        code={
            "enum": [code for code, _ in FAILURES.values()],
            "description": gettext("What went wrong, for programs."),
        },
        message=text(gettext("What went wrong and what to do, for people.")),
        index={"type": "integer", "description": gettext("Which sentence, counted from 0.")},
    )
    return schema | {"required": ["code", "message"]}


def errors(gettext: Gettext) -> Object:
    """The failures, each with the sentence that it is told by when there is no closer one."""
    responses = {
        str(status): {
            "description": gettext(message),
            "content": {JSON: {"schema": reference("schemas/Error")}},
        }
        for status, (_, message) in FAILURES.items()
    }
    seconds = {
        "description": gettext("Seconds after which to try again."),
        "schema": {"type": "integer"},
        "required": True,
    }
    for status in ("429", "503"):
        responses[status]["headers"] = {"Retry-After": seconds}
    return responses


def record(**properties: Object) -> Object:
    """An object that has all of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text(description: str) -> Object:
    """A string."""
    return {"type": "string", "description": description}


def milliseconds(description: str) -> Object:
    """A duration."""
    return {"type": "number", "minimum": 0, "description": description}


def body(schema: str, example: object) -> Object:
    """A JSON body that must be there."""
    content = {"schema": reference(f"schemas/{schema}"), "example": example}
    return {"required": True, "content": {JSON: content}}


def answer(description: str, schema: str) -> Object:
    """A response of JSON."""
    return {
        "description": description,
        "content": {JSON: {"schema": reference(f"schemas/{schema}")}},
    }


def references(statuses: tuple[int, ...]) -> Object:
    """Those of `errors`."""
    return {str(status): reference(f"responses/{status}") for status in sorted(statuses)}


def reference(name: str) -> Object:
    """Points to a component."""
    return {"$ref": f"#/components/{name}"}
