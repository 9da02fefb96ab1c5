"""Where the table of a text begins: below titles, and below the line that names its delimiter."""

import re
from collections.abc import Callable

from sentiment.tables.delimited import split
from sentiment.tables.headers import has_header, numeric, own
from sentiment.tables.layout import Said
from sentiment.tables.names import label_name, names_columns, text_name, words_of
from sentiment.tables.style import Style

TITLES = 12
"""Lines above a table, at most."""

LOOKED_AT = 100
"""Lines that the search for titles looks at."""

NAMES = 200
"""Characters of a row of names, at most."""

SEP = re.compile(r"\ufeff?sep=(.)\s*", re.I)
"""Excel's line that names the delimiter."""

UNITS = words_of("점 원 개 명 % 건 회 년 월 일 초 분 - kg g cm mm ml l 단위")
"""What stands below names rather than in them."""


def of(sample: list[str], said: Said) -> tuple[int, str]:
    """How many lines stand above the table for certain, and the delimiter that they name."""
    first = next((line for line in sample if line.strip()), "")
    if match := SEP.fullmatch(first):
        return 1 + (said.skip_rows or 0), match[1]
    return said.skip_rows or 0, ""


def below(sample: list[str], skip: int) -> list[str]:
    """The lines below the first `skip` that are not blank."""
    if not skip:
        return sample
    rest = iter(sample)
    for line in rest:
        skip -= bool(line.strip())
        if not skip:
            break
    return list(rest)


def titles(sample: list[str], style_of: Callable[[list[str]], tuple[Style, int]]) -> int:
    """How many lines of a text have to go before it is a table with names; 0 if that is of no use.

    The titles must not look like rows of one column: they are few beside the rows.
    """
    lines = [line for line in sample if line.strip()][:LOOKED_AT]
    for skip in range(1, min(TITLES, len(lines) - 2)):
        rest = lines[skip:]
        style, width = style_of(rest)
        if width > 1 and has_header([values for values, _ in split(rest, style, width)]):
            return skip
    return 0


def rows_above(table: list[list[str]]) -> int:
    """How many rows of a table are titles: emptier than the rest, and above one with names."""
    filled = [sum(bool(value.strip()) for value in row) for row in table]
    below = sorted(filled[min(TITLES, len(filled) // 2) :])
    typical = below[len(below) // 2] if below else 0
    if typical < 2:
        return 0
    start = next((i for i, count in enumerate(filled[:TITLES]) if 2 * count > typical), 0)
    if start:
        return start if has_header(table[start:]) else 0
    return next((i for i in range(min(TITLES, len(table))) if is_named(table[i:])), 0)


def is_named(table: list[list[str]]) -> bool:
    """Whether a first row can only be one of names: most are usual, and none is a number."""
    row = table[0]
    if not names_columns(own(table)) or any(map(numeric, row)) or len(" ".join(row)) > NAMES:
        return False
    return 2 * sum(text_name(value) != 0 or bool(label_name(value)) for value in row) > len(row)


def units(table: list[list[str]]) -> int:
    """How many rows of units stand below the names: 0 or 1."""
    if len(table) < 3:
        return 0
    values = [value.strip() for value in table[1] if value.strip()]
    unit = [
        value in UNITS or bool(re.fullmatch(r"[(\[（].{0,30}[)\]）]|단위.{0,20}|:?-{2,}:?", value))
        for value in values
    ]
    return int(bool(values) and all(unit))
