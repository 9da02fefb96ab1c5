"""The route of the book's own page, and the fields it answers (codes 10 and 11)."""

from flask import Blueprint, Response
from msgspec import convert
from werkzeug.exceptions import NotFound

from sentiment.errors import InputError
from sentiment.model.inference import Prediction
from sentiment.web.api.schema import Book, reply
from sentiment.web.kit.asking import engine, judge
from sentiment.web.kit.fields import json_body
from sentiment.web.kit.language import gettext

blueprint = Blueprint("api", __name__)


@blueprint.post("/api")
def answer() -> Response:
    """Judge a bare JSON string; the answer is the six fields of the book's code 10.

    They can say positive and negative alone: a model with other labels is asked elsewhere.
    """
    if not (labels := engine().labels).is_pair:
        raise NotFound(
            gettext(
                "The six fields of /api can only say positive and negative. This model has other "
                "labels: {labels}. Ask POST /api/v1/predict, which tells them by name."
            ).format(labels=", ".join(labels.names))
        )
    sentence = json_body('"재미있어요"')
    if not isinstance(sentence, str):
        raise InputError(
            'The body is JSON, but not a string. Send one JSON string, such as "재미있어요".'
        )
    return reply(convert(code_10_fields(judge(sentence)), Book))


def code_10_fields(prediction: Prediction) -> dict[str, str]:
    """The six fields of the book's code 10, character for character."""
    positive, negative = round(prediction.positive, 4), round(prediction.negative, 4)
    is_positive = prediction.labels.names.index(prediction.label) == prediction.labels.positive
    return {
        "sentence": prediction.sentence,
        "prediction": "긍정 (positive)" if is_positive else "부정 (negative)",
        "positive_data": f"긍정 {positive}",
        "negative_data": f"부정 {negative}",
        "positive_width": f"{positive * 100}%",
        "negative_width": f"{negative * 100}%",
    }
