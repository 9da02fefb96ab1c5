"""The answers to the rows of a job, kept with its progress in one transaction."""

import struct
from collections.abc import Iterator, Sequence

from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from sentiment.storage.migrations import doubles
from sentiment.tables.answers import RowAnswer

PIECE = 10_000
"""Answers that are read at a time."""


def record(
    connection: Connection,
    job: Job,
    done: int,
    answers: Sequence[RowAnswer],
    seconds: float,
) -> bool:
    """Keep the answers to the rows behind the first `done`, all or none of them.

    Whether they were kept: not where the job was stopped, or where somebody else has it by now or
    has answered these rows.
    """
    with connection:
        kept = connection.execute(
            "UPDATE jobs SET done = done + ?, seconds = seconds + ?"
            " WHERE number = ? AND state = 'running' AND done = ? AND holder = ?",
            (len(answers), seconds, job.number, done, job.holder),
        )
        if kept.rowcount:
            connection.executemany(
                "INSERT INTO answers (job, row, probabilities, problem, notices)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        job.number,
                        number,
                        packed(answer.probabilities),
                        answer.problem,
                        " ".join(answer.notices),
                    )
                    for number, answer in enumerate(answers, done + 1)
                ),
            )
    return bool(kept.rowcount)


def packed(probabilities: Sequence[float] | None) -> bytes | None:
    """Probabilities as they are stored."""
    return None if probabilities is None else doubles(*probabilities)


def recorded(connection: Connection, job: Job) -> Iterator[RowAnswer]:
    """The answers in the order of the rows, so many at a time that no memory is filled."""
    query = (
        "SELECT row, probabilities, problem, notices FROM answers WHERE job = ? AND row > ?"
        " ORDER BY row LIMIT ?"
    )
    last = 0
    while found := connection.execute(query, (job.number, last, PIECE)).fetchall():
        for _, kept, problem, notices in found:
            yield restored(kept, problem, notices)
        last = found[-1][0]


def restored(kept: bytes | None, problem: str | None, notices: str) -> RowAnswer:
    """An answer of what is stored."""
    found = kept and struct.unpack(f"<{len(kept) // 8}d", kept)
    return RowAnswer(found or None, problem, tuple(notices.split()))


def of_rows(connection: Connection, job: Job, numbers: Sequence[int]) -> dict[int, RowAnswer]:
    """The answers to some rows by their numbers; few at a time."""
    places = ", ".join("?" * len(numbers)) or "NULL"
    query = "SELECT row, probabilities, problem, notices FROM answers WHERE job = ? AND row IN (%s)"
    found = connection.execute(query % places, (job.number, *numbers))
    return {number: restored(*kept) for number, *kept in found}


def problems(connection: Connection, job: Job, most: int) -> dict[str, tuple[int, list[int]]]:
    """For each cause how many rows have no answer, and the first `most` of their numbers."""
    counts = connection.execute(
        "SELECT problem, count(*) FROM answers WHERE job = ? AND problem IS NOT NULL"
        " GROUP BY problem ORDER BY count(*) DESC",
        (job.number,),
    ).fetchall()
    first = "SELECT row FROM answers WHERE job = ? AND problem = ? ORDER BY row LIMIT ?"
    return {
        cause: (count, [row for (row,) in connection.execute(first, (job.number, cause, most))])
        for cause, count in counts
    }
