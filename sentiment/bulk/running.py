"""A task from its rows to its result, by way of a journal."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sentiment.bulk.inputs import STREAM, Task, about
from sentiment.bulk.journal import Journal
from sentiment.bulk.judging import Judge, added, judged
from sentiment.bulk.tally import Tally
from sentiment.errors import DataError
from sentiment.model.inference import Band
from sentiment.tables.reading import rows
from sentiment.tables.scales import scale_of_column, truth
from sentiment.tables.writing import result_columns, writer


def journal_of(target: Path, tasks: list[Task], reading: Mapping[str, object]) -> Journal:
    """The journal beside `target`: of these tasks, read with a model in that way."""
    folder = target.resolve()
    inputs = [task.identity() for task in tasks]
    return Journal(folder.with_name(f"{folder.name}.partial"), {**reading, "inputs": inputs})


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Keep other runs away from `target`; raises `DataError` where one is at it.

    The lock is SQLite's, which every system has and which ends with its process.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    file = target.resolve().with_name(f"{target.resolve().name}.lock")
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise DataError(
                "Another run is writing {path}. Wait for its end, or name another result with -o.",
                path=target,
            ) from error
        try:
            yield
        finally:
            lock.close()  # before its file goes, as Windows wants it
            file.unlink(missing_ok=True)


def count(task: Task) -> int:
    """How many rows a file has."""
    with about(task.name):
        return sum(1 for _ in rows(task.path, task.layout))


def judge_rest(task: Task, number: int, journal: Journal, judge: Judge) -> Iterator[int]:
    """Judge what the journal lacks of a task; yields how many rows were done at a time.

    The first of these are the rows that it had before.
    """
    done, complete = journal.resume(number)
    yield done
    if not complete:
        with about(task.name):
            rest = rows(task.path, task.layout, done)
            yield from journal.record(number, judged(rest, task.text, judge))


def write_result(task: Task, number: int, journal: Journal, band: Band) -> Tally:
    """Put the answers beside the rows, in order, and the result in its place once it is whole."""
    tally = Tally()
    made = journal.folder / f"{number}.{task.kind}"
    columns = result_columns(task.layout.columns)
    scale = scale_of_labels(task)
    with about(task.name), writer(made, task.kind, columns) as write:
        pairs = zip(rows(task.path, task.layout), journal.answers(number), strict=True)
        for row, answer in pairs:
            write([*row.values, *added(answer, band)])
            tally.add(row.number, answer, band)
            if task.label is not None:
                tally.compare(truth(row.values[task.label], scale), answer)
    deliver(made, task.target)
    return tally


def scale_of_labels(task: Task) -> int:
    """The scale of the right answers, told by all of them together; 1 where there are none."""
    if task.label is None:
        return 1
    with about(task.name):
        return scale_of_column(row.values[task.label] for row in rows(task.path, task.layout))


def deliver(made: Path, target: Path) -> None:
    """Move a result to its place, or write it to standard output."""
    if target == STREAM:
        with made.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
