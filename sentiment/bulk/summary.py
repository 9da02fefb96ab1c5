"""What a judged file says as a whole, made in one pass over its rows."""

import datetime
import heapq
import math
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sentiment.bulk.judging import verdict
from sentiment.model.inference import Band
from sentiment.tables.reading import truth
from sentiment.web.kit.plots import SIDES

BINS = 20
"""Bars of the histogram of probabilities."""

GROUPS = 12
"""Groups shown; the rest is counted together."""

MOST_GROUPS = 10_000
"""Groups counted one by one: a column with more is no grouping."""

PERIODS = 48
"""Days shown at most before they are added up to months, and months before years."""

TYPICAL = 5
"""Rows shown as the most typical of each side."""

WORDS = 15
"""Words shown of each side."""

LONGEST_NAME = 40
"""Characters of a word that is counted, and kept of the name of a group; more is no word."""

MOST_WORDS = 200_000
"""Different eojeol counted at a time: rare ones are forgotten beyond, so that memory is bounded."""

LEAST = 5
"""Rows in which a word must stand to be shown."""

SHOWN = 300
"""Characters kept of a typical row."""

DATE = re.compile(r"\s*(\d{4})\s*[-./년]\s*(\d{1,2})(?:\s*[-./월]\s*(\d{1,2}))?(?!\d)")
COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?!\d)")

Counts = list[int]
"""Rows that are positive, unsure and negative."""


@dataclass(frozen=True)
class Case:
    """A row with an answer: its text, the probability of "positive", and its other two columns."""

    row: int
    text: str
    positive: float
    label: str | None
    group: str | None


@dataclass
class Words:
    """In how many positive and negative rows each eojeol stands."""

    positive: Counter[str] = field(default_factory=Counter)
    negative: Counter[str] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, text: str, positive: bool) -> None:
        """Count the different eojeol of a text once each."""
        counter = self.positive if positive else self.negative
        counter.update(set(words(text)))
        self.rows[positive] += 1
        least = 2
        while len(counter) > MOST_WORDS:
            for word in [word for word, count in counter.items() if count < least]:
                del counter[word]
            least += 1

    def skewed(self) -> dict[str, list[dict[str, Any]]]:
        """The words that tell the sides apart best, with their counts: log-odds in deviations."""
        total = self.positive + self.negative
        scored = sorted((self.score(word), word) for word, count in total.items() if count >= LEAST)
        sides = {
            "positive": [pair for pair in reversed(scored[-WORDS:]) if pair[0] > 0],
            "negative": [pair for pair in scored[:WORDS] if pair[0] < 0],
        }
        return {
            side: [
                {"word": word, "positive": self.positive[word], "negative": self.negative[word]}
                for _, word in pairs
            ]
            for side, pairs in sides.items()
        }

    def score(self, word: str) -> float:
        """How many deviations the log-odds of a word lie above those of equal use."""
        here, there = self.positive[word] + 0.5, self.negative[word] + 0.5
        negatives, positives = self.rows
        odds = math.log(here / (positives - here + 1.5)) - math.log(
            there / (negatives - there + 1.5)
        )
        return odds / math.sqrt(1 / here + 1 / there)


