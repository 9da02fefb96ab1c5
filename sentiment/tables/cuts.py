"""Where a file can be cut between two rows, so that its parts are read as the whole would be."""

from array import array
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sentiment.tables.delimited import CHUNK, Source, at_once, one_by_one, whole_rows
from sentiment.tables.encodings import GZIP, XZ, line_end
from sentiment.tables.kinds import ZIP
from sentiment.tables.layout import Layout
from sentiment.tables.reading import below
from sentiment.tables.style import Style

CUT = ("csv", "tsv", "txt", "jsonl")
"""Kinds of text whose rows begin with a line."""

PLAIN = ("utf-8", "utf-8-sig", "cp949")
"""Encodings in which the byte of a line break is nothing else."""


def cuts(path: Path, layout: Layout, every: int) -> list[int]:
    """The bytes at which the rows behind each `every` of them begin; none where it can't be cut.

    A quoted text may hold line breaks, and a quote may be left open: so rows are told apart as
    `delimited.split` does.
    """
    if layout.kind not in CUT or layout.encoding not in PLAIN or not layout.rows:
        return []
    if is_packed(path) or line_end(path, layout.encoding) != "\n":
        return []
    ends = array("Q")
    with path.open("rb") as file:
        found = below(decoded(file, layout.encoding, ends), layout.skip)
        above = len(ends)
        places = [ends[above + taken - 1] for taken in breaks(found, layout, every)]
    wanted = (layout.rows - 1) // every
    return places[:wanted] if len(places) >= wanted else []


def is_packed(path: Path) -> bool:
    """Whether the bytes of a file are not those of its text."""
    with path.open("rb") as file:
        return file.read(8).startswith((GZIP, XZ, ZIP))


def decoded(file: BinaryIO, encoding: str, ends: "array[int]") -> Iterator[str]:
    """The lines of a text; where each ends is noted as it is read."""
    end = 0
    for line in file:
        ends.append(end := end + len(line))
        yield line.decode(encoding, "sentiment.broken")
        encoding = later(encoding)


def later(encoding: str) -> str:
    """The encoding behind a byte order mark."""
    return "utf-8" if encoding == "utf-8-sig" else encoding


def breaks(found: Iterator[str], layout: Layout, every: int) -> Iterator[int]:
    """How many lines the first `every` rows take, the first twice as many rows, and so on."""
    if layout.kind in ("csv", "tsv"):
        yield from breaks_of_table(found, layout, every)
        return
    rows = 0
    for taken, line in enumerate(found, 1):
        if layout.kind == "txt" or line.strip():
            rows += 1
            if rows % every == 0:
                yield taken


def breaks_of_table(found: Iterator[str], layout: Layout, every: int) -> Iterator[int]:
    """Lines are split together where no break falls among them, as `delimited.split` does."""
    style, width = Style.of(layout), len(layout.columns)
    source, rows = Source(found), -int(layout.header) - layout.units
    while chunk := whole_rows(list(islice(source, CHUNK)), source, style.escaped):
        together = at_once(chunk, style, width)
        if together is not None and rows > 0 and rows % every + len(together) < every:
            rows += len(together)
            continue
        source.give_back(chunk)
        for _ in one_by_one(source, style, width, source.taken + len(chunk)):
            rows += 1
            if rows > 0 and rows % every == 0:
                yield source.taken


def behind(layout: Layout) -> Layout:
    """How a part is read that is not the first: its rows begin at once."""
    return replace(layout, skip=0, header=False, units=0, encoding=later(layout.encoding))
