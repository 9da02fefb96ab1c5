"""What the pages about an uploaded file share: finding it, and the way back to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Blueprint, Response, current_app, redirect, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

from sentiment.bulk.worker import Worker
from sentiment.storage import jobs, retention
from sentiment.storage.database import Connection, opened
from sentiment.storage.jobs import Job
from sentiment.web.kit.language import gettext
from sentiment.web.pages.uploads import kept, store

blueprint = Blueprint("files", __name__, url_prefix="/files")


@contextmanager
def existing(job_id: str) -> Iterator[tuple[Connection, Job]]:
    """The store and a job in it; raises `NotFound`."""
    with opened(store()) as connection:
        if (job := jobs.find(connection, job_id)) is None:
            raise NotFound(
                gettext(
                    "This file is not here: it was removed, or its time is over. Upload it again."
                )
            )
        yield connection, job


@contextmanager
def judged(job_id: str) -> Iterator[tuple[Connection, Job]]:
    """The store and a job that has results; raises `NotFound`."""
    with existing(job_id) as (connection, job):
        if not job.judged:
            raise NotFound(gettext("There is no such result. Go back to the file."))
        yield connection, job


def to(job_id: str) -> AnyResponse:
    """On to the page of a job."""
    return redirect(url_for("files.show", job_id=job_id), 303)


def lasting(job: Job) -> float:
    """Seconds until a file goes by itself."""
    return max(0.0, retention.removal(job, kept()) - time.time())


def sent(path: Path, name: str) -> Response:
    """A file to be saved under a name, or the part of it that the request asks for."""
    response = send_file(path, as_attachment=True, download_name=name)
    if response.status_code == 206 and "wsgi.file_wrapper" in request.environ:
        in_one_piece(response, path)
    return response


def in_one_piece(response: Response, path: Path) -> None:
    """Have the server send a part of a file from there on: no thread waits until it is read."""
    response.response.close()  # type: ignore[union-attr]  # what Werkzeug would cut the part out of
    file = path.open("rb")
    file.seek(response.content_range.start or 0)
    response.response = wrap_file(request.environ, file)


def worker() -> Worker:
    """The worker of this app."""
    found: Worker = current_app.extensions["worker"]
    return found
