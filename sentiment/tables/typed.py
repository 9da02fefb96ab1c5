"""Values of workbooks whose type their text does not tell, so that a result can have it again.

They are texts like all others. Only the exceptions are marked: a text that looks like a number, a
number that a text of its kind would not become, a date, a truth.
"""

import datetime
import re

PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14}|(0|[1-9]\d{0,6})\.\d{0,7}[1-9])")
"""Texts that a cell of numbers shows as they are: no zero too many, no digit that Excel drops."""


class Typed(str):
    """A value whose type is `mark`."""

    __slots__ = ()
    mark = ""


class Text(Typed):
    """A text that looks like a number."""

    __slots__ = ()
    mark = "t"


class Number(Typed):
    """A number that does not look plain, such as one of 16 digits."""

    __slots__ = ()
    mark = "n"


class Day(Typed):
    """A date, a time, or both, in ISO 8601."""

    __slots__ = ()
    mark = "d"


class Truth(Typed):
    """TRUE or FALSE."""

    __slots__ = ()
    mark = "b"


TYPES = {each.mark: each for each in (Text, Number, Day, Truth)}


def text(value: str) -> str:
    """The value of a cell of text."""
    return Text(value) if PLAIN_NUMBER.fullmatch(value) else value


def number(value: str) -> str:
    """The value of a cell of numbers; one that has more digits than a number can is a text."""
    return Number(value) if not PLAIN_NUMBER.fullmatch(value) and same(value) else value


def same(value: str) -> bool:
    """Whether a number written with 16 digits is the same number, and shows as `value` does."""
    written = float(f"{float(value):.16G}")
    return int(written) == int(value) if value.lstrip("-").isdecimal() else written == float(value)


def marks(values: list[str]) -> dict[int, str]:
    """The marks of the values that have one, by place."""
    return {place: value.mark for place, value in enumerate(values) if isinstance(value, Typed)}


def restored(values: list[str], found: dict[str, str]) -> list[str]:
    """The values with their marks, whose places are texts as in JSON."""
    for place, mark in found.items():
        values[int(place)] = TYPES[mark](values[int(place)])
    return values


def moment(value: str) -> datetime.datetime | datetime.date | datetime.time:
    """What a `Day` says."""
    if ":" not in value:
        return datetime.date.fromisoformat(value)
    if "-" not in value:
        return datetime.time.fromisoformat(value)
    return datetime.datetime.fromisoformat(value)
