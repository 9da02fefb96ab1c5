"""Counts by day, month or year, whichever fits the dates of a column."""

import datetime
import re
from calendar import monthrange
from collections.abc import Iterator
from itertools import islice
from typing import Any

PERIODS = 48
"""Days shown at most before they are added up to months, and months before years."""

DATE = re.compile(r"\s*(\d{4})\s*[-./년]\s*(\d{1,2})(?:\s*[-./월]\s*(\d{1,2}))?(?!\d)")
COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?!\d)")

Counts = list[int]
"""Rows that are each side, as `Tally.sides` has them."""


def periods(days: dict[tuple[int, int, int], Counts]) -> list[dict[str, Any]]:
    """Counts by day, or by month or year where there would be too many; gaps count nothing."""
    sides = len(next(iter(days.values())))
    for length in (3, 2, 1):
        found: dict[tuple[int, ...], Counts] = {}
        for day, counts in days.items():
            sums = found.setdefault(day[:length], [0] * sides)
            sums[:] = [a + b for a, b in zip(sums, counts, strict=True)]
        if not all(map(all, found)):
            continue  # months alone have no days
        shown = list(islice(between(min(found), max(found)), PERIODS + 1))
        if len(shown) <= PERIODS:
            break
    else:
        shown = sorted(found)[-PERIODS:]
    return [
        {
            "name": "-".join(f"{part:02}" for part in period),
            "counts": found.get(period, [0] * sides),
        }
        for period in shown
    ]


def between(first: tuple[int, ...], last: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """All days, months or years from the first to the last."""
    yield first
    while first < last:
        year, month, day = (*first, *(12, 31)[len(first) - 1 :])
        following = datetime.date(year, month, min(day, monthrange(year, month)[1]))
        following += datetime.timedelta(days=1)
        first = (following.year, following.month, following.day)[: len(first)]
        yield first


def date(value: str) -> tuple[int, int, int] | None:
    """Year, month and day (0: none) of ``2024-03-01``, ``2024.3.1``, ``2024/3``, ``20240301``."""
    found = DATE.match(value) or COMPACT.match(value)
    if not found:
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        datetime.date(year, month, day or 1)
    except ValueError:
        return None
    return year, month, day
