"""For programs: the route of the book's page, and a sign of life."""

import json

from flask import Blueprint, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from sentiment.book import code_10_fields
from sentiment.errors import InputError
from sentiment.inference import Classifier
from sentiment.web.fields import body

blueprint = Blueprint("api", __name__)


@blueprint.post("/api")
def judge() -> dict[str, str]:
    """Judge a bare JSON string; the answer is the six fields of the book's code 10."""
    if not request.is_json:
        raise UnsupportedMediaType
    classifier: Classifier = current_app.extensions["classifier"]
    (prediction,) = classifier.predict([json_string(body())])
    return code_10_fields(prediction)


@blueprint.get("/healthz")
def health() -> dict[str, str]:
    """Say that the server answers, and which model with."""
    return {"status": "ok", "model": current_app.extensions["classifier"].name}


def json_string(text: bytes) -> str:
    """The string that a JSON text is, or an `InputError` that says what it is instead."""
    try:
        sentence = json.loads(text.decode())
    except UnicodeDecodeError:
        raise InputError(
            "The text is not valid UTF-8. Send it encoded as UTF-8 and try again."
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            'The body is not valid JSON. Send one JSON string, such as "재미있어요".'
        ) from None
    if not isinstance(sentence, str):
        raise InputError(
            'The body is JSON, but not a string. Send one JSON string, such as "재미있어요".'
        )
    return sentence
