"""The rows of a judged file: looked through, corrected, and given back as far as asked for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from sentiment.bulk.index import group_of
from sentiment.bulk.results import kept_result, kept_rows, model_of
from sentiment.bulk.summary import BINS
from sentiment.bulk.tally import sides
from sentiment.errors import InputError
from sentiment.labels import Band, Labels
from sentiment.storage import answers, corrections
from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from sentiment.storage.rows import NOTICE, PROBLEM, WRONG, Rows, Wanted
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import PROBLEMS
from sentiment.web.kit.language import gettext
from sentiment.web.kit.looks import Look, look
from sentiment.web.pages.jobs import blueprint, judged, sent
from sentiment.web.pages.sentence import sendable
from sentiment.web.pages.uploads import data, remote

PAGE = 50
"""Rows of a page."""

FLAGS = {"problems": PROBLEM, "wrong": WRONG, "notices": NOTICE}
"""What ``?only=`` may name, beside ``corrected``."""

KINDS = ("csv", "xlsx")
"""Formats of a part of the rows."""

SHOWN, BEFORE = 400, 80
"""Characters of a text that are shown, and of those before the one looked for."""

PARAMETERS = ("label", "q", "group", "only", "bin", "sort")


@dataclass(frozen=True)
class Seen:
    """A row as people see it.

    `text`: pieces, every second of which is what was looked for. `look`: of the verdict, and
    `share`: the probability of the likeliest label, whose look is `likeliest`; None without an
    answer. `why`: where the answer is explained, None where the text is too long for an address.
    """

    number: int
    whole: str
    text: list[str]
    group: str | None
    answer: RowAnswer
    problem: str | None
    look: Look | None
    likeliest: Look | None
    share: float
    correction: Look | None
    why: str | None


@blueprint.get("/<job_id>/rows")
def rows(job_id: str) -> str:
    """The rows that the address asks for, a page of them."""
    with judged(job_id) as (connection, job):
        return rows_page(connection, job)


@blueprint.post("/<job_id>/rows/<int:number>/correct")
def correct(job_id: str, number: int) -> AnyResponse:
    """Keep which label is right for a row, or with none that the model was."""
    with judged(job_id) as (connection, job):
        label = request.form.get("correct", "")
        answer = answers.of_rows(connection, job, [number]).get(number)
        if answer is None or answer.probabilities is None:
            raise NotFound(gettext("There is no such row. Go back to the rows."))
        if label and label not in model_of(job)[0].names:
            raise InputError(
                "It is not said which answer is right. Go back and press a button again."
            )
        corrections.correct(connection, job, number, label or None)
    query: dict[str, Any] = {**asked(), "page": request.args.get("page")}
    back = url_for("files.rows", job_id=job_id, _anchor=f"row-{number}", **query)
    return redirect(back, 303)


@blueprint.get("/<job_id>/rows.<kind>")
def part(job_id: str, kind: str) -> Response:
    """The rows that the address asks for, in its order, as a file with all their columns."""
    with judged(job_id) as (connection, job):
        if kind not in KINDS:
            raise NotFound(gettext("There is no such result. Go back to the file."))
        with kept_rows(connection, data(), job, remote()) as found:
            chosen = found.numbers(found.matching(wanted(connection, job)), asked().get("sort", ""))
        path = kept_result(connection, data(), job, kind, remote(), chosen)
    return sent(path, f"{PurePosixPath(job.name).stem}-rows.{kind}")


def rows_page(connection: Connection, job: Job) -> str:
    """Render ``files_rows.html``."""
    labels, _ = model_of(job)
    with kept_rows(connection, data(), job, remote()) as found:
        sort = asked().get("sort", "")
        if sort not in found.sorts:
            sort = "file"
        chosen = found.numbers(found.matching(wanted(connection, job)), sort)
        pages = max(1, -(-len(chosen) // PAGE))
        number = min(max(1, request.args.get("page", 1, int)), pages)
        numbers = chosen[(number - 1) * PAGE : number * PAGE].tolist()
        return render_template(
            "files_rows.html",
            job=job,
            rows=list(seen(connection, job, found, numbers)),
            asked={**asked(), "sort": sort},
            matching=len(chosen),
            total=len(found),
            number=number,
            pages=pages,
            sorts=found.sorts,
            verdicts=[look(labels, side) for side in sides(labels)],
            choices=[look(labels, name) for name in labels.shown],
            groups=group_names(job),
            corrected=corrections.count(connection, job),
            kinds=KINDS,
            bins=BINS,
        )


def asked() -> dict[str, str]:
    """What the address asks for, as its parameters; a blank group is that of empty values."""
    found = {name: request.args.get(name, "").replace("\0", "") for name in PARAMETERS}
    return {
        name: value for name, value in found.items() if value.strip() or (name == "group" and value)
    }


def wanted(connection: Connection, job: Job) -> Wanted:
    """The filters of the address; raises `InputError` for one that can't be."""
    said = asked()
    names = sides(model_of(job)[0])
    label, only, bar = said.get("label"), said.get("only", ""), said.get("bin")
    known = only in ("", "corrected", *FLAGS) and (label is None or label in names)
    if not known or (bar is not None and not (bar.isdecimal() and int(bar[:9]) < BINS)):
        raise InputError("There are no rows of that kind. Go back and choose again.")
    among = corrections.corrected(connection, job) if only == "corrected" else None
    return Wanted(
        side=None if label is None else names.index(label),
        group=group_of(said["group"]) if "group" in said else None,
        text=said.get("q", "").strip(),
        flag=FLAGS.get(only, 0),
        bin=None if bar is None else int(bar),
        among=among,
    )


def group_names(job: Job) -> list[str]:
    """The groups or periods that the summary names, and the one asked for."""
    summary: Mapping[str, list[dict[str, str]]] = job.summary or {}
    found = [each["name"] for each in summary.get("periods") or summary.get("groups") or []]
    group = asked().get("group", "").strip()
    return found if group in found or not group else [*found, group]


def seen(connection: Connection, job: Job, found: Rows, numbers: list[int]) -> Iterator[Seen]:
    """Rows as people see them, in the order of `numbers`."""
    model, text = model_of(job), asked().get("q", "").strip()
    given = answers.of_rows(connection, job, numbers)
    said = corrections.corrected(connection, job)
    for number in numbers:
        whole = found.text(number)
        yield Seen(
            number,
            whole,
            pieces(whole, text),
            found.group(number),
            given[number],
            gettext(PROBLEMS[problem]) if (problem := given[number].problem) else None,
            *told(given[number], model),
            correction=look(model[0], said[number]) if number in said else None,
            why=sendable(url_for("pages.index", sentence=whole, why=1, _anchor="why")),
        )


def told(answer: RowAnswer, model: tuple[Labels, Band]) -> tuple[Look | None, Look | None, float]:
    """The looks of an answer's verdict and of its likeliest label, and how likely that is."""
    (labels, band), found = model, answer.probabilities
    if found is None:
        return None, None, 0.0
    likeliest = look(labels, labels.likeliest(found).name)
    return look(labels, labels.verdict(found, band)), likeliest, max(found)


def pieces(whole: str, text: str) -> list[str]:
    """What is shown of a text, parted at what was looked for: every second piece is that."""
    start = max(0, whole.casefold().find(text.casefold()) - BEFORE) if len(whole) > SHOWN else 0
    shown = ("…" if start else "") + whole[start : start + SHOWN]
    shown += "…" if len(whole) > start + SHOWN else ""
    return re.split(f"({re.escape(text)})", shown, flags=re.IGNORECASE) if text else [shown]
