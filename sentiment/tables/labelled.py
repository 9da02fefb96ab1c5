"""Labelled tables: which rows can be judged and counted, and their texts one after the other.

A file is read twice, once for its labels and once for its texts, so that neither has to be kept.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.labels import PAIR, Labels, canonical
from sentiment.tables.layout import Layout, Row, place
from sentiment.tables.matching import labels_in, matched
from sentiment.tables.plan import examine
from sentiment.tables.reading import about, rows
from sentiment.tables.scales import BETWEEN, LABEL_NAMES, named, number, scale_of_all, truth
from sentiment.texts.checks import problem

Labelled = tuple[str, str]
"""A text, and the name of its label."""

SEED = 7
"""Of the rows that are drawn; the figures of the shipped model's card have it."""

NEITHER, UNREADABLE, LACKING = -1, -2, -3
"""Why a row is left out: it says nothing, or can't be judged, or has a label that is none."""

MOST_VALUES = 1000
"""Different values of a label column; what comes later is no label."""


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
    def of(
        cls,
        path: Path,
        text_column: str = "",
        label_column: str = "",
        labels: Labels | None = PAIR,
    ) -> "Table":
        """Look through a file for `labels`; None: for those that it has of its own.

        Raises `DataError` where it has no sentence with one of them.
        """
        with about(path.name):
            layout = examine(path)
            text = place(layout, text_column or layout.text)
            label = place(layout, label_column or guessed_label(layout))
            values, column = values_of(rows(path, layout), text, label)
            counts = dict(zip(values, np.bincount(column, minlength=len(values)), strict=True))
            del counts[BROKEN]
            meanings = meanings_of(counts)
            wanted = labels or labels_in(counts, meanings)
            said = matched(counts, meanings, wanted) if wanted else {}
            if wanted is None or not any(said.values()):
                raise nothing_labelled(layout, text, label)
            names = tuple(wanted[index].name for index in wanted.rising)
            kinds = np.array([kind_of(value, said, names) for value in values], np.int16)[column]
            lacking = Counter[str]()
            for value, name in said.items():
                if name is not None and name not in names:
                    lacking[name] += int(counts[value])
            table = cls(path, layout, text, label, names, kinds, lacking)
            if not len(table.usable()):
                raise others_labelled(layout, label, names, lacking)
        return table

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
                yield row.values[self.text], self.names[kind]


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


BROKEN = "\0"
"""Stands for the value of a row that can't be judged, whatever it says."""


def values_of(found: Iterator[Row], text: int, label: int) -> tuple[list[str], np.ndarray]:
    """The different values of the label column, and which of them each row has, (rows,)."""
    codes: dict[str, int] = {BROKEN: 0}
    column = array("H")
    for row in found:
        value = row.values[label]
        if row.problem or problem(row.values[text]):
            value = BROKEN
        elif value not in codes and len(codes) > MOST_VALUES:
            value = ""
        column.append(codes.setdefault(value, len(codes)))
    return list(codes), np.array(column, np.intp)


def kind_of(value: str, said: Mapping[str, str | None], names: Sequence[str]) -> int:
    """What a value of the label column makes of its row."""
    if value == BROKEN:
        return UNREADABLE
    if (name := said[value]) is None:
        return NEITHER
    return names.index(name) if name in names else LACKING


def meanings_of(counts: Mapping[str, int]) -> dict[str, str]:
    """What values mean as far as they say positive, negative, or something in the middle."""
    scale = scale_of_all(counts)
    found = {}
    for value in counts:
        if (said := truth(value, scale)) is not None:
            found[value] = "positive" if said else "negative"
        elif value.strip().casefold() in BETWEEN:
            found[value] = "neutral" if canonical(value) else "neither"
        elif not value.strip() or number(value.strip()) is not None:
            found[value] = "neither"
    return found


def nothing_labelled(layout: Layout, text: int, label: int) -> DataError:
    """What to do where no value of the column says anything."""
    return DataError(
        "No row has a text in {text} and a label in {label} that says positive or "
        "negative. Of {columns} name others with --text-column and --label-column.",
        text=layout.columns[text],
        label=layout.columns[label],
        columns=", ".join(layout.columns),
    )


def others_labelled(
    layout: Layout, label: int, names: tuple[str, ...], lacking: Counter[str]
) -> DataError:
    """What to do where a file has none but other labels."""
    return DataError(
        "The column {label} has none of the labels {names}. It has: {found}. Name another column "
        "of {columns} with --label-column, or a model with these labels.",
        label=layout.columns[label],
        names=", ".join(names),
        found=", ".join(f"{name} ({count:,})" for name, count in lacking.most_common(12)) or "-",
        columns=", ".join(layout.columns),
    )
