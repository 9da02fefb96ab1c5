"""``doctor``: what a start needs, and how to get what is missing."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.console import Command, examples
from sentiment.commands.options import address_options, model_options
from sentiment.errors import SentimentError, SettingsError, ShareError
from sentiment.settings import Settings

if TYPE_CHECKING:
    from sentiment.model.inference import Classifier

SAMPLE = "아 더빙.. 진짜 짜증나네요 목소리"


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment doctor",
        "python -m sentiment doctor --model checkpoint-doccls --port 8080",
    ),
)
@model_options
@address_options
def doctor(debug: bool, **values: Any) -> None:
    """무엇이 빠졌고 어떻게 고치는지 알려 줍니다 · Check what a start needs, with cures."""
    from sentiment.i18n import both

    healthy = True
    for check in examine(Settings(**values)):
        if check.problem is None:
            click.echo(f"{click.style('✓', fg='green')} {check.name}: {check.found}")
            continue
        healthy = healthy and not check.needed
        sign = click.style("✗", fg="red") if check.needed else click.style("–", fg="yellow")
        click.echo(f"{sign} {check.name}:\n{indent(both(check.problem.translated), '    ')}")
    if not healthy:
        sys.exit(2)


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
    from sentiment.model.loader import load

    try:
        classifier = load(
            settings.model, settings.pretrained, settings.max_seq_length, settings.backend
        )
    except SentimentError as error:
        yield Check("model", problem=error)
        return
    answer = classifier.predict([SAMPLE])[0]
    yield Check("model", f"{classifier.name}: {answer.label} {answer.confidence:.1%}")
    yield _tokenizer(classifier)


def _tokenizer(classifier: "Classifier") -> Check:
    ids, _ = classifier.tokenize(SAMPLE)
    return Check("tokenizer", f"{SAMPLE} -> {ids}")


def _port(settings: Settings) -> Check:
    from sentiment.serving.server import check_port

    try:
        check_port(settings.host, settings.port)
    except SettingsError as error:
        return Check("port", problem=error)
    return Check("port", f"{settings.host}:{settings.port}")


def _token() -> Check:
    from sentiment.share.tokens import find_token

    try:
        token = find_token()
    except ShareError as error:
        return Check("token", problem=error, needed=False)
    if token:
        return Check("token", f"ngrok authtoken ({token.source})", needed=False)
    problem = ShareError(
        "No ngrok authtoken was found; only --share needs one. Get one at "
        "https://dashboard.ngrok.com/get-started/your-authtoken and set NGROK_AUTHTOKEN."
    )
    return Check("token", problem=problem, needed=False)


def _agent() -> Check:
    from sentiment.share.ngrok_agent import agent_path

    path = agent_path()
    if os.access(path, os.X_OK):
        return Check("agent", path, needed=False)
    problem = ShareError(
        "The ngrok agent is not installed yet; only --share needs it. The first --share "
        "downloads it, or install it from https://ngrok.com/download and set PYNGROK_NGROK_PATH."
    )
    return Check("agent", problem=problem, needed=False)
