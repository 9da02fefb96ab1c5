"""JSON documents: an array of objects, wherever in the document it lies, or columns by name."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from sentiment.errors import DataError
from sentiment.tables.encodings import text_of
from sentiment.tables.headers import has_header, unique
from sentiment.tables.jsonl import as_text, flat
from sentiment.texts.notices import SYLLABLE

Records = list[Any]

DEEPEST = 8
"""Levels of a document that are looked into for its rows."""

LOOKED_AT = 500
"""Values of a list that are looked at to see which of several lists is the one."""

INSIDE, SPEAKING = 2, 10
"""How many times the Korean of the objects around it a list of objects has that is taken; the
latter where those hold sentences, which may be but titles."""

SENTENCE = 6
"""Syllables of a sentence."""


def document(path: Path, encoding: str) -> Any:
    """The whole document, or a list of objects one after the other; None where it is no JSON."""
    text = text_of(path, encoding)
    try:
        return json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        return objects_of(text)


def objects_of(text: str) -> Records | None:
    """Objects that follow one another, each over any number of lines; None where it is no JSON."""
    decoder, found, place = json.JSONDecoder(), Records(), 0
    try:
        while place < len(text):
            each, place = decoder.raw_decode(text, place)
            found.append(each)
            while text[place : place + 1].isspace():
                place += 1
    except (ValueError, RecursionError):
        return None
    return found if all(isinstance(each, dict) for each in found) else None


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
    """The list of objects with the most Korean, else of rows or texts; columns become rows.

    Lists of the same objects are one, such as those of a training and a test set.
    """
    if isinstance(made, dict) and (rows := by_columns(made)):
        return rows
    lists = list(lists_in(made))
    for kind in (dict, str, list):
        if found := [each for each in lists if any(isinstance(value, kind) for value in each)]:
            best = max(found, key=lambda each: (korean(each) if len(found) > 1 else 0, len(each)))
            if kind is dict:
                return inner(list(chain(*(each for each in found if names(each) == names(best)))))
            return by_place(best) if kind is list else best
    return [made] if isinstance(made, dict) and made else []


def names(found: Records) -> set[str]:
    """The names of the first object of a list."""
    return set(next((each for each in found if isinstance(each, dict)), {}))


def inner(found: Records, depth: int = 0) -> Records:
    """The objects in lists inside the objects, where those hold most of the Korean."""
    parts = [each for each in found if isinstance(each, dict)]
    lists = dict[str, Records]()
    for each in parts:
        for name, value in each.items():
            if isinstance(value, list) and any(isinstance(one, dict) for one in value):
                lists.setdefault(name, []).extend(value)
    if not lists or depth > DEEPEST:
        return found
    best = max(lists.values(), key=korean)
    own = [{k: v for k, v in each.items() if k not in lists} for each in parts]
    least = SPEAKING if 2 * sum(map(speaks, own)) > len(own) else INSIDE
    return inner(best, depth + 1) if korean(best) > least * korean(own) else found


def speaks(made: Any) -> bool:
    """Whether one of the texts of an object, or of objects in it, is a sentence."""
    if isinstance(made, dict):
        return any(map(speaks, made.values()))
    return isinstance(made, str) and " " in made.strip() and korean(made) >= SENTENCE


def korean(made: Any, depth: int = 0) -> int:
    """How many syllables the texts of a value have."""
    if isinstance(made, str):
        return len(SYLLABLE.findall(made))
    if depth > 2 * DEEPEST or not isinstance(made, list | dict):
        return 0
    values = made.values() if isinstance(made, dict) else made[:LOOKED_AT]
    return sum(korean(each, depth + 1) for each in values)


def by_place(found: Records) -> Records:
    """Rows that are lists as objects, by the names in the first of them or by their places."""
    table = [[as_text(value) for value in row] for row in found if isinstance(row, list)]
    width = max(map(len, table))
    table = [row + [""] * (width - len(row)) for row in table]
    if has_header(table):
        return [dict(zip(unique(table[0]), row, strict=True)) for row in table[1:]]
    return [{str(place): value for place, value in enumerate(row, 1)} for row in table]


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
