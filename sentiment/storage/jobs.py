"""Files that are judged as jobs, and how far they are, in the store.

A job is ``new`` until its columns are chosen, then ``queued``, ``running``, and ``done``,
``failed`` or ``cancelled``. One that is stopped while it runs is ``stopping`` until the rows
judged so far are summed up. Answers and progress are written in one transaction, so that a job
goes on after a kill where it was, and after a stop when somebody says so.
"""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sentiment.errors import SentimentError
from sentiment.i18n import marked
from sentiment.storage.database import Connection
from sentiment.tables.layout import Layout

State = Literal["new", "queued", "running", "stopping", "done", "failed", "cancelled"]

UNSTARTED = 3600.0
"""Seconds for which a file whose columns nobody chooses takes its visitor's place."""

OWNER = ""
"""The `visitor` of jobs of whoever runs the page."""

FAILED = marked(
    "Something went wrong on our side. Choose the columns again; the terminal that runs the page "
    "says more."
)


@dataclass(frozen=True)
class Job:
    """A file and what became of it.

    `text`, `label`, `grouping` name columns; `made` and `ended` are seconds since 1970, `seconds`
    those spent on `done` of `total` rows, `size` is in bytes. `total` is None until the rows are
    counted. `problem` is a message with its values, `summary` what `summary.py` made. `model` is
    the digest of the model that it was sent to, or that has answered it. `holder` works on it until
    `leased`; see `leases.py`. `revision` grows with whatever makes earlier results out of date.
    """

    number: int
    id: str
    name: str
    visitor: str
    address: str
    state: State
    made: float
    ended: float | None
    size: int
    layout: Layout
    text: str
    label: str | None
    grouping: str | None
    model: str
    total: int | None
    done: int
    seconds: float
    problem: dict[str, Any] | None
    summary: dict[str, Any] | None
    holder: str = ""
    leased: float = 0.0
    revision: int = 0

    @property
    def busy(self) -> bool:
        """Whether it waits or is worked on."""
        return self.state in ("queued", "running", "stopping")

    @property
    def judged(self) -> bool:
        """Whether there is something to show: all rows, or those before it was stopped."""
        return self.state in ("done", "cancelled") and self.summary is not None

    @property
    def rate(self) -> float:
        """Rows a second; 0 before the first."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take; None where nobody can tell yet."""
        return (self.total - self.done) / self.rate if self.total and self.rate else None


def add(
    connection: Connection,
    id: str,  # noqa: A002
    name: str,
    size: int,
    layout: Layout,
    visitor: str = OWNER,
    address: str = "",
) -> None:
    """Keep a new job for an upload that `examine` could read."""
    with connection:
        connection.execute(
            "INSERT INTO jobs (id, name, visitor, address, state, made, size, layout, text, label)"
            " VALUES (?, ?, ?, ?, 'new', ?, ?, ?, ?, ?)",
            (
                id,
                name,
                visitor,
                address,
                time.time(),
                size,
                json.dumps(asdict(layout)),
                layout.text,
                layout.label,
            ),
        )


def find(connection: Connection, id: str) -> Job | None:  # noqa: A002
    """The job with an id, if it is still there."""
    row = connection.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
    return row and made_of(row)


def of_visitor(connection: Connection, visitor: str) -> list[Job]:
    """The jobs of a visitor, the latest first."""
    rows = connection.execute(
        "SELECT * FROM jobs WHERE visitor = ? ORDER BY number DESC", (visitor,)
    )
    return [made_of(row) for row in rows]


def unfinished_of(connection: Connection, address: str) -> bool:
    """Whether a visitor's job from that address still takes a place."""
    query = (
        "SELECT 1 FROM jobs WHERE visitor != ? AND address = ?"
        " AND (state IN ('queued', 'running', 'stopping') OR state = 'new' AND made > ?)"
    )
    values = (OWNER, address, time.time() - UNSTARTED)
    return connection.execute(query, values).fetchone() is not None


def kept_of_visitors(connection: Connection, address: str | None = None) -> int:
    """How many jobs of visitors are kept in any state: from one address, or from all."""
    query = "SELECT count(*) FROM jobs WHERE visitor != ? AND address = coalesce(?, address)"
    return int(connection.execute(query, (OWNER, address)).fetchone()[0])


def made_of(row: Any) -> Job:
    """The job that a row of the table describes."""
    values = dict(row)
    values["layout"] = Layout.restored(json.loads(values["layout"]))
    for name in ("problem", "summary"):
        values[name] = values[name] and json.loads(values[name])
    return Job(**values)


def waiting_before(connection: Connection, job: Job) -> int:
    """How many jobs are judged before this one."""
    query = (
        "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running', 'stopping') AND number < ?"
    )
    return int(connection.execute(query, (job.number,)).fetchone()[0])


def run(connection: Connection, job: Job, model: str) -> Job:
    """Mark a job as running and return it as it stands; another model's answers are dropped."""
    with connection:
        if job.model != model:
            ours = connection.execute(
                "UPDATE jobs SET done = 0, seconds = 0, summary = NULL, model = ?"
                " WHERE number = ? AND holder = ?",
                (model, job.number, job.holder),
            )
            if ours.rowcount:
                connection.execute("DELETE FROM answers WHERE job = ?", (job.number,))
        connection.execute(
            "UPDATE jobs SET state = 'running' WHERE number = ? AND holder = ?"
            " AND state = 'queued'",
            (job.number, job.holder),
        )
    return find(connection, job.id) or job


def counted(connection: Connection, job: Job, total: int) -> None:
    """Keep how many rows the file has."""
    with connection:
        connection.execute(
            "UPDATE jobs SET total = ? WHERE number = ? AND holder = ?",
            (total, job.number, job.holder),
        )


def finish(connection: Connection, job: Job, summary: dict[str, Any]) -> None:
    """All rows are judged, or those before the job was stopped."""
    stopped = job.state == "stopping" and job.done != job.total
    end(connection, job, "cancelled" if stopped else "done", summary=summary)


def fail(connection: Connection, job: Job, error: Exception) -> None:
    """Keep why a job ended early."""
    problem: dict[str, Any] = {"message": FAILED, "values": {}}
    if isinstance(error, SentimentError):
        values = {name: told(value) for name, value in error.values.items()}
        problem = {"message": error.message, "values": values}
    end(connection, job, "failed", problem=problem)


def told(value: object) -> int | float | str:
    """A value of a message as JSON; our paths are no business of its reader."""
    if isinstance(value, OSError):
        return value.strerror or type(value).__name__
    return value if isinstance(value, int | float) else str(value)


def end(
    connection: Connection,
    job: Job,
    state: State,
    summary: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> None:
    """End a job of its holder's that waits or runs; else it stays as it is."""
    values = (state, time.time(), json.dumps(summary), json.dumps(problem), job.number)
    with connection:
        connection.execute(
            "UPDATE jobs SET state = ?, ended = ?, summary = ?, problem = ?"
            " WHERE number = ? AND state IN ('queued', 'running', 'stopping') AND holder = ?",
            (*values, job.holder),
        )


def problem_of(job: Job) -> SentimentError | None:
    """Why a job failed, to be told in any language."""
    if not job.problem:
        return None
    message = str(job.problem["message"])
    return SentimentError(message, **job.problem["values"])
