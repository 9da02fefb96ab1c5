"""For programs: many sentences at once, answered at full precision."""

from typing import Any

from flask import Blueprint, Response, request

from sentiment.errors import InputError, TooLongError
from sentiment.inference import Prediction, problem
from sentiment.web.failures import failure
from sentiment.web.fields import json_body
from sentiment.web.judging import answer, engine
from sentiment.web.language import gettext

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")

MAX_SENTENCES = 256
"""Most sentences of one request."""

MAX_BODY = 2 * 1024 * 1024
"""Bytes taken of a request: 256 sentences of 2,700 Korean characters each."""


@blueprint.post("/predict")
def predict() -> dict[str, Any] | Response:
    """Judge ``{"sentences": [...]}``; what is wrong with one is told with its index."""
    request.max_content_length = MAX_BODY
    sentences = sentences_of(json_body('{"sentences": ["재미있어요"]}'))
    for index, sentence in enumerate(sentences):
        if wrong := problem(sentence):
            text = f"sentences[{index}]: {wrong.translated(gettext)}"
            return failure(wrong.status, text, index=index)
    answered = answer(sentences)
    steps = ("tokenize", "queue", "inference", "total")
    return {
        "model": {"name": engine().name, "max_seq_length": engine().max_seq_length},
        "predictions": [fields(prediction) for prediction in answered.predictions],
        "timings_ms": {step: round(getattr(answered, step) * 1000, 3) for step in steps},
    }


def sentences_of(sent: Any) -> list[str]:
    """The strings that a JSON value holds, or an `InputError` that says what it holds instead."""
    sentences = sent.get("sentences") if isinstance(sent, dict) else None
    if not isinstance(sentences, list) or not sentences or len(sent) != 1:
        raise InputError(
            'The body is not an object with a list under "sentences" and nothing else. '
            'Send {{"sentences": ["재미있어요"]}}.'
        )
    if len(sentences) > MAX_SENTENCES:
        raise TooLongError(
            "There are {count:,} sentences; at most {most:,} are taken at once. Split them up.",
            count=len(sentences),
            most=MAX_SENTENCES,
        )
    for index, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            raise InputError(
                "sentences[{index}] is not a string. Send every sentence as a JSON string.",
                index=index,
            )
    return sentences


def fields(prediction: Prediction) -> dict[str, Any]:
    """What programs are told of one sentence."""
    return {
        "label": prediction.label,
        "positive": prediction.positive,
        "negative": prediction.negative,
        "tokens_read": prediction.tokens_read,
        "tokens_total": prediction.tokens_total,
        "truncated": prediction.truncated,
    }
