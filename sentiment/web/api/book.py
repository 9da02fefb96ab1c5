"""The route of the book's own page, and the fields it answers (codes 10 and 11)."""

from flask import Blueprint, Response
from msgspec import convert

from sentiment.errors import InputError
from sentiment.model.inference import Prediction
from sentiment.web.api.schema import Book, reply
from sentiment.web.kit.asking import judge
from sentiment.web.kit.fields import json_body

blueprint = Blueprint("api", __name__)


@blueprint.post("/api")
def answer() -> Response:
    """Judge a bare JSON string; the answer is the six fields of the book's code 10."""
    sentence = json_body('"재미있어요"')
    if not isinstance(sentence, str):
        raise InputError(
            'The body is JSON, but not a string. Send one JSON string, such as "재미있어요".'
        )
    return reply(convert(code_10_fields(judge(sentence)), Book))


def code_10_fields(prediction: Prediction) -> dict[str, str]:
    """The six fields of the book's code 10, character for character."""
    positive, negative = round(prediction.positive, 4), round(prediction.negative, 4)
    words = {"positive": "긍정 (positive)", "negative": "부정 (negative)"}
    return {
        "sentence": prediction.sentence,
        "prediction": words[prediction.label],
        "positive_data": f"긍정 {positive}",
        "negative_data": f"부정 {negative}",
        "positive_width": f"{positive * 100}%",
        "negative_width": f"{negative * 100}%",
    }
