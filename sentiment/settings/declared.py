"""How a setting is declared: the option, the variable, the default and the help in one place."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Option:
    """How a setting is set: ``--name`` and, with `variable`, ``SENTIMENT_NAME``.

    `help` is Korean and English. `shown`: the default as people see it, where its value says too
    little. `least` and `most` bound a number. A tuple is set by giving `flag` several times.
    `alone` is the value of the option without one.
    """

    help: str
    variable: bool = True
    metavar: str | None = None
    shown: str | None = None
    least: int | None = None
    most: int | None = None
    flag: str | None = None
    alone: str | None = None


def option(default: Any, *about: Any, **more: Any) -> Any:
    """A field of `Settings` with its default, and how it is set."""
    return field(default=default, metadata={"option": Option(*about, **more)})
