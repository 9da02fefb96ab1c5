"""What people do with a job: start it, stop it, let it go on."""

import json
import sqlite3
import time
from dataclasses import asdict

from sentiment.storage.jobs import Job
from sentiment.tables.layout import Layout


def start(
    connection: sqlite3.Connection,
    job: Job,
    text: str,
    label: str | None,
    grouping: str | None,
    layout: Layout | None = None,
) -> None:
    """Queue a job that does not run, with the columns chosen; earlier answers are dropped."""
    with connection:
        queued = connection.execute(
            "UPDATE jobs SET state = 'queued', layout = ?, text = ?, label = ?, grouping = ?,"
            " model = '', total = NULL, done = 0, problem = NULL, ended = NULL, summary = NULL,"
            " revision = revision + 1 WHERE number = ?"
            " AND state IN ('new', 'done', 'failed', 'cancelled')",
            (json.dumps(asdict(layout or job.layout)), text, label, grouping, job.number),
        )
        if queued.rowcount:
            connection.execute("DELETE FROM corrections WHERE job = ?", (job.number,))


def go_on(connection: sqlite3.Connection, job: Job) -> None:
    """Queue a job that was stopped or failed as it was; its answers so far are kept."""
    with connection:
        connection.execute(
            "UPDATE jobs SET state = 'queued', problem = NULL, ended = NULL,"
            " revision = revision + 1 WHERE number = ? AND state IN ('failed', 'cancelled')",
            (job.number,),
        )


def stop(connection: sqlite3.Connection, job: Job) -> None:
    """Stop a job before its next rows; one that has ended stays as it is.

    What it has judged in this run is summed up first.
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
