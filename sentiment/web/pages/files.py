"""Whole files: taken in, judged in the background, given back with a summary."""

from pathlib import PurePosixPath

from flask import (
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    url_for,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from sentiment.bulk.results import RESULTS, kept_result
from sentiment.bulk.worker import Worker
from sentiment.errors import DataError, FullError, InputError, SentimentError
from sentiment.settings import Settings
from sentiment.storage import corrections, jobs, retention, steering
from sentiment.storage.database import opened
from sentiment.tables.layout import Note, told
from sentiment.tables.telling import mapping
from sentiment.web.kit.asking import engine
from sentiment.web.kit.failures import status_of
from sentiment.web.kit.identity import is_owner, settings
from sentiment.web.kit.language import gettext
from sentiment.web.pages import rows, uploads  # noqa: F401 - rows: its routes
from sentiment.web.pages.choosing import columns_page
from sentiment.web.pages.jobs import blueprint, existing, judged, sent, to, worker
from sentiment.web.pages.result import result_page
from sentiment.web.pages.uploads import data, remote, store


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
        if job.judged or job.busy:
            return result_page(connection, job)
        problem = jobs.problem_of(job)
        return columns_page(job, job.layout, problem.translated(gettext) if problem else None)


@blueprint.post("/<job_id>/stop")
def stop(job_id: str) -> AnyResponse:
    """Stop judging a file; what was judged is kept."""
    with existing(job_id) as (connection, job):
        steering.stop(connection, job)
    worker().wake()
    return to(job_id)


@blueprint.post("/<job_id>/continue")
def go_on(job_id: str) -> AnyResponse:
    """Judge the rows that were left when a file was stopped."""
    with existing(job_id) as (connection, job):
        steering.go_on(connection, job, engine().digest)
    worker().wake()
    return to(job_id)


@blueprint.get("/<job_id>/remove")
def ask(job_id: str) -> str:
    """Ask before a file is deleted."""
    try:
        with existing(job_id) as (connection, job):
            corrected = corrections.count(connection, job)
            return render_template("files_remove.html", job=job, corrected=corrected)
    except FullError:  # not even the job can be found
        return render_template("files_remove.html", job=None, job_id=job_id)


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
    with judged(job_id) as (connection, job):
        if kind not in RESULTS:
            raise NotFound(gettext("There is no such result. Go back to the file."))
        path = kept_result(connection, data(), job, kind, remote())
    return sent(path, f"{PurePosixPath(job.name).stem}-sentiment.{kind}")


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
