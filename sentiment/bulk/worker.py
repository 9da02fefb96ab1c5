"""One thread that judges files in the background, in the order in which they came.

Others may do so beside it, in this process or on other computers: each job is leased to one.
"""

import logging
import math
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sentiment.bulk.index import indexing
from sentiment.bulk.rows import right_answers
from sentiment.bulk.run import Stopped, answer_rest, pairs
from sentiment.bulk.summary import Columns, Summary
from sentiment.chunks import chunks
from sentiment.errors import DataError, SentimentError, StoreError, UnavailableError, full, is_full
from sentiment.model.inference import Prediction
from sentiment.serving.engine import Engine
from sentiment.storage import jobs, leases
from sentiment.storage.database import Connection, Place, opened
from sentiment.storage.jobs import Job
from sentiment.storage.retention import most_rows, present, sweep
from sentiment.tables.apart import rows

log = logging.getLogger(__name__)

LOOK = 256
"""Rows read between two looks at whether the job was cancelled."""

UNTIL_ROOM = 5.0
"""Seconds after which a full disk is tried again."""

LOOK_AGAIN = 2.0
"""Seconds between two looks for jobs that came to another replica, or whose worker is gone."""

PAUSE = 60.0
"""Seconds between two looks for what is to be removed, beside one after each job."""


class Worker:
    """Judges queued jobs through the engine, and removes old ones."""

    def __init__(
        self,
        engine: Engine,
        data: Path,
        keep: float,
        store: Place | None = None,
        address: str = "",
    ) -> None:
        """Do nothing yet; `keep` is how many seconds files are kept.

        They lie in the folder `data`, or are copied there from an `address`; `store`: where their
        jobs are, if not in that folder too.
        """
        self._engine = engine
        self._data, self._address = data, address
        self._store = store or data
        self._keep = keep
        self._holder = secrets.token_hex(8)
        self._swept = -math.inf
        self._closing = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Work in a thread of its own, until closed; then it may be started again."""
        self._closing.clear()
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for jobs now."""
        self._woken.set()

    def close(self) -> None:
        """Stop before the next rows; what was judged is kept."""
        self._closing.set()
        self._woken.set()
        if self._thread:
            self._thread.join()

    def work(self) -> None:
        """Remove what is over and judge what is queued until nothing is, or until closed."""
        with opened(self._store) as connection:
            while not self._closing.is_set():
                if time.monotonic() - self._swept > PAUSE:
                    sweep(connection, self._data, self._keep, self._address)
                    self._swept = time.monotonic()
                if (job := leases.take(connection, self._holder, self._engine.digest)) is None:
                    break
                with self._renewed(job):
                    self._finish(connection, job)
                self._swept = -math.inf

    def _run(self) -> None:
        while not self._closing.is_set():
            pause = LOOK_AGAIN
            try:
                self.work()
            except Exception as error:  # whatever it is, the thread must outlive it
                pause = UNTIL_ROOM
                if is_full(error):
                    log.error("Files wait: %s", full(self._data))
                elif isinstance(error, StoreError):
                    log.error("Files wait: %s", error)
                else:
                    log.exception("Files wait: they can't be worked on now.")
            self._woken.wait(pause)
            self._woken.clear()

    @contextmanager
    def _renewed(self, job: Job) -> Iterator[None]:
        """Keep a job ours, however long a step of it takes; then let others have it at once."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(leases.LEASE / 3):
                try:
                    with opened(self._store) as connection:
                        if not leases.renew(connection, job):
                            return
                except (sqlite3.Error, StoreError) as error:
                    log.warning("A file's lease could not be renewed: %s", error)

        thread = threading.Thread(target=renew, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            with suppress(sqlite3.Error, StoreError), opened(self._store) as connection:
                leases.release(connection, job)

    def _finish(self, connection: Connection, job: Job) -> None:
        """Work on a job until it has ended one way or another."""
        try:
            if job.state != "stopping":
                job = jobs.run(connection, job, self._engine.digest)
                if job.total is None:
                    self._count(connection, job)
                self._answer(connection, job)
            jobs.finish(connection, job, self._summary(connection, job))
        except Stopped:
            pass
        except (sqlite3.Error, StoreError):  # a full disk, a lock: the job goes on after a pause
            raise
        except Exception as error:
            if is_full(error):
                raise
            if not isinstance(error, SentimentError):
                log.exception("A file could not be judged.")
            jobs.fail(connection, job, error)

    def _count(self, connection: Connection, job: Job) -> None:
        """Find out how many rows there are; raises `DataError` for more than are taken."""
        total, owner = 0, job.visitor == jobs.OWNER
        for total, _ in enumerate(rows(self._path(job), job.layout), start=1):
            if total % LOOK == 0:
                self._check(connection, job)
            if total > most_rows(owner):
                raise too_many_rows(owner)
        jobs.counted(connection, job, total)

    def _answer(self, connection: Connection, job: Job) -> None:
        """Answer the rows that have no answers yet; raises `Stopped` once that is not wanted."""
        for count in answer_rest(connection, job, self._path(job), self._patiently):
            self._engine.metrics.rows.inc(count)

    def _patiently(self, texts: Sequence[str]) -> Sequence[Prediction]:
        """What the engine answers, as soon as it has time; raises `Stopped` when closed."""
        while not self._closing.is_set():
            try:
                return self._engine.answer(texts, self._closing.is_set).predictions
            except UnavailableError as error:
                self._closing.wait(error.retry_after)
        raise Stopped

    def _summary(self, connection: Connection, job: Job) -> dict[str, Any]:
        """What the rows and their answers amount to; they are made ready to be looked through."""
        path, model = self._path(job), (self._engine.labels, self._engine.unsure)
        right = right_answers(path, job.layout, job.label, self._engine.labels)
        columns = Columns.of(job.layout, job.text, job.grouping, right)
        summary = Summary(*model)
        with indexing(self._data, job, columns, model) as index:
            for chunk in chunks(pairs(connection, job, path), LOOK):
                self._check(connection, job)
                for row, answer in chunk:
                    summary.take(row, answer, columns)
                    index.take(row, answer)
            found = summary.result()
            index.finish("periods" in found)
        return found | {
            "model": self._engine.name,
            "model_id": self._engine.id,
            "labels_unclear": job.label is not None and right is None,
        }

    def _path(self, job: Job) -> Path:
        return present(self._data, job.id, self._address)

    def _check(self, connection: Connection, job: Job) -> None:
        """Raise `Stopped` once the server ends or the job is stopped."""
        if self._closing.is_set() or not leases.unchanged(connection, job):
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
