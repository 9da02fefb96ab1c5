"""The rows of a judged file made ready to be looked through, in one pass over them."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sentiment.bulk.periods import date
from sentiment.bulk.summary import MOST_GROUPS, Columns, bin_of
from sentiment.bulk.tally import sides
from sentiment.bulk.words import LONGEST_NAME
from sentiment.labels import Band, Labels
from sentiment.settings import MAX_CHARACTERS
from sentiment.storage.jobs import Job
from sentiment.storage.retention import folder, new_id, rows_file
from sentiment.storage.rows import NOTICE, NOWHERE, PROBLEM, WRONG, Writer
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Row


class Groups:
    """Numbers for names, as they come; what comes after very many has none."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of a name."""
        if name not in self.names and len(self.names) >= MOST_GROUPS:
            return NOWHERE
        return self.names.setdefault(name, len(self.names))


class Index:
    """Takes rows one by one, and hands them to a `Writer`."""

    def __init__(self, writer: Writer, columns: Columns, model: tuple[Labels, Band]) -> None:
        """`model`: the labels of the answers, and the band where they are unsure."""
        self._writer, self._columns = writer, columns
        self._labels, self._band = model
        self._sides = {side: index for index, side in enumerate(sides(self._labels))}
        self._groups = Groups()

    def take(self, row: Row, answer: RowAnswer) -> None:
        """One more row."""
        text, group, right = self._columns
        found = answer.probabilities
        name = NOWHERE if group is None else self._groups.number(group_of(row.values[group]))
        side = bar = NOWHERE
        flags, scores = PROBLEM, (math.nan, math.nan)
        if found is not None:
            said = right and right(row)
            wrong = said in self._labels.names and said != self._labels.likeliest(found).name
            flags = WRONG * wrong | NOTICE * bool(answer.notices)
            side = self._sides[self._labels.verdict(found, self._band)]
            bar = bin_of(self._labels.score(found))
            scores = (self._labels.opinion(found), max(found))
        shown = row.values[text][:MAX_CHARACTERS]
        self._writer.add(shown, scores, (side, name, bar), flags)

    def finish(self, days: bool) -> None:
        """All rows were taken; with `days` the groups are dates."""
        self._writer.finish(list(self._groups.names), days)


def group_of(value: str) -> str:
    """The group of a row: its value, or of a date the day, however it is written."""
    if (day := date(value)) is not None:
        return "-".join(f"{part:02}" for part in day if part)
    return value.strip()[:LONGEST_NAME]


@contextmanager
def indexing(data: Path, job: Job, columns: Columns, model: tuple[Labels, Band]) -> Iterator[Index]:
    """An index of a job, in its place once the block is left unharmed."""
    part = folder(data, job.id) / f"result-{new_id()}.rows"
    try:
        with Writer(part) as writer:
            yield Index(writer, columns, model)
        for old in part.parent.glob("index.*"):
            with suppress(PermissionError):  # Windows: somebody is just looking at it
                old.unlink(missing_ok=True)
        part.replace(rows_file(data, job))
    finally:
        part.unlink(missing_ok=True)
