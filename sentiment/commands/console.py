"""What all commands share: errors as one message, notes beside the answers, help with examples.

Errors of the library become one clear message here, in Korean and English, and exit code 2.
"""

import logging
import sys
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.helping import Context
from sentiment.errors import SentimentError

if TYPE_CHECKING:
    from tqdm import tqdm


class Command(click.Command):
    """A command whose library errors end in one message and exit code 2."""

    context_class = Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; errors say of which command they are, and what is too much."""
        ctx.allow_extra_args = True  # click would only say it in English
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if rest and not ctx.resilient_parsing:
            raise click.BadArgumentUsage(" ".join(rest), ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with ``--debug`` errors keep their traceback."""
        logging.basicConfig(
            level=logging.DEBUG if ctx.params["debug"] else logging.WARNING,
            format="%(levelname)s %(name)s: %(message)s",
        )
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # consoles that lack a character
        try:
            return super().invoke(ctx)
        except SentimentError as error:
            if ctx.params["debug"]:
                raise
            notes = getattr(error, "__notes__", ())  # such as which file it is about
            tell(error, "".join(f"{note}: " for note in notes))
            ctx.exit(2)


def tell(error: SentimentError, where: str = "") -> None:
    """Print an error in Korean and English."""
    from sentiment.i18n import both

    click.echo(f"{where}{click.style('오류 · Error', fg='red', bold=True)}", err=True)
    click.echo(both(error.translated), err=True)


def say(message: str) -> None:
    """Tell what takes a while, beside the answers."""
    click.echo(message, err=True)


def progress(label: str, unit: str, total: int | None, done: int = 0) -> "tqdm[Any]":
    """A bar on standard error that fits the terminal; without one nothing is written.

    `done` of `total` were there before; `unit` is what is counted.
    """
    from tqdm import tqdm

    return tqdm(
        desc=label,
        unit=f" {unit}",
        total=total,
        initial=done,
        file=sys.stderr,
        disable=None,
        dynamic_ncols=True,
    )


def examples(*lines: str) -> str:
    """The end of a command's help; the backspace keeps click from joining the lines."""
    return "\n".join(["\b", "예 · Examples:", *(f"  {line}" for line in lines)])
