"""For programs: many sentences at once, answered at full precision."""

from typing import Any

from flask import Blueprint, Response, request

from sentiment.errors import InputError, TooLongError
from sentiment.model.explain import record
from sentiment.model.inference import Prediction, problem
from sentiment.web.kit.asking import answer, engine, explained
from sentiment.web.kit.failures import failure, status_of
from sentiment.web.kit.fields import json_body
from sentiment.web.kit.language import gettext

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")

MAX_SENTENCES = 256
"""Most sentences of one request."""

MAX_EXPLAINED = 16
"""Most of them when each is to be explained, which costs up to 25 times an answer."""

MAX_BODY = 2 * 1024 * 1024
"""Bytes taken of a request: 256 sentences of 2,700 Korean characters each."""


@blueprint.post("/predict")
def predict() -> dict[str, Any] | Response:
    """Judge ``{"sentences": [...]}``; what is wrong with one is told with its index.

    With ``"explain": true`` each answer says what its words did.
    """
    request.max_content_length = MAX_BODY
    sentences, explain = asked(json_body('{"sentences": ["재미있어요"]}'))
    for index, sentence in enumerate(sentences):
        if wrong := problem(sentence):
            text = f"sentences[{index}]: {wrong.translated(gettext)}"
            return failure(status_of(wrong), text, index=index)
    answered = answer(sentences)
    steps = ("tokenize", "queue", "inference", "total")
    return {
        "model": {
            "name": engine().name,
            "id": engine().id,
            "max_seq_length": engine().max_seq_length,
        },
        "predictions": [fields(prediction, explain) for prediction in answered.predictions],
        "timings_ms": {step: round(getattr(answered, step) * 1000, 3) for step in steps},
    }


def asked(sent: Any) -> tuple[list[str], bool]:
    """The strings that a JSON value holds, and whether to explain their answers.

    Raises an `InputError` that says what it holds instead.
    """
    sentences = sent.get("sentences") if isinstance(sent, dict) else None
    if not isinstance(sentences, list) or not sentences or sent.keys() - {"sentences", "explain"}:
        raise InputError(
            'The body is not an object with a list under "sentences", perhaps "explain", and '
            'nothing else. Send {{"sentences": ["재미있어요"]}}.'
        )
    explain = sent.get("explain", False)
    if not isinstance(explain, bool):
        raise InputError('"explain" is neither true nor false. Send one of them, or leave it out.')
    if len(sentences) > (most := MAX_EXPLAINED if explain else MAX_SENTENCES):
        raise TooLongError(
            "There are {count:,} sentences; at most {most:,} are taken at once. Split them up.",
            count=len(sentences),
            most=most,
        )
    for index, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            raise InputError(
                "sentences[{index}] is not a string. Send every sentence as a JSON string.",
                index=index,
            )
    return sentences, explain


def fields(prediction: Prediction, explain: bool) -> dict[str, Any]:
    """What programs are told of one sentence; raises `UnavailableError`."""
    told = {
        "label": prediction.label,
        "unsure": prediction.unsure,
        "positive": prediction.positive,
        "negative": prediction.negative,
        "tokens_read": prediction.tokens_read,
        "tokens_total": prediction.tokens_total,
        "truncated": prediction.truncated,
    }
    return told | {"explanation": record(explained(prediction))} if explain else told
