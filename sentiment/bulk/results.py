"""The file back, with the answers beside every row."""

import sqlite3
import threading
from pathlib import Path

from sentiment.bulk.judging import added
from sentiment.model.inference import NEVER, Band
from sentiment.storage.jobs import OWNER, Job, answers
from sentiment.storage.retention import folder, new_id, source
from sentiment.tables.reading import rows
from sentiment.tables.writing import result_columns, writer

RESULTS = ("csv", "xlsx", "jsonl")
"""Formats offered on the page."""

SLOW = 200_000
"""Rows from which making an XLSX keeps people waiting."""

MAKING = {True: threading.Lock(), False: threading.Lock()}
"""One result at a time is made for visitors, and one for the owner, who never waits for them."""


def kept_result(connection: sqlite3.Connection, data: Path, job: Job, kind: str) -> Path:
    """The result of a job that is done, made when first asked for; it goes with the job."""
    path = folder(data, job.id) / f"result.{kind}"
    with MAKING[job.visitor == OWNER]:
        if not path.exists():
            part = path.with_name(f"result-{new_id()}.{kind}")
            try:
                write_result(connection, data, job, part, kind)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
    return path


def write_result(
    connection: sqlite3.Connection, data: Path, job: Job, path: Path, kind: str
) -> None:
    """Write the result of a job that is done, row by row in the order of its file."""
    band: Band = tuple(job.summary["band"]) if job.summary else NEVER
    pairs = zip(rows(source(data, job.id), job.layout), answers(connection, job), strict=True)
    with writer(path, kind, result_columns(job.layout.columns)) as write:
        for row, answer in pairs:
            write([*row.values, *added(answer, band)])
