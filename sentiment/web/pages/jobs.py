"""What the pages about an uploaded file share: finding it, and the way back to it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, current_app, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from sentiment.bulk.worker import Worker
from sentiment.storage import jobs, retention
from sentiment.storage.database import opened
from sentiment.storage.jobs import Job
from sentiment.web.kit.language import gettext
from sentiment.web.pages.uploads import data, kept

blueprint = Blueprint("files", __name__, url_prefix="/files")


@contextmanager
def existing(job_id: str) -> Iterator[tuple[sqlite3.Connection, Job]]:
    """The store and a job in it; raises `NotFound`."""
    with opened(data()) as connection:
        if (job := jobs.find(connection, job_id)) is None:
            raise NotFound(
                gettext(
                    "This file is not here: it was removed, or its time is over. Upload it again."
                )
            )
        yield connection, job


@contextmanager
def judged(job_id: str) -> Iterator[tuple[sqlite3.Connection, Job]]:
    """The store and a job that has results; raises `NotFound`."""
    with existing(job_id) as (connection, job):
        if not job.judged:
            raise NotFound(gettext("There is no such result. Go back to the file."))
        yield connection, job


def to(job_id: str) -> Response:
    """On to the page of a job."""
    return redirect(url_for("files.show", job_id=job_id), 303)


def lasting(job: Job) -> float:
    """Seconds until a file goes by itself."""
    return max(0.0, retention.removal(job, kept()) - time.time())


def worker() -> Worker:
    """The worker of this app."""
    found: Worker = current_app.extensions["worker"]
    return found
