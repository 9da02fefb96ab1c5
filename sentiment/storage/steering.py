"""What people do with a job: start it, stop it, let it go on."""

import json
import time
from dataclasses import asdict

from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from sentiment.tables.layout import Layout


def start(
    connection: Connection,
    job: Job,
    text: str,
    label: str | None,
    grouping: str | None,
    model: str = "",
    layout: Layout | None = None,
) -> None:
    """Queue a job that does not run, with the columns chosen; earlier answers are dropped.

    `model`: the digest of the only one that may answer it; empty: any may. `layout`: how the file
    is read from now on, where that changes.
    """
    with connection:
        started = connection.execute(
            "UPDATE jobs SET state = 'queued', layout = ?, text = ?, label = ?, grouping = ?,"
            " model = ?, total = NULL, problem = NULL, summary = NULL, ended = NULL, done = 0,"
            " seconds = 0, holder = '', leased = ?, revision = revision + 1 WHERE number = ?"
            " AND state IN ('new', 'done', 'failed', 'cancelled')",
            (
                json.dumps(asdict(layout or job.layout)),
                text,
                label,
                grouping,
                model,
                connection.now(),
                job.number,
            ),
        )
        if started.rowcount:
            connection.execute("DELETE FROM answers WHERE job = ?", (job.number,))
            connection.execute("DELETE FROM corrections WHERE job = ?", (job.number,))


def go_on(connection: Connection, job: Job, model: str) -> None:
    """Queue a job that was stopped or failed as it was; its answers so far are kept.

    Where they are another model's it starts anew with `model`: answers of two are never mixed.
    """
    if job.model not in ("", model):
        start(connection, job, job.text, job.label, job.grouping, model)
        return
    with connection:
        connection.execute(
            "UPDATE jobs SET state = 'queued', problem = NULL, ended = NULL, holder = '',"
            " leased = ?, revision = revision + 1"
            " WHERE number = ? AND state IN ('failed', 'cancelled')",
            (connection.now(), job.number),
        )


def stop(connection: Connection, job: Job) -> None:
    """Stop a job before its next rows, whoever works on it; one that has ended stays as it is.

    What it has judged is summed up first, where it runs.
    """
    with connection:
        connection.execute(
            "UPDATE jobs SET state = 'stopping'"
            " WHERE number = ? AND state = 'running' AND done > 0",
            (job.number,),
        )
        connection.execute(
            "UPDATE jobs SET state = 'cancelled', ended = ?"
            " WHERE number = ? AND state IN ('queued', 'running')",
            (time.time(), job.number),
        )
