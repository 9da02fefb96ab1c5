"""The names above a table: whether there are some, and over how many rows."""

import re
from collections.abc import Iterable
from statistics import fmean

from sentiment.tables.layout import missing
from sentiment.tables.names import names_columns, text_name
from sentiment.tables.scales import are_verdicts, number

MOSTLY = 0.8
"""Share of numbers in a column from which a first value that is none is its name."""

LOOKED_AT = 50
"""Rows below a first one with which it is compared."""

NUMBER = re.compile(r"[-+]?[\d.,:/ T-]*\d[\d.,:/ TZ%-]*")


def has_header(table: list[list[str]]) -> bool:
    """Whether the first row names the columns.

    It does if one of its names is usual for a text or label, if it has none of the numbers that a
    column otherwise consists of, or if it is short where the others are long.
    """
    first, rest = table[0], table[1:]
    if names_columns(own(table)) or is_counted(first, rest):
        return True
    if any(numeric(value) for value in first) or not rest:
        return False
    if not all(value.strip() for value in first[1:]) or not (first[0].strip() or first[1:]):
        return False
    columns = [[value for value in column if value.strip()] for column in zip(*rest, strict=True)]
    if any(column and fmean(map(amount, column)) >= MOSTLY for column in columns):
        return not any(map(amount, first))
    return len(rest) > 2 and len(set(first)) == len(first) and stands_apart(first, columns)


def own(table: list[list[str]]) -> list[str]:
    """The values of a first row that are not those of most rows below as well."""
    first, rest = table[0], table[1 : 1 + LOOKED_AT]
    return [
        value
        for place, value in enumerate(first)
        if 2 * sum(row[place] == value for row in rest) <= len(rest)
    ]


def is_counted(first: list[str], rest: list[list[str]]) -> bool:
    """Whether a first row counts the columns from 0, above texts, as pandas does without names."""
    counted_from = int(len(first) > 1 and not first[0].strip())
    return first[counted_from:] == [str(n) for n in range(len(first) - counted_from)] and any(
        value.strip() and not numeric(value) for row in rest[:1] for value in row[counted_from:]
    )


def is_second_header(above: list[str], row: list[str], rest: list[list[str]]) -> bool:
    """Whether a row below names has more names: under merged ones, or of another kind.

    It is above numbers or texts, and looks like neither.
    """
    if any(map(amount, row)) or not any(value.strip() for value in row) or len(rest) < 2:
        return False
    filled = [value.strip() for value in above]
    merged = "" in filled[1:] or len(set(filled)) < len(filled)
    fits = all(name or value.strip() for name, value in zip(filled, row, strict=True))
    if not (merged and fits) and not names_columns(row):
        return False
    columns = [[value for value in column if value.strip()] for column in zip(*rest, strict=True)]
    pairs = [(v, c) for v, c in zip(row, columns, strict=True) if c and not missing(v)]
    if any(value in column or are_verdicts([value, *column]) for value, column in pairs):
        return False  # an answer such as "positive", which may be a name as well
    texts = [(v, c) for v, c in pairs if fmean(map(len, c)) >= 8 and not amount(c[0])]
    if any(len(value) * 2 > fmean(map(len, column)) for value, column in texts):
        return False
    return names_columns(row) or any(all(map(amount, column)) for _, column in pairs)


def both_rows(above: list[str], below: list[str]) -> list[str]:
    """Names of two rows as one: those of the first where each is its own, else of the second.

    Where those are not enough either, both are taken; the first go on over merged cells.
    """
    filled = [value.strip() for value in above]
    if "" not in filled[1:] and len(set(filled)) == len(filled):
        return above
    lower = [value.strip() or name for name, value in zip(filled, below, strict=True)]
    if len(set(lower)) == len(lower):
        return lower
    made, group = [], ""
    for name, value in zip(filled, map(str.strip, below), strict=True):
        group = name or (group if value else "")
        made.append(group if value == group else f"{group} {value}".strip())
    return made


def stands_apart(first: list[str], columns: list[list[str]]) -> bool:
    """Whether a first row is shorter than the texts below it, or above words that are labels."""
    pairs = [(name, column) for name, column in zip(first, columns, strict=True) if column]
    if any(are_verdicts(column) and not are_verdicts([name]) for name, column in pairs):
        return True
    texts = [(name, fmean(map(len, column)), column) for name, column in pairs]
    texts = [each for each in texts if each[1] >= 8]
    if any(text_name(name) > 0 and len(name) < 0.7 * mean for name, mean, _ in texts):
        return True
    short = [len(name) < min(mean / 2, *map(len, column)) for name, mean, column in texts]
    return bool(short) and all(short) and len(columns[0]) > 4


def amount(value: str) -> bool:
    """Whether a value is a number, a date, or a number of stars or points."""
    return numeric(value) or number(value) is not None


def numeric(value: str) -> bool:
    """Whether a value is a number or a date."""
    return bool(NUMBER.fullmatch(value.strip()))


def unique(names: Iterable[str]) -> list[str]:
    """The names, each different from all others: ``text``, ``text_2``, ``text_3``."""
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        wanted = base = name.strip() or str(place)
        while wanted in found:
            counts[base] = counts.get(base, 1) + 1
            wanted = f"{base}_{counts[base]}"
        found[wanted] = None
    return list(found)
