"""Guesses about the columns of a table: their names, the texts and the right answers."""

import re
from collections.abc import Iterable
from statistics import fmean

from sentiment.tables.scales import LABEL_NAMES, TEXT_NAMES, named, truth


def has_header(table: list[list[str]]) -> bool:
    """Whether the first row names the columns.

    It does if one of its names is usual for a text or label, or if it has none of the numbers
    that a column otherwise consists of.
    """
    first, rest = table[0], table[1:]
    if named(first, TEXT_NAMES) or named(first, LABEL_NAMES):
        return True
    if not all(value.strip() for value in first) or any(map(numeric, first)):
        return False
    columns = [[value for value in column if value] for column in zip(*rest, strict=True)]
    return any(column and all(map(numeric, column)) for column in columns)


def numeric(value: str) -> bool:
    """Whether a value is a number or a date."""
    return bool(re.fullmatch(r"[-+]?[\d.,:/ T-]*\d[\d.,:/ TZ%-]*", value.strip()))


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


def text_column(columns: list[str], by_column: dict[str, list[str]]) -> str:
    """The column of the sentences: by name, else the one with the most letters."""

    def letters(column: str) -> float:
        return fmean(sum(map(str.isalpha, value)) for value in by_column[column])

    for place in named(columns, TEXT_NAMES):
        if letters(columns[place]) > 1:
            return columns[place]
    return max(columns, key=letters)


def label_column(
    columns: list[str], scales: dict[str, int], by_column: dict[str, list[str]], has_names: bool
) -> str | None:
    """The column of the right answers: by name, or by words; by numbers only without names."""
    for place in named(columns, LABEL_NAMES):
        if columns[place] in scales:
            return columns[place]
    for column in scales:
        if not has_names or any(
            truth(value) is not None and not numeric(value) for value in by_column[column]
        ):
            return column
    return None
