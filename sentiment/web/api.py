"""For programs: the route of the book's page."""

import json

from flask import Blueprint, request
from werkzeug.exceptions import UnsupportedMediaType

from sentiment.book import code_10_fields
from sentiment.errors import InputError
from sentiment.web.fields import body
from sentiment.web.judging import judge

blueprint = Blueprint("api", __name__)


@blueprint.post("/api")
def answer() -> dict[str, str]:
    """Judge a bare JSON string; the answer is the six fields of the book's code 10."""
    if not request.is_json:
        raise UnsupportedMediaType
    return code_10_fields(judge(json_string(body())))


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
