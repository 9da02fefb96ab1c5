"""JSON documents: an array of objects, wherever in the document it lies, or columns by name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sentiment.errors import DataError
from sentiment.tables.encodings import text_of
from sentiment.tables.jsonl import flat

Records = list[Any]

DEEPEST = 8
"""Levels of a document that are looked into for its rows."""


def document(path: Path, encoding: str) -> Any:
    """The whole document; None where the text is no JSON."""
    try:
        return json.loads(text_of(path, encoding))
    except (ValueError, RecursionError):
        return None


def records(path: Path, encoding: str) -> Records:
    """The rows of a document, objects or plain values; raises `DataError` where it has none."""
    made = document(path, encoding)
    found = [] if made is None else rows_of(made)
    if not found:
        raise DataError(
            "The JSON holds no list of objects, or is cut off. Save it as JSON lines: one object a "
            "line."
        )
    return found


def rows_of(made: Any) -> Records:
    """The longest list of objects, else of texts; columns by name become rows."""
    if isinstance(made, dict) and (rows := by_columns(made)):
        return rows
    lists = list(lists_in(made))
    objects = [each for each in lists if any(isinstance(value, dict) for value in each)]
    texts = [each for each in lists if any(isinstance(value, str) for value in each)]
    if objects or texts:
        return max(objects or texts, key=len)
    return [made] if isinstance(made, dict) and made else []


def by_columns(made: dict[str, Any]) -> Records:
    """The rows of ``{"text": [...], "label": [...]}`` and the other ways in which pandas writes."""
    if set(made) >= {"columns", "data"} and isinstance(made["data"], list):
        names = list(map(str, made["columns"]))
        return [dict(zip(names, row, strict=False)) for row in made["data"]]
    values = list(made.values())
    if len(values) > 1 and all(isinstance(each, list) for each in values):
        if len(set(map(len, values))) == 1 and not any(isinstance(v[0], dict) for v in values if v):
            return [dict(zip(made, row, strict=True)) for row in zip(*values, strict=True)]
    elif values and all(isinstance(each, dict) and each for each in values):
        keys = values[0].keys()
        if all(key.isdecimal() for key in keys) and all(each.keys() == keys for each in values):
            return [{name: made[name][key] for name in made} for key in keys]
        if len(values) > 1 and all(each.keys() & keys for each in values):
            return values
    return []


def lists_in(made: Any, depth: int = 0) -> Iterator[list[Any]]:
    """Every list of a document that is not inside another one."""
    if isinstance(made, list) and made:
        yield made
    elif isinstance(made, dict) and depth < DEEPEST:
        for value in made.values():
            yield from lists_in(value, depth + 1)


def columns(found: Records) -> list[str]:
    """Every name of every object, dotted where objects are nested; ``text`` for plain values."""
    names: dict[str, None] = {}
    for each in found:
        names |= dict.fromkeys(flat(each) if isinstance(each, dict) else ("text",))
    return list(names)


def fields(found: Records, names: list[str]) -> Iterator[tuple[list[str], str | None]]:
    """The values of each row as text."""
    for each in found:
        values = flat(each) if isinstance(each, dict) else {"text": flat({"text": each})["text"]}
        yield [values.get(name, "") for name in names], None
