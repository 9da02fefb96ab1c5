"""The columns of a result of ours, which are neither text nor right answers."""

import re
from collections.abc import Sequence
from itertools import takewhile

from sentiment.tables.layout import missing

OWN = ("notice", "notices", "model")
"""Names of other columns that a result may have."""


def own_columns(columns: Sequence[str], by_column: dict[str, list[str]]) -> set[str]:
    """The columns that a result of ours added: ``label`` with shares of 1, or up to ``problem``."""
    taken: set[str] = set()
    plain_names = [re.sub(r"_\d+$", "", column) for column in columns]
    for end, name in enumerate(plain_names):
        if name != "problem" or "label" not in plain_names[:end]:
            continue
        begin = end - 1 - plain_names[:end][::-1].index("label")
        between = columns[begin + 1 : end]
        if between and all(map(shares, (by_column[column] for column in between))):
            taken |= set(columns[begin : end + 1])
    for begin, name in enumerate(plain_names):
        more = columns[begin + 1 :]
        between = list(takewhile(lambda column: shares(by_column[column]), more))
        if name == "label" and len(between) > 1 and whole([by_column[each] for each in between]):
            taken |= {columns[begin], *between}
    if taken:
        taken |= {c for c, n in zip(columns, plain_names, strict=True) if n in OWN}
    return taken


def whole(parts: list[list[str]]) -> bool:
    """Whether the shares of every row make 1, as those of all labels do."""
    rows = zip(*parts, strict=True)
    amounts = [sum(map(float, row)) for row in rows if not any(map(missing, row))]
    return all(abs(amount - 1) < 0.01 for amount in amounts)


def shares(values: list[str]) -> bool:
    """Whether values are numbers from 0 to 1, some of them between, or missing."""
    try:
        amounts = [float(value) for value in values if not missing(value)]
    except ValueError:
        return False
    return any(0 < amount < 1 for amount in amounts) and all(0 <= each <= 1 for each in amounts)
