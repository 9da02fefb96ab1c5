"""``doctor``: what a start needs, and how to get what is missing."""

import sys
from textwrap import indent
from typing import Any

import click

from sentiment.console import Command, examples
from sentiment.options import address_options, model_options
from sentiment.settings import Settings


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
    from sentiment.doctor import examine
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
