"""A look at all rows of a file before any is judged: how many, what labels mean, what is odd."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from sentiment.i18n import marked
from sentiment.tables.layout import Layout, Note, Row, missing, note
from sentiment.tables.reading import rows
from sentiment.tables.scales import MOST_VALUES, meanings
from sentiment.texts.notices import few_korean, notices, scripts

FIRST, EVERY = 2_000, 16
"""Texts that are all looked at, and of those after them one in so many."""

LISTED, SHOWN = 5, 12
"""Numbers of odd rows, and values of a label column, that are named."""

MANY = 0.2
"""Share of texts that can't be read from which it is told."""


@dataclass
class Survey:
    """What was seen of the rows of a file."""

    layout: Layout
    rows: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[int]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    texts: int = 0
    unreadable: int = 0
    hangul: int = 0
    others: int = 0

    def __post_init__(self) -> None:
        """Find the columns."""
        columns = self.layout.columns
        self.text = columns.index(self.layout.text) if self.layout.text else None
        self.label = columns.index(self.layout.label) if self.layout.label else None

    def add(self, row: Row) -> None:
        """Take a row in."""
        self.rows += 1
        if row.problem:
            self.problems[row.problem] += 1
            numbers = self.first.setdefault(row.problem, [])
            if len(numbers) < LISTED:
                numbers.append(row.number)
            return
        has_text = self.text is None or not missing(row.values[self.text])
        if self.label is not None and has_text:  # what a row of sums says is no label
            value = row.values[self.label]
            if value in self.labels or len(self.labels) <= MOST_VALUES:
                self.labels[value] += 1
        if self.text is not None:
            self._read(row.values[self.text])

    def _read(self, text: str) -> None:
        if missing(text):
            self.missing += 1
        elif self.rows <= FIRST or self.rows % EVERY == 0:
            self.texts += 1
            self.unreadable += "unreadable" in notices(text)
            hangul, others = scripts(text)
            self.hangul += hangul
            self.others += others

    def result(self, whole: bool) -> Layout:
        """The layout with what was found; `whole`: all rows were seen."""
        made = self.layout
        said = meanings(self.labels, made.label, made.given) if made.label else None
        doubts = [each for each in made.doubts if each["code"] == "other_sheets"]
        return replace(
            made,
            meanings=said,
            rows=self.rows if whole else None,
            doubts=[*doubts, *self._labels(said), *self._texts(), *self._rows()],
        )

    def _labels(self, said: dict[str, str] | None) -> list[Note]:
        """Doubts about the labels."""
        if said is not None or not self.layout.label:
            return []
        return [
            note(
                "labels_unclear",
                marked(
                    "What the values of {column} mean is not clear: {values}. Nothing is counted "
                    "over them. Say it, for example with --labels {example}"
                ),
                column=self.layout.label,
                values=listed(self.labels),
                example=example(self.labels),
            )
        ]

    def _texts(self) -> list[Note]:
        """Doubts about the texts."""
        found = []
        if self.layout.kind == "chat":
            message = marked("The file is a chat: names, times and notices are left out.")
            found.append(note("chat", message))
        if self.unreadable > MANY * max(1, self.texts):
            message = marked(
                "{share} of the texts can't be read: their encoding was lost before. Save the file "
                "again from where it came, as UTF-8."
            )
            found.append(
                note("unreadable", message, share=f"{self.unreadable / max(1, self.texts):.0%}")
            )
        if few_korean(self.hangul, self.others):
            share = self.hangul / (self.hangul + self.others)
            message = marked(
                "Only {share} of the letters are Korean, and the model knows Korean alone. Check "
                "the column."
            )
            found.append(note("few_korean", message, share=f"{share:.0%}"))
        if self.missing:
            message = marked("{count} rows have no text, and are not judged.")
            found.append(note("missing", message, count=f"{self.missing:,}"))
        return found

    def _rows(self) -> list[Note]:
        """Doubts about rows that can't be used."""
        bad = {name: count for name, count in self.problems.items() if count}
        if not bad:
            return []
        ragged = {"fields", "quoting"} & set(bad)
        message = marked(
            "{count} rows are broken, and are not judged: rows {numbers}. Texts with commas need "
            "quotes around them; or name another --delimiter."
        )
        if not ragged:
            message = marked("{count} rows are damaged, and are not judged: rows {numbers}.")
        numbers = sorted(number for name in bad for number in self.first[name])[:LISTED]
        total = sum(bad.values())
        shown = ", ".join(f"{number:,}" for number in numbers) + ", …" * (total > len(numbers))
        code = "ragged" if ragged else "damaged"
        return [note(code, message, count=f"{total:,}", numbers=shown)]


def listed(counts: Counter[str]) -> str:
    """The values of a column with their counts, the most frequent first."""
    found = [f"{value[:20]} ({count:,})" for value, count in counts.most_common(SHOWN) if value]
    return ", ".join(found) + ", …" * (len(counts) > SHOWN)


def example(counts: Counter[str]) -> str:
    """How to say what the values mean."""
    values = sorted(value[:20] for value, _ in counts.most_common(SHOWN) if not missing(value))
    if len(values) < 2:
        return "0=negative,1=positive"
    middle = [f"{value}=neutral" for value in values[1:-1][:1]]
    return ",".join([f"{values[0]}=negative", *middle, f"{values[-1]}=positive"])


def surveyed(path: Path, layout: Layout, seconds: float | None = None) -> Layout:
    """The layout with its rows counted, its labels understood or not, and what is odd.

    `seconds`: when to stop; then `rows` is None, and the rest is of the rows so far.
    """
    survey, until = Survey(layout), seconds and time.monotonic() + seconds
    for row in rows(path, layout):
        survey.add(row)
        if until and survey.rows % 256 == 0 and time.monotonic() > until:
            return survey.result(whole=False)
    return survey.result(whole=True)
