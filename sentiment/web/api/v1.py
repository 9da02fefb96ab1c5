"""For programs: many sentences at once, answered at full precision."""

import re
from typing import Any

from flask import Blueprint, Response
from msgspec import ValidationError, convert

from sentiment.errors import InputError, TooLongError
from sentiment.model import explain as reasons
from sentiment.model.inference import Prediction
from sentiment.serving.engine import Answer
from sentiment.texts.checks import problem
from sentiment.web.api import schema
from sentiment.web.api.schema import MAX_EXPLAINED, MAX_SENTENCES, Sentences, told
from sentiment.web.guard.bodies import takes
from sentiment.web.kit.asking import answer, engine, explained
from sentiment.web.kit.failures import failure, status_of
from sentiment.web.kit.fields import json_body
from sentiment.web.kit.language import gettext

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")

MAX_BODY = 2 * 1024 * 1024
"""Bytes taken of a request: 256 sentences of 2,700 Korean characters each."""

TOLD = ("label", "unsure", "tokens_read", "tokens_total", "truncated", "notices")
"""What programs are told of every prediction as it is."""

PLACE = re.compile(r" - at `\$\.(?P<field>\w+)(?:\[(?P<index>\d+)\])?`$")
"""How msgspec ends a message about something in an object."""


@blueprint.post("/predict")
@takes(MAX_BODY)
def predict() -> Response:
    """Judge ``{"sentences": [...]}``; what is wrong with one is told with its index.

    With ``"explain": true`` each answer says what its words did.
    """
    wanted = asked(json_body('{"sentences": ["재미있어요"]}'))
    for index, sentence in enumerate(wanted.sentences):
        if wrong := problem(sentence):
            text = f"sentences[{index}]: {wrong.translated(gettext)}"
            return failure(status_of(wrong), text, index=index)
    answered = answer(wanted.sentences)
    return schema.reply(
        schema.Predictions(
            model=told(schema.Model, engine()),
            predictions=[record(each, wanted.explain) for each in answered.predictions],
            timings_ms=timings(answered),
        )
    )


def asked(sent: Any) -> Sentences:
    """What a JSON value asks for, or an `InputError` that says what it holds instead."""
    try:
        wanted = convert(sent, Sentences)
    except ValidationError as error:
        raise misfit(str(error)) from None
    count = len(wanted.sentences)
    if count > (most := MAX_EXPLAINED if wanted.explain else MAX_SENTENCES):
        raise TooLongError(
            "There are {count:,} sentences; at most {most:,} are taken at once. Split them up.",
            count=count,
            most=most,
        )
    return wanted


def misfit(message: str) -> InputError:
    """What msgspec found wrong with `Sentences`, in words for people."""
    place = PLACE.search(message)
    if place and place["index"]:
        return InputError(
            "sentences[{index}] is not a string. Send every sentence as a JSON string.",
            index=int(place["index"]),
        )
    if place and place["field"] == "explain":
        return InputError('"explain" is neither true nor false. Send one of them, or leave it out.')
    return InputError(
        'The body is not an object with a list under "sentences", perhaps "explain", and '
        'nothing else. Send {{"sentences": ["재미있어요"]}}.'
    )


def record(prediction: Prediction, explain: bool) -> schema.Prediction:
    """What programs are told of one sentence; raises `UnavailableError`."""
    fields: dict[str, Any] = {name: getattr(prediction, name) for name in TOLD}
    fields["probabilities"] = prediction.by_name
    if prediction.labels.is_called_pair:
        fields |= {"positive": prediction.positive, "negative": prediction.negative}
    if explain:
        fields["explanation"] = reasons.record(explained(prediction))
    return convert(fields, schema.Prediction)


def timings(answered: Answer) -> schema.Timings:
    """The steps of a call in milliseconds, to the microsecond."""
    steps = schema.Timings.__struct_fields__
    return schema.Timings(**{step: round(getattr(answered, step) * 1000, 3) for step in steps})
