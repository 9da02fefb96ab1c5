"""Labelled tables: which rows can be judged and counted, and their texts one after the other.

A file is read twice, once for its labels and once for its texts, so that neither has to be kept.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.tables.layout import Layout, Row, place
from sentiment.tables.plan import examine
from sentiment.tables.reading import about, rows
from sentiment.tables.scales import LABEL_NAMES, named, number, scale_of_all, truth
from sentiment.texts.checks import problem

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
    def of(cls, path: Path, text_column: str = "", label_column: str = "") -> "Table":
        """Look through a file; raises `DataError` where it has no sentence with a label."""
        with about(path.name):
            layout = examine(path)
            text = place(layout, text_column or layout.text)
            label = place(layout, label_column or guessed_label(layout))
            table = cls(path, layout, text, label, kinds_of(rows(path, layout), text, label))
            if not (table.kinds <= POSITIVE).any():
                raise DataError(
                    "No row has a text in {text} and a label in {label} that says positive or "
                    "negative. Of {columns} name others with --text-column and --label-column.",
                    text=layout.columns[text],
                    label=layout.columns[label],
                    columns=", ".join(layout.columns),
                )
        return table

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
                yield row.values[self.text], bool(kind == POSITIVE)


def texts(path: Path, column: str = "") -> Iterator[str]:
    """The texts of a file, labelled or not; raises `DataError`."""
    with about(path.name):
        layout = examine(path)
        text = place(layout, column if column in layout.columns else layout.text)
        yield from (row.values[text] for row in rows(path, layout))


def guessed_label(layout: Layout) -> str:
    """The column of the labels, by its name alone where some values are none; or `DataError`."""
    by_name = [layout.columns[column] for column in named(layout.columns, LABEL_NAMES)]
    if not (layout.label or by_name):
        raise DataError(
            "No column seems to hold labels. Of {columns} name the one that does with "
            "--label-column.",
            columns=", ".join(layout.columns),
        )
    return layout.label or by_name[0]


def kinds_of(found: Iterator[Row], text: int, label: int) -> np.ndarray:
    """What each row is, (rows,) of int8; the scale of ratings is told by all of them together."""
    codes: dict[str, int] = {}
    column = array("H")
    for row in found:
        value = row.values[label]
        if row.problem or problem(row.values[text]):
            value = ""  # whatever it says
        elif truth(value) is None and number(value.strip()) is None:
            value = "neither"
        column.append(codes.setdefault(value, len(codes)))
    counts = np.bincount(column, minlength=len(codes)).tolist()
    scale = scale_of_all(dict(zip(codes, counts, strict=True)))
    meanings = [meaning(value, scale) for value in codes]
    return np.array(meanings, np.int8)[np.array(column, np.intp)]


def meaning(value: str, scale: int) -> int:
    """What a value of the label column makes of its row; empty: the row can't be read."""
    if not value:
        return UNREADABLE
    positive = truth(value, scale)
    return NEITHER if positive is None else POSITIVE if positive else NEGATIVE
