"""`doctor`: look at everything a start depends on, and say how to mend what is amiss."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from sentiment.errors import SentimentError, SettingsError, ShareError
from sentiment.inference import Classifier
from sentiment.server import check_port
from sentiment.settings import Settings

SAMPLE = "아 더빙.. 진짜 짜증나네요 목소리"


@dataclass(frozen=True)
class Check:
    """One thing looked at: what was found, or what is wrong with it and the cure.

    `needed`: without it the page does not start; otherwise only sharing depends on it.
    """

    name: str
    found: str = ""
    problem: SentimentError | None = None
    needed: bool = True


def examine(settings: Settings) -> Iterator[Check]:
    """Check model, tokenizer, port, token and agent, one after the other."""
    yield from _model(settings)
    yield _port(settings)
    yield _token()
    yield _agent()


def _model(settings: Settings) -> Iterator[Check]:
    from sentiment.loader import load

    try:
        classifier = load(
            settings.model, settings.pretrained, settings.max_seq_length, settings.backend
        )
    except SentimentError as error:
        yield Check("model", problem=error)
        return
    answer = classifier.predict([SAMPLE])[0]
    yield Check(
        "model", f"{classifier.name}: {answer.label} {max(answer.positive, answer.negative):.1%}"
    )
    yield _tokenizer(classifier)


def _tokenizer(classifier: Classifier) -> Check:
    ids, _ = classifier.tokenize(SAMPLE)
    return Check("tokenizer", f"{SAMPLE} -> {ids}")


def _port(settings: Settings) -> Check:
    try:
        check_port(settings.host, settings.port)
    except SettingsError as error:
        return Check("port", problem=error)
    return Check("port", f"{settings.host}:{settings.port}")


def _token() -> Check:
    from sentiment.share import find_token

    if find_token():
        return Check("token", "ngrok authtoken", needed=False)
    problem = ShareError(
        "No ngrok authtoken was found; only --share needs one. Get one at "
        "https://dashboard.ngrok.com/get-started/your-authtoken and set NGROK_AUTHTOKEN."
    )
    return Check("token", problem=problem, needed=False)


def _agent() -> Check:
    from sentiment.ngrok_agent import agent_path

    path = agent_path()
    if os.access(path, os.X_OK):
        return Check("agent", path, needed=False)
    problem = ShareError(
        "The ngrok agent is not installed yet; only --share needs it. The first --share "
        "downloads it, or install it from https://ngrok.com/download and set PYNGROK_NGROK_PATH."
    )
    return Check("agent", problem=problem, needed=False)
