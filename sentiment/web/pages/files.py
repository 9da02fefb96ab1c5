"""Whole files: taken in, judged in the background, given back with a summary."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import wrap_file

from sentiment.bulk.periods import date
from sentiment.bulk.results import RESULTS, SLOW, kept_result, model_of
from sentiment.bulk.tally import Tally
from sentiment.bulk.worker import Worker
from sentiment.errors import DataError, FullError, InputError, SentimentError
from sentiment.settings import Settings
from sentiment.storage import answers, jobs, retention
from sentiment.storage.database import Connection, opened
from sentiment.storage.jobs import Job
from sentiment.tables.layout import PROBLEMS, Layout, Note, told
from sentiment.tables.matching import matched
from sentiment.tables.telling import mapping
from sentiment.web.kit import looks, plots
from sentiment.web.kit.asking import engine
from sentiment.web.kit.failures import status_of
from sentiment.web.kit.identity import is_owner, settings
from sentiment.web.kit.language import gettext
from sentiment.web.pages import columns, uploads
from sentiment.web.pages.uploads import data, kept, remote, store

blueprint = Blueprint("files", __name__, url_prefix="/files")

LISTED = 20
"""Numbers of rows listed for each cause why rows have no answer."""


def init_app(app: Flask, settings: Settings) -> None:
    """Add the pages, and a worker that waits to be started."""
    app.extensions["worker"] = Worker(
        app.extensions["engine"],
        settings.folder,
        settings.keep_seconds,
        settings.store,
        settings.remote,
    )
    app.add_template_filter(noted)
    app.add_template_filter(mapping)
    app.register_blueprint(blueprint)


def noted(note: Note) -> str:
    """What is told about a file, in the visitor's language."""
    return told(note, gettext)


@blueprint.get("")
def index() -> Response:
    """The form, and the visitor's own files."""
    return page()


@blueprint.post("")
def upload() -> AnyResponse:
    """Take a file in; on to its columns, or back with what is wrong."""
    try:
        job_id = uploads.taken()
    except (DataError, FullError, InputError) as error:
        return page(error)
    response = to(job_id)
    uploads.remember(response)
    return response


@blueprint.get("/<job_id>")
def show(job_id: str) -> str:
    """The columns of a file, how far it is, or what came out."""
    with existing(job_id) as (connection, job):
        return job_page(connection, job)


@blueprint.post("/<job_id>/start")
def start(job_id: str) -> AnyResponse:
    """Queue a file with the columns chosen."""
    with existing(job_id) as (connection, job):
        text, label, grouping = (
            columns.column(job.layout, name) for name in ("text", "label", "grouping")
        )
        if text is None:
            raise InputError("No column with the texts was chosen. Go back and choose one.")
        source = retention.present(data(), job_id, remote())
        jobs.lay_out(connection, job, columns.chosen(job, source, text, label))
        jobs.start(connection, job, text, label, grouping, engine().digest)
    worker().wake()
    return to(job_id)


@blueprint.post("/<job_id>/read")
def read(job_id: str) -> AnyResponse:
    """Read a file as its owner says, and show its columns again."""
    with existing(job_id) as (connection, job):
        source = retention.present(data(), job_id, remote())
        jobs.lay_out(connection, job, columns.reread(job, source))
    return to(job_id)


@blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> AnyResponse:
    """Stop judging a file."""
    with existing(job_id) as (connection, job):
        jobs.cancel(connection, job)
    return to(job_id)


@blueprint.post("/<job_id>/remove")
def remove(job_id: str) -> AnyResponse:
    """Delete a file and everything about it now."""
    try:
        with existing(job_id) as (connection, job):
            retention.remove(connection, data(), job.id, remote())
    except FullError:  # not even the job can be found: its file makes room for that
        retention.discard(data(), job_id, remote())
        with existing(job_id) as (connection, job):
            retention.remove(connection, data(), job.id, remote())
    return redirect(url_for("files.index"), 303)


@blueprint.get("/<job_id>/result.<kind>")
def result(job_id: str, kind: str) -> Response:
    """The file back, with the answers beside every row."""
    with existing(job_id) as (connection, job):
        if job.state != "done" or kind not in RESULTS:
            raise NotFound(gettext("There is no such result. Go back to the file."))
        path = kept_result(connection, data(), job, kind, remote())
    name = f"{PurePosixPath(job.name).stem}-sentiment.{kind}"
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


def page(problem: SentimentError | None = None) -> Response:
    """Render ``files.html``."""
    with opened(store()) as connection:
        own = jobs.of_visitor(connection, uploads.visitor())
    response = make_response(
        render_template(
            "files.html",
            jobs=own,
            problem=problem and problem.translated(gettext),
            most_bytes=retention.most_bytes(is_owner()),
            most_rows=retention.most_rows(is_owner()),
            owner=is_owner(),
            hours=settings().keep_hours,
        )
    )
    response.status_code = status_of(problem) if problem else 200
    return response


def job_page(connection: Connection, job: Job) -> str:
    """Render ``files_job.html``."""
    problem = jobs.problem_of(job)
    problems = answers.problems(connection, job, LISTED) if job.state == "done" else {}
    tally = Tally(*model_of(job))
    counts = job.summary["counts"] if job.summary else [0] * len(tally.sides)
    return render_template(
        "files_job.html",
        job=job,
        before=jobs.waiting_before(connection, job),
        elsewhere=job.model not in ("", engine().digest),
        problem=problem and problem.translated(gettext),
        problems={gettext(PROBLEMS[cause]): found for cause, found in problems.items()},
        unanswered=sum(count for count, _ in problems.values()),
        left=max(0.0, retention.removal(job, kept()) - time.time()),
        grouping=job.grouping or dated_column(job.layout),
        doubts=doubts(job.layout),
        labels=tally.labels,
        shown=looks.sides(tally.labels, tally.sides, counts),
        plots=plots,
        delimiters=columns.DELIMITERS,
        encodings=columns.ENCODINGS,
        results=RESULTS,
        slow=SLOW,
    )


def doubts(layout: Layout) -> list[Note]:
    """What is in doubt of a file; not labels where the first rows have the model's own."""
    found = layout.doubts
    if layout.label and layout.label in layout.columns:
        place = layout.columns.index(layout.label)
        counts = Counter(row[place] for row in layout.preview if place < len(row))
        if matched(counts, layout, engine().labels):
            found = [doubt for doubt in found if doubt["code"] != "labels_unclear"]
    return found


def dated_column(layout: Layout) -> str | None:
    """A column of dates, judging by its first rows."""
    for index, name in enumerate(layout.columns):
        values = [row[index] for row in layout.preview if index < len(row)]
        if values and all(date(value) for value in values):
            return name
    return None


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


def to(job_id: str) -> AnyResponse:
    """On to the page of a job."""
    return redirect(url_for("files.show", job_id=job_id), 303)


def worker() -> Worker:
    """The worker of this app."""
    found: Worker = current_app.extensions["worker"]
    return found
