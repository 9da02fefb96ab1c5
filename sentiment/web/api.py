"""For programs: the route of the book's page."""

from flask import Blueprint

from sentiment.book import code_10_fields
from sentiment.errors import InputError
from sentiment.web.fields import json_body
from sentiment.web.judging import judge

blueprint = Blueprint("api", __name__)


@blueprint.post("/api")
def answer() -> dict[str, str]:
    """Judge a bare JSON string; the answer is the six fields of the book's code 10."""
    sentence = json_body('"재미있어요"')
    if not isinstance(sentence, str):
        raise InputError(
            'The body is JSON, but not a string. Send one JSON string, such as "재미있어요".'
        )
    return code_10_fields(judge(sentence))
