"""A job from its rows to its result: whoever is killed and goes on later has the same answers."""

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from sentiment.bulk.rows import Predict, answered
from sentiment.labels import Band, Labels
from sentiment.storage import answers
from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from sentiment.tables.answers import RowAnswer, result_columns, result_values
from sentiment.tables.apart import rows
from sentiment.tables.layout import Row
from sentiment.tables.writing import NO_TYPES, writer

NOTHING_SAID: Mapping[int, str] = {}
"""Nobody corrected a row."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The process ends, or somebody cancelled the job."""


def answer_rest(connection: Connection, job: Job, path: Path, predict: Predict) -> Iterator[int]:
    """Answer the rows of `path` that have no answer yet; yields how many at a time, once kept.

    Raises `Stopped` once the job no longer runs.
    """
    column = job.layout.columns.index(job.text)
    done, begun = job.done, time.monotonic()
    for chunk in answered(rows(path, job.layout, job.done), column, predict):
        now = time.monotonic()
        if not answers.record(connection, job, done, chunk, now - begun):
            raise Stopped
        done, begun = done + len(chunk), now
        yield len(chunk)


def pairs(connection: Connection, job: Job, path: Path) -> Iterator[tuple[Row, RowAnswer]]:
    """Every row of a job that is answered, and its answer: all, or those before it was stopped."""
    found = rows(path, job.layout)
    if job.state in ("stopping", "cancelled"):
        found = islice(found, job.done)
    return zip(found, answers.recorded(connection, job), strict=True)


def write_result(
    found: Iterator[tuple[Row, RowAnswer]],
    columns: list[str],
    made: tuple[Path, str],
    model: tuple[Labels, Band],
    told: Callable[[Row, RowAnswer], Any] = lambda row, answer: None,
    types: Mapping[str, str] = NO_TYPES,
    judge: str = "",
    said: Mapping[int, str] = NOTHING_SAID,
) -> None:
    """Write rows with their answers behind `columns`; `made` is where, and in which format.

    `model`: the labels of the answers, and the band where they are unsure. `told` is handed each
    row as it is written. `types`: of columns of Parquet. `judge`: name and id of the model.
    `said`: the labels that people corrected rows to, by their numbers; where there are any, they
    have a last column, which Parquet lacks.
    """
    path, kind = made
    labels, band = model
    names = result_columns(columns, labels, corrected=bool(said))
    with writer(path, kind, names, len(labels), types) as write:
        for row, answer in found:
            correction = [said.get(row.number)] if said else []
            write([*row.values, *result_values(answer, labels, band, judge), *correction])
            told(row, answer)
