"""JSON lines: one object a line, names of nested ones dotted: ``snippet.text``."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sentiment.errors import DataError


def parsed(line: str) -> dict[str, Any] | None:
    """The object of a line; None where it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_record(line: str) -> bool:
    """Whether a line is an object with a name in it."""
    return line.startswith("{") and bool(parsed(line))


def flat(found: dict[str, Any], before: str = "") -> dict[str, str]:
    """The values of an object as text, those of objects in it under dotted names."""
    values: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict) and value:
            values |= flat(value, f"{before}{name}.")
        else:
            values[before + name] = as_text(value)
    return values


def columns(lines: Iterable[str], most: int) -> list[str]:
    """Every name of every object, in order of appearance; raises `DataError` beyond `most`."""
    names: dict[str, None] = {}
    for line in lines:
        names |= dict.fromkeys(flat(parsed(line) or {}))
        if len(names) > most:
            raise DataError(
                "The JSON lines have more than {most} different names. Leave out what is not "
                "needed.",
                most=most,
            )
    return list(names)


def fields(lines: Iterable[str], columns: list[str]) -> Iterator[tuple[list[str], str | None]]:
    """The values of each object as text; blank lines are no rows.

    A line that is no object becomes the first value of its row, with the problem ``json``.
    """
    for line in lines:
        if not line.strip():
            continue
        found = parsed(line)
        if found is None:
            yield [line.strip(), *[""] * (len(columns) - 1)], "json"
        else:
            values = flat(found)
            yield [values.get(column, "") for column in columns], None


def as_text(value: Any) -> str:
    """A value as text: nothing for null, the text of bytes and of a list of one, the rest as JSON.

    Bytes that are no UTF-8 keep a mark for each that can't be decoded.
    """
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "sentiment.broken")
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return value[0]
    if isinstance(value, bool | int | float | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
