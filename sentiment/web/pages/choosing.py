"""The columns of a file: shown, chosen, and the file started with them."""

from collections import Counter

from flask import render_template, request
from werkzeug.wrappers import Response

from sentiment.bulk.periods import date
from sentiment.errors import InputError
from sentiment.storage import retention, steering
from sentiment.storage.jobs import Job
from sentiment.tables.layout import Layout, Note
from sentiment.tables.matching import matched
from sentiment.web.kit.asking import engine
from sentiment.web.pages import columns
from sentiment.web.pages.jobs import blueprint, existing, lasting, to, worker
from sentiment.web.pages.uploads import data, remote


@blueprint.get("/<job_id>/columns")
def choose(job_id: str) -> str:
    """The columns of a file to choose from, read as the address says; nothing changes by that."""
    with existing(job_id) as (_, job):
        refuse_running(job)
        source = retention.present(data(), job_id, remote())
        return columns_page(job, columns.layout_of(job, source, request.args))


@blueprint.post("/<job_id>/start")
def start(job_id: str) -> Response:
    """Queue a file with the columns chosen; what was judged with others is dropped."""
    with existing(job_id) as (connection, job):
        refuse_running(job)
        source = retention.present(data(), job_id, remote())
        layout = columns.layout_of(job, source, request.form)
        text, label, grouping = (
            columns.column(layout, name) for name in ("text", "label", "grouping")
        )
        if text is None:
            raise InputError("No column with the texts was chosen. Go back and choose one.")
        layout = columns.chosen(layout, source, text, label)
        steering.start(connection, job, text, label, grouping, engine().digest, layout)
    worker().wake()
    return to(job_id)


def columns_page(job: Job, layout: Layout, problem: str | None = None) -> str:
    """Render ``files_columns.html``."""
    read = columns.said(request.args)
    return render_template(
        "files_columns.html",
        job=job,
        layout=layout,
        text=layout.text if read else job.text,
        label=layout.label if read or job.state == "new" else job.label,
        grouping=job.grouping or dated_column(layout),
        read=read,
        problem=problem,
        doubts=doubts(layout),
        left=lasting(job),
        delimiters=columns.DELIMITERS,
        encodings=columns.ENCODINGS,
    )


def refuse_running(job: Job) -> None:
    """The columns of a file that is judged stay as they are; raises `InputError`."""
    if job.busy:
        raise InputError("The file is being judged. Stop that first, or wait for its end.")


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
