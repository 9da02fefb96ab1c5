"""Labelled tables: which rows can be judged and counted, and their texts one after the other.

A file is read twice, once for its labels and once for its texts, so that no text is kept.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.labels import PAIR, Labels
from sentiment.tables.apart import examine, rows
from sentiment.tables.layout import Layout, Row, Said, cause, place
from sentiment.tables.lists import text_of
from sentiment.tables.matching import labels_in, matched
from sentiment.tables.reading import about
from sentiment.tables.scales import NEITHER as NO_LABEL
from sentiment.tables.telling import asked, labels, unclear

Labelled = tuple[str, str]
"""A text, and the name of its label."""

SEED = 7
"""Of the rows that are drawn; the figures of the shipped model's card have it."""

NEITHER, UNREADABLE, LACKING = -1, -2, -3
"""Why a row is left out: it says nothing, or can't be judged, or has a label that is none."""

MOST_VALUES = 1000
"""Different values of a label column; what comes later is no label."""


@dataclass(frozen=True)
class Scan:
    """A file whose labels were read, whatever a model makes of them.

    `values` are the different values of the label column, the first of them for rows that can't be
    judged, and `column`, (rows,) of uint16, says which of them each row has.
    """

    path: Path
    layout: Layout
    text: int
    label: int
    values: list[str]
    column: np.ndarray

    @classmethod
    def of(cls, path: Path, said: Said = Said()) -> "Scan":
        """Look through a file; raises `DataError` where a column was not understood."""
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
            text, label = place(layout, layout.text), place(layout, layout.label)
            return cls(path, layout, text, label, *values_of(rows(path, layout), text, label))

    def table(self, labels: Labels | None) -> "Table":
        """What its rows are for a model with `labels`; None: for those that it has of its own.

        Raises `DataError` where it has no sentence with one of them, and where what the values of
        the labels mean was not understood.
        """
        with about(self.path.name):
            amounts = np.bincount(self.column, minlength=len(self.values)).tolist()
            counts = dict(zip(self.values[1:], amounts[1:], strict=True))
            wanted = labels or labels_in(counts, self.layout)
            meant = matched(counts, self.layout, wanted) if wanted else None
            if wanted is None or meant is None:
                raise unclear(self.layout)
            names = tuple(wanted[index].name for index in wanted.rising)
            kinds = [UNREADABLE, *(kind_of(meant[value], names) for value in counts)]
            lacking = Counter[str]()
            for value, name in meant.items():
                if name is not None and name not in names:
                    lacking[name] += counts[value]
            layout = replace(self.layout, meanings=taken(meant, self.layout))
            found = np.array(kinds, np.int16)[self.column]
            table = Table(self.path, layout, self.text, self.label, names, found, lacking)
            if not len(table.usable()):
                raise others_labelled(layout, names, lacking)
        return table


@dataclass(frozen=True)
class Table:
    """A file, the columns that count, and what each of its rows is.

    `kinds`, (rows,) of int16: an index of `names`, which are labels from negative to positive, or
    why the row is left out. `lacking`: how often labels stand there that are none of these.
    """

    path: Path
    layout: Layout
    text: int
    label: int
    names: tuple[str, ...]
    kinds: np.ndarray
    lacking: Counter[str]

    @classmethod
    def of(cls, path: Path, said: Said = Said(), labels: Labels | None = PAIR) -> "Table":
        """See `Scan`, which is for those who don't know the labels yet."""
        return Scan.of(path, said).table(labels)

    @property
    def read_as(self) -> str:
        """Which columns were read, and what the labels were taken for."""
        return f"문장 text: {self.layout.text} · 정답 label: {labels(self.layout)}"

    def count(self, kind: int) -> int:
        """How many rows are of a kind."""
        return int((self.kinds == kind).sum())

    def usable(self) -> np.ndarray:
        """Indices of the rows with a label."""
        return np.flatnonzero(self.kinds >= 0)

    def balanced(self) -> np.ndarray:
        """As many usable rows of each label as the rarest has, drawn, in file order.

        Labels that the file does not have do not count. Raises `DataError` where there is only one.
        """
        each = [np.flatnonzero(self.kinds == place) for place in range(len(self.names))]
        if len(there := [found for found in each if len(found)]) < 2:
            raise DataError(
                "All sentences have the same label, so there is nothing to balance. Leave out "
                "--balanced."
            )
        rarest = min(there, key=len)
        rng = np.random.default_rng(SEED)
        drawn = [
            found if found is rarest else rng.choice(found, len(rarest), replace=False)
            for found in there
        ]
        return np.sort(np.concatenate(drawn))

    def sentences(self, chosen: np.ndarray) -> Iterator[Labelled]:
        """The texts of the chosen rows, and their labels."""
        wanted = np.zeros(len(self.kinds), bool)
        wanted[chosen] = True
        for row, want, kind in zip(rows(self.path, self.layout), wanted, self.kinds, strict=True):
            if want:
                yield text_of(row.values[self.text]), self.names[kind]


def texts(path: Path, column: str = "") -> Iterator[str]:
    """The texts of a file, labelled or not; raises `DataError`."""
    with about(path.name):
        layout = examine(path, seconds=None)
        text = column if column in layout.columns else layout.text
        if not text:
            raise asked(layout)
        yield from (row.values[place(layout, text)] for row in rows(path, layout))


def values_of(found: Iterator[Row], text: int, label: int) -> tuple[list[str], np.ndarray]:
    """The different values of the label column, and which of them each row has, (rows,).

    The first stands for rows that can't be judged, whatever they say. (rows,) is of uint16.
    """
    codes: dict[str | None, int] = {None: 0}
    column = array("H")
    for row in found:
        value = None if cause(row, text) else row.values[label]
        if value not in codes and len(codes) > MOST_VALUES:
            value = ""
        column.append(codes.setdefault(value, len(codes)))
    return [value or "" for value in codes], np.array(column, np.uint16)


def kind_of(name: str | None, names: Sequence[str]) -> int:
    """What the label of a row makes of it."""
    if name is None:
        return NEITHER
    return names.index(name) if name in names else LACKING


def taken(meant: Mapping[str, str | None], layout: Layout) -> dict[str, str]:
    """What values are taken for, to be told: the labels, or what says that they are none."""
    meanings = layout.meanings or {}
    return {
        value: name or meanings.get(value, NO_LABEL)
        for value, name in meant.items()
        if name or value in meanings
    }


def others_labelled(layout: Layout, names: Sequence[str], lacking: Counter[str]) -> DataError:
    """What to do where a file has none but other labels."""
    return DataError(
        "The column {label} has none of the labels {names}. It has: {found}. Name another column "
        "of {columns} with --label-column, say what the values mean with --labels, or name a model "
        "with these labels.",
        label=layout.label,
        names=", ".join(names),
        found=", ".join(f"{name} ({count:,})" for name, count in lacking.most_common(12)) or "-",
        columns=", ".join(layout.columns),
    )
