"""Help whose words that click writes by itself are Korean and English, too."""

from collections.abc import Iterable
from typing import Any

import click

HEADINGS = {"Options": "옵션 · Options", "Commands": "명령 · Commands"}

FIXED = {
    "Show this message and exit.": "이 도움말을 보여 줘요. Show this message and exit.",
    "Show the version and exit.": "버전을 보여 줘요. Show the version and exit.",
    "[default: ": "[기본 default: ",
    "[required]": "[필수 required]",
}
"""What click writes into the rows of help."""


class Formatter(click.HelpFormatter):
    """Help whose fixed words are Korean and English."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line."""
        super().write_usage(prog, args, prefix or "사용법 · Usage: ")

    def write_heading(self, heading: str) -> None:
        """The head of a section."""
        super().write_heading(HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **more: Any) -> None:
        """Options or commands with their help."""
        super().write_dl([(name, fixed(text)) for name, text in rows], *args, **more)


def fixed(text: str) -> str:
    """A help text with click's own words in both languages."""
    for english, both in FIXED.items():
        text = text.replace(english, both)
    return text


class Context(click.Context):
    """A context whose help is written by `Formatter`."""

    formatter_class = Formatter
