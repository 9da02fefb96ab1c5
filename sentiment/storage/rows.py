"""The rows of a judged file as they can be looked through: filtered, sorted and paged.

Beside a job's upload lies one file with its texts and, for each row, a few small numbers and its
place in each order. Any filters together are a comparison of columns, and a page is a piece of an
order; a million rows take milliseconds, whatever was asked for. It holds nothing that could not be
made again of the upload and the answers, and goes with them.
"""

import json
import mmap
from array import array
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from sentiment.storage.holding import UNITS, Mask, encoded, holding
from sentiment.texts.spelling import spelled

Sort = Literal["file", "positive", "negative", "sure", "unsure"]

Numbers = npt.NDArray[np.int64]
"""Of rows, which count from 1."""

SORTS: tuple[Sort, ...] = ("positive", "negative", "sure", "unsure")
"""The orders beside that of the file; a model whose labels lean nowhere lacks the first two."""

PROBLEM, WRONG, NOTICE = 1, 2, 4
"""Bits of a row's `flags`: it has no answer, the label in the file is another, it has notices."""

NOWHERE = -1
"""The side, group or bin of a row that has none."""

COLUMNS = {
    "ends": "q",
    "sides": "b",
    "groups": "i",
    "bins": "b",
    "flags": "B",
    "opinions": "f",
    "sureties": "f",
}
"""The numbers kept of each row, as codes of `array`."""


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted: all filters at once, each off where it says nothing.

    `side`: index of the verdict. `group`: a group, or the beginning of dates where groups are days.
    `text`: what stands in the text. `flag`: one of the bits. `bin`: index of a bar of scores.
    `among`: numbers of rows.
    """

    side: int | None = None
    group: str | None = None
    text: str = ""
    flag: int = 0
    bin: int | None = None
    among: Collection[int] | None = None


class Writer:
    """Makes the file, row by row in their order; it is there once the block is left unharmed."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, whose folder is there."""
        self._file = path.open("wb")
        self._columns: dict[str, array[Any]] = {name: array(code) for name, code in COLUMNS.items()}
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(
        self, text: str, scores: tuple[float, float], places: tuple[int, int, int], flags: int
    ) -> None:
        """Keep a row: `scores` are opinion and confidence, `places` side, group and bin.

        The text is kept composed, as models read it, so that it is found however it was typed.
        """
        units = encoded(spelled(text, "as-typed").replace("\0", "\N{REPLACEMENT CHARACTER}"))
        self._file.write(units + b"\0\0")  # so that nothing is found across two rows
        self._end += len(units) // 2 + 1
        for name, value in zip(
            COLUMNS,
            (self._end, places[0], places[1], places[2], flags, *scores),
            strict=True,
        ):
            self._columns[name].append(value)

    def finish(self, groups: Sequence[str], days: bool) -> None:
        """Write the orders and what groups are called; with `days` they are dates."""
        columns: dict[str, npt.NDArray[Any]] = {
            name: np.frombuffer(values, COLUMNS[name]) for name, values in self._columns.items()
        }
        opinions, sureties = columns.pop("opinions"), columns.pop("sureties")
        orders = {"positive": -opinions, "negative": opinions}
        orders |= {"sure": -sureties, "unsure": sureties}
        for name, keys in orders.items():
            if not np.isnan(keys).all():  # NaN comes last, and of equals the first row
                columns[name] = np.argsort(keys, kind="stable").astype(np.int32)
        places: dict[str, tuple[str, int, int]] = {}
        about = {"groups": list(groups), "days": days, "columns": places}
        self._file.write(bytes(-self._file.tell() % 8))
        for name, values in columns.items():
            places[name] = (values.dtype.str, self._file.tell(), len(values))
            self._file.write(values.tobytes())
            self._file.write(bytes(-self._file.tell() % 8))
        trailer = json.dumps(about).encode()
        self._file.write(trailer + len(trailer).to_bytes(8, "little"))


class Rows:
    """The rows of a job; close it, or use it as a context."""

    def __init__(self, path: Path) -> None:
        """Open what `Writer` has made; raises `OSError` where there is none."""
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        size = int.from_bytes(self._bytes[-8:], "little")
        about = json.loads(self._bytes[-8 - size : -8])
        self._groups: list[str] = about["groups"]
        self._days: bool = about["days"]
        self._columns = {
            name: np.frombuffer(self._bytes, dtype, count, offset)
            for name, (dtype, offset, count) in about["columns"].items()
        }
        ends = self._columns["ends"]
        self._units = np.frombuffer(self._bytes, "<u2", int(ends[-1]) if len(ends) else 0)

    def __len__(self) -> int:
        return len(self._columns["ends"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._columns.clear()
        del self._units
        with suppress(BufferError):  # an error on its way out still holds a column
            self._bytes.close()

    @property
    def sorts(self) -> list[str]:
        """The orders that these rows have beside that of the file."""
        return [name for name in SORTS if name in self._columns]

    def text(self, number: int) -> str:
        """The text of a row by its number, which counts from 1; raises `IndexError`."""
        if not 0 < number <= len(self):
            raise IndexError(number)
        ends = self._columns["ends"]
        start = int(ends[number - 2]) if number > 1 else 0
        return self._units[start : int(ends[number - 1]) - 1].tobytes().decode(*UNITS)

    def group(self, number: int) -> str | None:
        """The group of a row; None where it has none."""
        group = int(self._columns["groups"][number - 1])
        return None if group == NOWHERE else self._groups[group]

    def matching(self, wanted: Wanted) -> Mask:
        """Which rows are wanted, in file order."""
        columns = self._columns
        found = np.ones(len(self), np.bool_)
        if wanted.side is not None:
            found &= columns["sides"] == wanted.side
        if wanted.bin is not None:
            found &= columns["bins"] == wanted.bin
        if wanted.flag:
            found &= columns["flags"] & wanted.flag != 0
        if wanted.group is not None:
            found &= np.isin(columns["groups"], self._named(wanted.group))
        if wanted.among is not None:
            among = np.zeros(len(self), np.bool_)
            among[[number - 1 for number in wanted.among if 0 < number <= len(self)]] = True
            found &= among
        if wanted.text:
            found &= holding(spelled(wanted.text, "as-typed"), self._units, columns["ends"])
        return found

    def numbers(self, found: Mask, sort: str) -> Numbers:
        """The numbers of the rows `found`; by one of `sorts`, else in file order."""
        if sort not in self.sorts:
            return np.flatnonzero(found) + 1
        order = self._columns[sort]
        return order[found[order]].astype(np.int64) + 1

    def _named(self, name: str) -> list[int]:
        """The groups of that name, or of days within it."""
        return [
            index
            for index, group in enumerate(self._groups)
            if group == name or (self._days and group.startswith(f"{name}-"))
        ]
