"""One thread that judges files in the background, in the order in which they came."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sentiment.bulk.judging import judged
from sentiment.bulk.summary import Case, Summary
from sentiment.chunks import chunks
from sentiment.errors import DataError, SentimentError, UnavailableError
from sentiment.model.inference import Prediction
from sentiment.serving.engine import Engine
from sentiment.storage import jobs
from sentiment.storage.database import opened
from sentiment.storage.jobs import Job
from sentiment.storage.retention import most_rows, source, sweep
from sentiment.tables.reading import Row, rows
from sentiment.tables.scales import scale_of_column

log = logging.getLogger(__name__)

LOOK = 256
"""Rows read between two looks at whether the job was cancelled."""

PAUSE = 60.0
"""Seconds between two looks for what is to be removed."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The server ends, or somebody cancelled the job."""


class Worker:
    """Judges queued jobs through the engine, and removes old ones."""

    def __init__(self, engine: Engine, data: Path, keep: float) -> None:
        """Do nothing yet; `keep` is how many seconds files are kept."""
        self._engine = engine
        self._data = data
        self._keep = keep
        self._closing = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)

    def start(self) -> None:
        """Work in a thread of its own, until closed."""
        self._thread.start()

    def wake(self) -> None:
        """Look for jobs now."""
        self._woken.set()

    def close(self) -> None:
        """Stop before the next rows; what was judged is kept."""
        self._closing.set()
        self._woken.set()
        if self._thread.ident:
            self._thread.join()

    def work(self) -> None:
        """Remove what is over and judge what is queued until nothing is, or until closed."""
        with opened(self._data) as connection:
            while not self._closing.is_set():
                sweep(connection, self._data, self._keep)
                if (job := jobs.following(connection)) is None:
                    break
                self._finish(connection, job)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._look()
            except Exception:  # whatever it is, the thread must outlive it
                log.exception("Files wait: they can't be worked on now.")
            self._woken.wait(PAUSE)
            self._woken.clear()

    def _look(self) -> None:
        """Work, unless another server works on the same folder just now: a kill frees its lock."""
        self._data.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._data / "worker.sqlite3", timeout=0)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return
            self.work()

    def _finish(self, connection: sqlite3.Connection, job: Job) -> None:
        """Work on a job until it has ended one way or another."""
        try:
            job = jobs.run(connection, job, self._engine.id)
            if job.total is None:
                self._count(connection, job)
            self._judge(connection, job)
            jobs.finish(connection, job, self._summary(connection, job))
        except Stopped:
            pass
        except sqlite3.Error:  # a full disk, a long lock: the job goes on after a pause
            raise
        except Exception as error:
            if not isinstance(error, SentimentError):
                log.exception("A file could not be judged.")
            jobs.fail(connection, job, error)

    def _count(self, connection: sqlite3.Connection, job: Job) -> None:
        """Find out how many rows there are; raises `DataError` for more than are taken."""
        total, owner = 0, job.visitor == jobs.OWNER
        for total, _ in enumerate(self._rows(job), start=1):
            if total % LOOK == 0:
                self._check(connection, job)
            if total > most_rows(owner):
                raise too_many_rows(owner)
        jobs.counted(connection, job, total)

    def _judge(self, connection: sqlite3.Connection, job: Job) -> None:
        """Judge the rows that have no answers yet, and keep these chunk by chunk."""
        column = job.layout.columns.index(job.text)
        begun = time.monotonic()
        for chunk in judged(self._rows(job, job.done), column, self._patiently):
            now = time.monotonic()
            if not jobs.record(connection, job, chunk, now - begun):
                raise Stopped
            begun = now

    def _patiently(self, texts: Sequence[str]) -> Sequence[Prediction]:
        """What the engine answers, as soon as it has time; raises `Stopped` when closed."""
        while not self._closing.is_set():
            try:
                return self._engine.answer(texts, self._closing.is_set).predictions
            except UnavailableError as error:
                self._closing.wait(error.retry_after)
        raise Stopped

    def _summary(self, connection: sqlite3.Connection, job: Job) -> dict[str, Any]:
        """What the rows and their answers amount to."""
        summary = Summary(self._engine.unsure, self._scale(job))
        columns = job.layout.columns
        pairs = zip(self._rows(job), jobs.answers(connection, job), strict=True)
        for chunk in chunks(pairs, LOOK):
            self._check(connection, job)
            for row, answer in chunk:
                if answer.positive is not None:
                    named = dict(zip(columns, row.values, strict=True))
                    label = named[job.label] if job.label else None
                    group = named[job.grouping] if job.grouping else None
                    summary.add(Case(row.number, named[job.text], answer.positive, label, group))
        return summary.result() | {"model": self._engine.name}

    def _scale(self, job: Job) -> int:
        """The scale of the labels, told by all of them together; 1 where there are none."""
        if job.label is None:
            return 1
        column = job.layout.columns.index(job.label)
        return scale_of_column(row.values[column] for row in self._rows(job))

    def _rows(self, job: Job, start: int = 0) -> Iterator[Row]:
        return rows(source(self._data, job.id), job.layout, start)

    def _check(self, connection: sqlite3.Connection, job: Job) -> None:
        """Raise `Stopped` once the server ends or the job is cancelled."""
        if self._closing.is_set() or not jobs.running(connection, job):
            raise Stopped


def too_many_rows(owner: bool) -> DataError:
    """What to do about it; the command line is the owner's."""
    most = most_rows(owner)
    if not owner:
        return DataError(
            "The file has more than {most:,} rows, which is more than are taken here. Split it, "
            "and upload the parts one after the other.",
            most=most,
        )
    return DataError(
        "The file has more than {most:,} rows, which is more than are taken here. "
        "Split it, or use the command `python -m sentiment classify`.",
        most=most,
    )
