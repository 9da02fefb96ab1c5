"""How a file is judged in parts: where it is cut, and what each part is called.

What a large model says of a sentence depends a little on those that share its chunk. Parts
therefore begin where chunks do, and the result has the bytes that `classify` writes in one go.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from sentiment.bulk.inputs import Wanted, format_of, stem
from sentiment.bulk.rows import meant
from sentiment.bulk.sharding import places
from sentiment.errors import DataError
from sentiment.labels import Band, Labels
from sentiment.settings import VERSION
from sentiment.tables.apart import examine
from sentiment.tables.cuts import cuts
from sentiment.tables.layout import Layout
from sentiment.tables.reading import about
from sentiment.tables.telling import asked as unclear
from sentiment.tables.writing import BATCH

PART, PARQUET = 2 * BATCH, 4
"""Rows of a part, whole chunks and whole groups of rows of a result in Parquet; and how many times
as many of a file in Parquet, since a group of its rows is read whole."""


@dataclass(frozen=True)
class Asked:
    """A file that is to be judged, and its result: `output`, or of `many` one in it.

    `labels` and `unsure` are those of the model `judge`, and `depends` is what its answers depend
    on. `part`: rows of a part.
    """

    address: str
    output: str
    many: bool
    wanted: Wanted
    labels: Labels
    unsure: Band
    judge: str
    depends: Mapping[str, object]
    part: int

    def __str__(self) -> str:
        return places.name_of(self.address)


@dataclass(frozen=True)
class Plan:
    """How a file that was `asked` for is judged; its result gets to `target`, as a `kind`.

    `stamp` tells whether the file has changed since. `meant`: the label that each value of the
    column `label` means, None where nothing is counted over it. `cuts`: where its parts begin but
    for the first, in bytes, or in rows of Parquet; none where it is judged whole.
    """

    asked: Asked
    target: str
    kind: str
    layout: Layout
    stamp: list[object]
    meant: Mapping[str, str | None] | None
    cuts: list[int]

    def __str__(self) -> str:
        return str(self.asked)

    @cached_property
    def key(self) -> str:
        """A digest of all that the result depends on."""
        how = asdict(replace(self.layout, preview=[], doubts=[], reason={}))
        told = {**asdict(self), "layout": how, "version": VERSION}
        content = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @cached_property
    def most(self) -> int:
        """Rows of a part; the last has the rest."""
        return most_of(self.asked, self.layout) if self.cuts else self.layout.rows or 0

    @property
    def shards(self) -> list["Shard"]:
        """Its parts in order."""
        left = [(self.layout.rows or 0) - part * self.most for part in range(len(self.cuts) + 1)]
        places = zip([0, *self.cuts], [*self.cuts, None], left, strict=True)
        return [
            Shard(self, number, begin, end, min(self.most, rows))
            for number, (begin, end, rows) in enumerate(places)
        ]


@dataclass(frozen=True)
class Shard:
    """A part of a file: its number from 0, where it begins and ends, and its rows."""

    plan: Plan
    number: int
    begin: int
    end: int | None
    rows: int

    @property
    def whole(self) -> bool:
        """Whether it is all of its file."""
        return not self.plan.cuts

    @property
    def first(self) -> int:
        """How many rows of the file are before it."""
        return self.number * self.plan.most

    @property
    def name(self) -> str:
        """What its result is called; its tally ends in ``.json``."""
        return f"{self.plan.key}-{self.number}"

    def __str__(self) -> str:
        if self.whole:
            return str(self.plan)
        return f"{self.plan} {self.first + 1:,}-{self.first + self.rows:,}"


def plan(asked: Asked) -> Plan:
    """Look into a file; raises `DataError` for what can't be read or written."""
    address, output, name = asked.address, asked.output, str(asked)
    with TemporaryDirectory() as folder, about(name):
        stamp = places.stamp(address)
        path = places.here(address, Path(folder))
        layout = examine(path, said=asked.wanted.said)
        if not layout.sure:
            raise unclear(layout)
        named = Path(places.name_of(output))
        kind = asked.wanted.kind or format_of(named, asked.many, layout)
        values = meant(path, layout, layout.label, asked.labels)
        breaks = cuts_of(path, layout, kind, most_of(asked, layout))
    target = places.below(output, f"{stem(Path(name))}.{kind}") if asked.many else output
    if target == address:
        raise DataError(
            "{path} would be replaced by its own result. Name another place with -o.", path=target
        )
    return Plan(asked, target, kind, layout, stamp, values, breaks)


def most_of(asked: Asked, layout: Layout) -> int:
    """Rows of a part."""
    return asked.part * (PARQUET if layout.kind == "parquet" else 1)


def cuts_of(path: Path, layout: Layout, kind: str, most: int) -> list[int]:
    """Where the parts of a file begin whose result is of a `kind` that can be joined."""
    if kind == "xlsx":
        return []
    if layout.kind == "parquet":
        return list(range(most, layout.rows or 0, most))
    return cuts(path, layout, most)
