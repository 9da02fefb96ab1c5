"""A task from its rows to its result, by way of a journal."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from sentiment.files.journal import Journal
from sentiment.files.judging import Judge, added, judged
from sentiment.files.labels import truth
from sentiment.files.reading import rows
from sentiment.files.tally import Tally
from sentiment.files.tasks import STREAM, Task, about
from sentiment.files.writing import result_columns, writer
from sentiment.inference import Band


def journal_of(target: Path, tasks: list[Task], reading: Mapping[str, object]) -> Journal:
    """The journal beside `target`: of these tasks, read with a model in that way."""
    folder = target.resolve()
    inputs = [task.identity() for task in tasks]
    return Journal(folder.with_name(f"{folder.name}.partial"), {**reading, "inputs": inputs})


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
    scale = task.layout.scales.get(task.label_name, 1)
    with about(task.name), writer(made, task.kind, columns) as write:
        pairs = zip(rows(task.path, task.layout), journal.answers(number), strict=True)
        for row, answer in pairs:
            write([*row.values, *added(answer, band)])
            tally.add(row.number, answer, band)
            if task.label is not None:
                tally.compare(truth(row.values[task.label], scale), answer)
    deliver(made, task.target)
    return tally


def deliver(made: Path, target: Path) -> None:
    """Move a result to its place, or write it to standard output."""
    if target == STREAM:
        with made.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
