"""The file back, with the answers beside every row."""

import threading
from pathlib import Path

from sentiment.bulk.run import pairs, write_result
from sentiment.errors import room
from sentiment.labels import NEVER, PAIR, Band, Labels
from sentiment.storage.database import Connection
from sentiment.storage.jobs import OWNER, Job
from sentiment.storage.retention import folder, new_id, present

RESULTS = ("csv", "xlsx", "jsonl")
"""Formats offered on the page."""

SLOW = 200_000
"""Rows from which making an XLSX keeps people waiting."""

MAKING = {True: threading.Lock(), False: threading.Lock()}
"""One result at a time is made for visitors, and one for the owner, who never waits for them."""


def kept_result(connection: Connection, data: Path, job: Job, kind: str, address: str = "") -> Path:
    """The result of a job that is done, made when first asked for; it goes with the job.

    `address` is where uploads are fetched from, if anywhere. Wherever a result is made, it is the
    same to the byte.
    """
    path = folder(data, job.id) / f"result.{kind}"
    with MAKING[job.visitor == OWNER]:
        if not path.exists():
            part = path.with_name(f"result-{new_id()}.{kind}")
            try:
                with room(data):
                    found = pairs(connection, job, present(data, job.id, address))
                    columns, judge = job.layout.columns, judge_of(job)
                    write_result(found, columns, (part, kind), model_of(job), judge=judge)
                    part.replace(path)
            finally:
                part.unlink(missing_ok=True)
    return path


def judge_of(job: Job) -> str:
    """Name and id of the model that answered a job; jobs of earlier versions know the name."""
    summary = job.summary or {}
    return f"{summary.get('model', '')} {summary.get('model_id', '')}".strip()


def model_of(job: Job) -> tuple[Labels, Band]:
    """The labels of the model that answered a job, and where it is unsure."""
    if not job.summary:
        return PAIR, NEVER
    return Labels.restored(job.summary["labels"]), tuple(job.summary["band"])
