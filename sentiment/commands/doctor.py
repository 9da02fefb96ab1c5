"""``doctor``: what a start needs, and how to get what is missing."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent
from typing import Any

import click

from sentiment.commands.console import Command, examples
from sentiment.commands.options import address_options, model_options
from sentiment.errors import SentimentError, SettingsError, ShareError
from sentiment.settings import Settings


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment doctor",
        "python -m sentiment doctor checkpoint-doccls",
        "python -m sentiment doctor --model checkpoint-doccls --port 8080",
    ),
)
@click.argument("place", required=False, metavar="[MODEL]")
@model_options
@address_options
def doctor(place: str | None, debug: bool, **values: Any) -> None:
    """무엇이 빠졌고 어떻게 고치는지 알려 줍니다 · Check what a start needs, with cures."""
    from sentiment.i18n import both

    healthy = True
    if place:
        values["model"] = place
    for check in examine(Settings(**values), place is not None):
        if check.problem is None:
            click.echo(f"{click.style('✓', fg='green')} {check.name}: {check.found}")
            continue
        healthy = healthy and not check.needed
        sign = click.style("✗", fg="red") if check.needed else click.style("–", fg="yellow")
        said = "\n".join(dict.fromkeys(both(check.problem.translated).splitlines()))
        click.echo(f"{sign} {check.name}:\n{indent(said, '    ')}")
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


def examine(settings: Settings, model_alone: bool = False) -> Iterator[Check]:
    """Check the model and what is to be known of it, then port, token and agent."""
    yield from _model(settings)
    if model_alone:
        return
    yield _port(settings)
    yield _token()
    yield _agent()


def _model(settings: Settings) -> Iterator[Check]:
    from sentiment.commands.doctor_model import told, warnings
    from sentiment.model.loader import load

    with warnings() as heard:
        try:
            classifier = load(**settings.of_model)
        except SentimentError as error:
            yield Check("모델 · model", problem=error)
            return
        for name, found in told(classifier):
            yield Check(name, found)
    for warning in heard:
        problem = SentimentError("{warning}", warning=warning)
        yield Check("주의 · warning", problem=problem, needed=False)


def _port(settings: Settings) -> Check:
    from sentiment.serving.server import check_port

    try:
        check_port(settings.host, settings.port)
    except SettingsError as error:
        return Check("포트 · port", problem=error)
    return Check("포트 · port", f"{settings.host}:{settings.port}")


def _token() -> Check:
    from sentiment.share.tokens import find_token

    try:
        token = find_token()
    except ShareError as error:
        return Check("토큰 · token", problem=error, needed=False)
    if token:
        return Check("토큰 · token", f"ngrok authtoken ({token.source})", needed=False)
    problem = ShareError(
        "No ngrok authtoken was found; only --share needs one. Get one at "
        "https://dashboard.ngrok.com/get-started/your-authtoken and set NGROK_AUTHTOKEN."
    )
    return Check("토큰 · token", problem=problem, needed=False)


def _agent() -> Check:
    from sentiment.share.ngrok_agent import agent_path

    path = agent_path()
    if os.access(path, os.X_OK):
        return Check("ngrok 프로그램 · agent", path, needed=False)
    problem = ShareError(
        "The ngrok agent is not installed yet; only --share needs it. The first --share "
        "downloads it, or install it from https://ngrok.com/download and set PYNGROK_NGROK_PATH."
    )
    return Check("ngrok 프로그램 · agent", problem=problem, needed=False)
