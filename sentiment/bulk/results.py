"""The file back, with the answers beside every row, or beside those that were looked for."""

import hashlib
import threading
from contextlib import suppress
from pathlib import Path

from sentiment.bulk.index import indexing
from sentiment.bulk.picking import picked
from sentiment.bulk.rows import right_answers
from sentiment.bulk.run import pairs, write_result
from sentiment.bulk.summary import Columns
from sentiment.errors import room
from sentiment.labels import NEVER, PAIR, Band, Labels
from sentiment.storage.corrections import corrected
from sentiment.storage.database import Connection
from sentiment.storage.jobs import OWNER, Job
from sentiment.storage.retention import folder, new_id, present, rows_file
from sentiment.storage.rows import Numbers, Rows

RESULTS = ("csv", "xlsx", "jsonl")
"""Formats offered on the page."""

SLOW = 200_000
"""Rows from which making an XLSX keeps people waiting."""

MAKING = {True: threading.Lock(), False: threading.Lock()}
"""One result at a time is made for visitors, and one for the owner, who never waits for them."""


def kept_result(
    connection: Connection,
    data: Path,
    job: Job,
    kind: str,
    address: str = "",
    chosen: Numbers | None = None,
) -> Path:
    """The result of a judged job, made when first asked for; it goes with the job.

    `address` is where uploads are fetched from, if anywhere. Wherever a result is made, it is the
    same to the byte. With `chosen` only the rows of these numbers, in their order; of such parts
    the last is kept. What was made before somebody corrected a row is made again.
    """
    with MAKING[job.visitor == OWNER]:
        path = folder(data, job.id) / named(job, kind, chosen)
        if not path.exists():
            part = path.with_name(f"result-{new_id()}.{kind}")
            try:
                with room(data):
                    found = pairs(connection, job, present(data, job.id, address))
                    if chosen is not None:
                        found = picked(found, chosen, path.parent)
                    columns, said = job.layout.columns, corrected(connection, job)
                    judge = judge_of(job)
                    write_result(
                        found, columns, (part, kind), model_of(job), judge=judge, said=said
                    )
                    make_way(path, job)
                    part.replace(path)
            finally:
                part.unlink(missing_ok=True)
    return path


def named(job: Job, kind: str, chosen: Numbers | None) -> str:
    """What the file of a result is called, by all that it depends on."""
    if chosen is None:
        return f"result.{job.revision}.{kind}"
    return f"rows.{job.revision}.{hashlib.sha256(chosen.tobytes()).hexdigest()[:32]}.{kind}"


def make_way(path: Path, job: Job) -> None:
    """Remove what is out of date, and before a part of the rows other parts."""
    old = [
        each
        for each in path.parent.glob("result.*")
        if each.name.split(".")[1] != str(job.revision)
    ]
    for each in (*old, *path.parent.glob("rows.*")):
        with suppress(PermissionError):  # Windows: somebody is just reading it
            each.unlink(missing_ok=True)


def kept_rows(connection: Connection, data: Path, job: Job, address: str = "") -> Rows:
    """The rows of a judged job, to be looked through; made again where they are missing."""
    path = rows_file(data, job)
    with MAKING[job.visitor == OWNER]:
        if not path.exists():
            with room(data):
                index_again(connection, data, job, address)
    return Rows(path)


def index_again(connection: Connection, data: Path, job: Job, address: str) -> None:
    """Make the rows ready as when they were summed up: elsewhere, or by an earlier version."""
    upload, model = present(data, job.id, address), model_of(job)
    right = right_answers(upload, job.layout, job.label, model[0])
    columns = Columns.of(job.layout, job.text, job.grouping, right)
    with indexing(data, job, columns, model) as index:
        for row, answer in pairs(connection, job, upload):
            index.take(row, answer)
        index.finish("periods" in (job.summary or {}))


def judge_of(job: Job) -> str:
    """Name and id of the model that answered a job; jobs of earlier versions know the name."""
    summary = job.summary or {}
    return f"{summary.get('model', '')} {summary.get('model_id', '')}".strip()


def model_of(job: Job) -> tuple[Labels, Band]:
    """The labels of the model that answered a job, and where it is unsure."""
    if not job.summary:
        return PAIR, NEVER
    return Labels.restored(job.summary["labels"]), tuple(job.summary["band"])
