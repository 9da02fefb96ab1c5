"""What a judged file says as a whole, made in one pass over its rows."""

import heapq
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

from sentiment.bulk.periods import Counts, date, periods
from sentiment.bulk.tally import Tally
from sentiment.bulk.words import LONGEST_NAME, Words
from sentiment.labels import Band, Labels
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Layout, Row

BINS = 20
"""Bars of the histogram of scores, which `Labels.score` tells."""

GROUPS = 12
"""Groups shown; the rest is counted together."""

MOST_GROUPS = 10_000
"""Groups counted one by one: a column with more is no grouping."""

TYPICAL = 5
"""Rows shown as the most typical of each label."""

LACKING = 12
"""Labels of a file shown that the model lacks."""

SHOWN = 300
"""Characters kept of a typical row."""


class Columns(NamedTuple):
    """Where the text and the group of a row are, and what the file says is its right label."""

    text: int
    group: int | None
    right: Callable[[Row], str | None] | None

    @classmethod
    def of(
        cls,
        layout: Layout,
        text: str,
        group: str | None,
        right: Callable[[Row], str | None] | None,
    ) -> "Columns":
        """Told by the names of columns."""
        place = layout.columns.index
        return cls(place(text), None if group is None else place(group), right)


class Summary:
    """Takes rows one by one in bounded memory, and tells what they amount to."""

    def __init__(self, labels: Labels, band: Band) -> None:
        """Of a model with these labels, which is unsure inside `band`."""
        self.tally = Tally(labels, band)
        self._labels, self._band = labels, band
        self._bins = [0] * BINS
        self._words = Words(labels.shown)
        self._typical: dict[str, dict[str, tuple[float, int]]] = {
            label: {} for label in labels.shown
        }
        self._groups: dict[str, Counts] = {}
        self._days: dict[tuple[int, int, int], Counts] = {}
        self._grouped = self._dated = 0

    def add(self, number: int, text: str, answer: RowAnswer, group: str | None) -> None:
        """Take one more row; of one without an answer there is nothing to say but that."""
        self.tally.add(number, answer)
        if answer.probabilities is None:
            return
        label = self._labels.likeliest(answer.probabilities).name
        self._bins[bin_of(self._labels.score(answer.probabilities))] += 1
        self._words.add(text, label)
        self._keep_typical(number, text, max(answer.probabilities), label)
        if group is not None:
            verdict = self._labels.verdict(answer.probabilities, self._band)
            self._place(group, self.tally.sides.index(verdict))

    def take(self, row: Row, answer: RowAnswer, columns: Columns) -> None:
        """Take a row of a file, and compare its answer with what the file says is right."""
        group = None if columns.group is None else row.values[columns.group]
        self.add(row.number, row.values[columns.text], answer, group)
        if columns.right is not None:
            self.tally.compare(columns.right(row), answer)

    def result(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return {
            "rows": self.tally.verdicts.total(),
            "labels": asdict(self._labels),
            "counts": self.tally.counts,
            "band": list(self._band),
            "bins": self._bins,
            "words": self._words.telling(),
            "typical": {label: self._shown(label) for label in self._labels.shown},
            "accuracy": self._accuracy(),
            "notices": dict(self.tally.notices.most_common()),
            **self._grouping(),
        }

    def _keep_typical(self, number: int, text: str, share: float, label: str) -> None:
        """Keep a text if it is among the surest of its label; the same text counts once."""
        kept = self._typical[label]
        if text in kept:
            return
        kept[text] = (share, number)
        if len(kept) > TYPICAL:
            del kept[min(kept, key=lambda text: (kept[text][0], -kept[text][1]))]

    def _shown(self, label: str) -> list[dict[str, Any]]:
        kept = self._typical[label].items()
        best = heapq.nlargest(TYPICAL, kept, key=lambda item: (item[1][0], -item[1][1]))
        return [
            {
                "row": row,
                "text": text if len(text) <= SHOWN else f"{text[:SHOWN]}…",
                "share": share,
            }
            for text, (share, row) in best
        ]

    def _accuracy(self) -> dict[str, Any] | None:
        """Confusion counts, given label first; None where no label could be compared."""
        tally, names = self.tally, self._labels.shown
        if not tally.confusion and not tally.lacking:
            return None
        return {
            "right": tally.right,
            "rows": tally.confusion.total(),
            "unread": tally.unlabelled,
            "lacking": dict(tally.lacking.most_common(LACKING)),
            "matrix": [[tally.confusion[given, said] for said in names] for given in names],
        }

    def _place(self, value: str, side: int) -> None:
        """Count a row under its day, if its value is one, and under the value itself."""
        nothing = [0] * len(self.tally.sides)
        self._grouped += 1
        if (day := date(value)) is not None:
            self._dated += 1
            self._days.setdefault(day, nothing.copy())[side] += 1
        name = value.strip()[:LONGEST_NAME]
        if name in self._groups or len(self._groups) < MOST_GROUPS:
            self._groups.setdefault(name, nothing)[side] += 1

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


def bin_of(score: float) -> int:
    """The bar of the histogram that a score belongs to."""
    return min(BINS - 1, int(score * BINS))
