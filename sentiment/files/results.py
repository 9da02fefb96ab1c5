"""The file back, with the answers beside every row."""

import sqlite3
from pathlib import Path

from sentiment.files.jobs import Job, answers
from sentiment.files.judging import added
from sentiment.files.keeping import source
from sentiment.files.reading import rows
from sentiment.files.writing import result_columns, writer
from sentiment.inference import NEVER, Band

RESULTS = ("csv", "xlsx", "jsonl")
"""Formats offered on the page."""


def write_result(
    connection: sqlite3.Connection, data: Path, job: Job, path: Path, kind: str
) -> None:
    """Write the result of a job that is done, row by row in the order of its file."""
    band: Band = tuple(job.summary["band"]) if job.summary else NEVER
    pairs = zip(rows(source(data, job.id), job.layout), answers(connection, job), strict=True)
    with writer(path, kind, result_columns(job.layout.columns)) as write:
        for row, answer in pairs:
            write([*row.values, *added(answer, band)])
