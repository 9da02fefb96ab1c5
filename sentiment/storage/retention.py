"""Where uploads and their jobs are kept, and for how long.

The file of a job lies in a folder named by its id, under a name of ours: what an upload was
called never touches the file system.
"""

import hashlib
import json
import re
import secrets
import shutil
import time
from dataclasses import asdict
from pathlib import Path

from sentiment.storage import remote
from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job, find

ID = re.compile(r"[A-Za-z0-9_-]{32}")
"""What `new_id` makes; no other name may lead to a folder."""

STALE = 3600.0
"""Seconds after which what is being uploaded or made must have been left by a kill."""

RESULTS = "result-*"
"""Results while they are made."""


def most_bytes(owner: bool) -> int:
    """Largest file taken, for the owner of this computer or a visitor."""
    return 200_000_000 if owner else 20_000_000


def most_rows(owner: bool) -> int:
    """Most rows judged of a file, for the owner of this computer or a visitor."""
    return 1_000_000 if owner else 50_000


def new_id() -> str:
    """An id that nobody can guess: who has the address of a job may see it."""
    return secrets.token_urlsafe(24)


def uploads(data: Path) -> Path:
    """Where the folders of all jobs lie."""
    return data / "files"


def folder(data: Path, job_id: str) -> Path:
    """The folder of a job."""
    return uploads(data) / job_id


def source(data: Path, job_id: str) -> Path:
    """The uploaded file of a job."""
    return folder(data, job_id) / "input"


def present(data: Path, job_id: str, address: str = "") -> Path:
    """The uploaded file of a job, fetched from the `address` of all uploads where there is one."""
    path = source(data, job_id)
    if address and not path.exists():
        remote.fetch(address, job_id, path)
    return path


def rows_file(data: Path, job: Job) -> Path:
    """Where the rows of a job can be looked through, by all that they depend on; see `rows.py`.

    A replica that was not asked for long finds no rows of before under it.
    """
    depends = (asdict(job.layout), job.text, job.label, job.grouping, job.model, job.done)
    key = hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:32]
    return folder(data, job.id) / f"index.{key}"


def discard(data: Path, job_id: str, address: str = "") -> None:
    """Delete the file of a job, which needs no room on the disk; what is no id deletes nothing."""
    if ID.fullmatch(job_id):
        shutil.rmtree(folder(data, job_id), ignore_errors=True)
        if address:
            remote.discard(address, job_id)


def remove(connection: Connection, data: Path, job_id: str, address: str = "") -> None:
    """Delete a job's file, then the job and its answers: after a kill between, it goes again."""
    discard(data, job_id, address)
    with connection:
        connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))


def removal(job: Job, keep: float) -> float:
    """When a job that is kept for `keep` seconds goes by itself, in seconds since 1970."""
    return (job.ended or job.made) + keep


def sweep(connection: Connection, data: Path, keep: float, address: str = "") -> None:
    """Remove jobs that were kept for `keep` seconds, and what killed servers left lying.

    One that waits goes where for as long nobody with its model has taken it.
    """
    before = connection.now() - keep
    expired = connection.execute(
        "SELECT id FROM jobs WHERE coalesce(ended, made) < ?"
        " AND (state NOT IN ('queued', 'running', 'stopping') OR leased < ?)",
        (before, before),
    )
    for (job_id,) in expired.fetchall():
        remove(connection, data, job_id, address)
    for place in uploads(data).glob("*"):
        if find(connection, place.name) is None and untouched(place):
            shutil.rmtree(place, ignore_errors=True)
        for result in place.glob(RESULTS):
            if untouched(result):
                result.unlink(missing_ok=True)
    for name in remote.old(address, STALE) if address else ():
        if find(connection, name) is None:
            remote.discard(address, name)


def untouched(place: Path) -> bool:
    """Whether nothing there has changed for long; not so where it has just been removed."""
    try:
        latest = max(path.stat().st_mtime for path in (place, *place.glob("*")))
    except OSError:
        return False
    return latest < time.time() - STALE
