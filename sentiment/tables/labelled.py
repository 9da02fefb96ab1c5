"""Labelled tables: which rows can be judged and counted, and their texts one after the other.

A file is read twice, once for its labels and once for its texts, so that neither has to be kept.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.tables.apart import examine, rows
from sentiment.tables.layout import Layout, Row, Said, cause, place
from sentiment.tables.lists import text_of
from sentiment.tables.reading import about
from sentiment.tables.telling import asked, labels, unclear

Labelled = tuple[str, bool]
"""A text, and whether it is positive."""

SEED = 7
"""Of the rows that are drawn; the figures of the shipped model's card have it."""

NEGATIVE, POSITIVE, NEITHER, UNREADABLE = 0, 1, 2, 3
"""What a row is: its label, or why it is left out."""


@dataclass(frozen=True)
class Table:
    """A file, the columns that count, and what each of its rows is, (rows,) of int8."""

    path: Path
    layout: Layout
    text: int
    label: int
    kinds: np.ndarray

    @classmethod
    def of(cls, path: Path, said: Said = Said()) -> "Table":
        """Look through a file; raises `DataError` where it has no sentence with a label.

        So it does where a column, or the scale of the labels, was not understood.
        """
        with about(path.name):
            layout = examine(path, said=said)
            if not layout.sure:
                raise asked(layout)
            if not layout.label:
                raise DataError(
                    "No column seems to hold labels. Of {columns} name the one that does with "
                    "--label-column.",
                    columns=", ".join(layout.columns),
                )
            if layout.meanings is None:
                raise unclear(layout)
            text, label = place(layout, layout.text), place(layout, layout.label)
            found = rows(path, layout)
            table = cls(path, layout, text, label, kinds_of(found, text, label, layout.meanings))
            if not (table.kinds <= POSITIVE).any():
                raise DataError(
                    "No row has a text in {text} and a label in {label} that says positive or "
                    "negative. Of {columns} name others with --text-column and --label-column.",
                    text=layout.text,
                    label=layout.label,
                    columns=", ".join(layout.columns),
                )
        return table

    @property
    def read_as(self) -> str:
        """Which columns were read, and what the labels were taken for."""
        return f"문장 text: {self.layout.text} · 정답 label: {labels(self.layout)}"

    def count(self, kind: int) -> int:
        """How many rows are of a kind."""
        return int((self.kinds == kind).sum())

    def usable(self) -> np.ndarray:
        """Indices of the rows with a label."""
        return np.flatnonzero(self.kinds <= POSITIVE)

    def balanced(self) -> np.ndarray:
        """All usable rows of the rarer label and as many of the other, drawn, in file order.

        Raises `DataError` where there is only one label.
        """
        both = [np.flatnonzero(self.kinds == label) for label in (NEGATIVE, POSITIVE)]
        rare, common = sorted(both, key=len)
        if not len(rare):
            raise DataError(
                "All sentences have the same label, so there is nothing to balance. Leave out "
                "--balanced."
            )
        drawn = np.random.default_rng(SEED).choice(common, len(rare), replace=False)
        return np.sort(np.concatenate([rare, drawn]))

    def sentences(self, chosen: np.ndarray) -> Iterator[Labelled]:
        """The texts of the chosen rows, and whether they are positive."""
        wanted = np.zeros(len(self.kinds), bool)
        wanted[chosen] = True
        for row, want, kind in zip(rows(self.path, self.layout), wanted, self.kinds, strict=True):
            if want:
                yield text_of(row.values[self.text]), bool(kind == POSITIVE)


def texts(path: Path, column: str = "") -> Iterator[str]:
    """The texts of a file, labelled or not; raises `DataError`."""
    with about(path.name):
        layout = examine(path, seconds=None)
        text = column if column in layout.columns else layout.text
        if not text:
            raise asked(layout)
        yield from (row.values[place(layout, text)] for row in rows(path, layout))


def kinds_of(found: Iterator[Row], text: int, label: int, meanings: dict[str, str]) -> np.ndarray:
    """What each row is, (rows,) of int8; `meanings`: of the values of the label column."""
    kinds = {"negative": NEGATIVE, "positive": POSITIVE}
    known = {value: kinds.get(meaning, NEITHER) for value, meaning in meanings.items()}
    made = array("b")
    for row in found:
        if cause(row, text):
            made.append(UNREADABLE)
        else:
            made.append(known.get(row.values[label], NEITHER))
    return np.array(made, np.int8)