class Summary:
    """Takes rows one by one in bounded memory, and tells what they amount to."""

    def __init__(self, band: Band, scale: int = 1) -> None:
        """`band` is where the model is unsure, `scale` that of the labels; see `truth`."""
        self._band = band
        self._scale = scale
        self._counts: Counts = [0, 0, 0]
        self._bins = [0] * BINS
        self._words = Words()
        self._typical: dict[bool, dict[str, tuple[float, int]]] = {True: {}, False: {}}
        self._matrix: Counter[tuple[bool, bool]] = Counter()
        self._unread = self._rows = 0
        self._groups: dict[str, Counts] = {}
        self._days: dict[tuple[int, int, int], Counts] = {}
        self._grouped = self._dated = 0

    def add(self, case: Case) -> None:
        """Take one more row."""
        self._rows += 1
        positive = case.positive > 0.5
        side = SIDES.index(verdict(case.positive, self._band))
        self._counts[side] += 1
        self._bins[min(BINS - 1, int(case.positive * BINS))] += 1
        self._words.add(case.text, positive)
        self._keep_typical(case, positive)
        if case.label is not None:
            self._compare(case.label, positive)
        if case.group is not None:
            self._place(case.group, side)

    def result(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return {
            "rows": self._rows,
            "counts": self._counts,
            "band": list(self._band),
            "bins": self._bins,
            "words": self._words.skewed(),
            "typical": {
                "positive": self._shown(True),
                "negative": self._shown(False),
            },
            "accuracy": self._accuracy(),
            **self._grouping(),
        }

    def _keep_typical(self, case: Case, positive: bool) -> None:
        """Keep a text if it is among the surest of its side; the same text counts once."""
        kept = self._typical[positive]
        sureness = case.positive if positive else 1 - case.positive
        if case.text in kept:
            return
        kept[case.text] = (sureness, case.row)
        if len(kept) > TYPICAL:
            del kept[min(kept, key=lambda text: (kept[text][0], -kept[text][1]))]

    def _shown(self, positive: bool) -> list[dict[str, Any]]:
        kept = self._typical[positive].items()
        best = heapq.nlargest(TYPICAL, kept, key=lambda item: (item[1][0], -item[1][1]))
        return [
            {
                "row": row,
                "text": text if len(text) <= SHOWN else f"{text[:SHOWN]}…",
                "positive": sureness if positive else 1 - sureness,
            }
            for text, (sureness, row) in best
        ]

    def _compare(self, label: str, positive: bool) -> None:
        right = truth(label, self._scale)
        if right is None:
            self._unread += 1
        else:
            self._matrix[right, positive] += 1

    def _accuracy(self) -> dict[str, Any] | None:
        """Confusion counts, given label first; None where no label could be read."""
        if not self._matrix:
            return None
        right = self._matrix[True, True] + self._matrix[False, False]
        return {
            "right": right,
            "rows": self._matrix.total(),
            "unread": self._unread,
            "matrix": [
                [self._matrix[given, said] for said in (True, False)] for given in (True, False)
            ],
        }

    def _place(self, value: str, side: int) -> None:
        """Count a row under its day, if its value is one, and under the value itself."""
        self._grouped += 1
        if (day := date(value)) is not None:
            self._dated += 1
            self._days.setdefault(day, [0, 0, 0])[side] += 1
        name = value.strip()[:LONGEST_NAME]
        if name in self._groups or len(self._groups) < MOST_GROUPS:
            self._groups.setdefault(name, [0, 0, 0])[side] += 1

    def _grouping(self) -> dict[str, Any]:
        """``periods`` where nearly all values are dates, else ``groups``."""
        if self._dated and self._dated >= 0.9 * self._grouped:
            return {"periods": periods(self._days)}
        if not self._grouped:
            return {}
        largest = heapq.nlargest(GROUPS, self._groups.items(), key=lambda item: sum(item[1]))
        named = [{"name": name, "counts": counts} for name, counts in largest]
        rest = self._grouped - sum(sum(counts) for _, counts in largest)
        return {"groups": named, "others": rest}


def periods(days: dict[tuple[int, int, int], Counts]) -> list[dict[str, Any]]:
    """Counts by day, or by month or year where there would be too many; gaps count nothing."""
    for length in (3, 2, 1):
        found: dict[tuple[int, ...], Counts] = {}
        for day, counts in days.items():
            sums = found.setdefault(day[:length], [0, 0, 0])
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
            "counts": found.get(period, [0, 0, 0]),
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


def words(text: str) -> Iterator[str]:
    """Its eojeol without marks at their ends."""
    for eojeol in text.split():
        if 0 < len(word := stripped(eojeol)) <= LONGEST_NAME:
            yield word


def stripped(eojeol: str) -> str:
    """An eojeol without marks at its ends; empty where nothing but marks is left."""
    start, end = 0, len(eojeol)
    while start < end and not eojeol[start].isalnum():
        start += 1
    while end > start and not eojeol[end - 1].isalnum():
        end -= 1
    return eojeol[start:end]
