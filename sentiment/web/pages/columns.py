"""The step between an upload and its result: how the file is read, and which columns count."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flask import request

from sentiment.errors import InputError
from sentiment.storage.jobs import Job
from sentiment.tables.apart import examine, surveyed
from sentiment.tables.layout import Layout, Said, separator
from sentiment.tables.scales import parsed

LOOKED = 3.0
"""Seconds for which the rows of an upload are looked at before its columns are shown."""

DELIMITERS = {",": ",", ";": ";", "tab": "Tab", "|": "|", "space": "␣"}
ENCODINGS = ("utf-8", "cp949", "utf-16")
"""What the form offers; the command takes any."""

HEADERS = {"": None, "yes": True, "no": False}


READ = ("header", "delimiter", "encoding", "skip_rows", "sheet")
"""Fields that say how a file is read; where none is sent, it is as it was read before."""


def said(form: Mapping[str, str]) -> dict[str, str]:
    """What a form says about how to read a file, to be sent on with the columns chosen."""
    return {name: form[name] for name in READ if name in form}


def layout_of(job: Job, path: Path, form: Mapping[str, str]) -> Layout:
    """How the file of a job is read where a form says so, else as before.

    Raises `InputError`, and `DataError` where the file can't be read like that.
    """
    if not said(form):
        return job.layout
    skip = form.get("skip_rows", "").strip()
    if skip and not (skip.isdecimal() and len(skip) < 5):
        raise InputError("The number of rows to skip is no number. Go back and change it.")
    header = form.get("header", "")
    if header not in HEADERS:
        raise InputError("Whether there is a header is yes or no. Go back and choose again.")
    wishes = Said(
        header=HEADERS[header],
        delimiter=separator(form.get("delimiter", "")),
        encoding=form.get("encoding", "").strip(),
        sheet=form.get("sheet", "").strip(),
        skip_rows=int(skip) if skip else None,
    )
    return examine(path, job.name, wishes, seconds=LOOKED)


def chosen(layout: Layout, path: Path, text: str, label: str | None) -> Layout:
    """The layout with the columns of the form and what its labels are said to mean."""
    given = parsed(request.form.get("labels", ""))
    if (text, label, given) != (layout.text, layout.label, layout.given):
        layout = replace(layout, text=text, label=label, given=given, sure=True, rows=None)
    if given and label:
        return surveyed(path, layout)  # what is wrong with it is told now
    return layout


def column(layout: Layout, name: str) -> str | None:
    """The column that the form names; None for none. Raises `InputError` for one that is not."""
    sent = request.form.get(name, "")
    columns = {as_sent(each): each for each in layout.columns}
    if sent and as_sent(sent) not in columns:
        raise InputError(
            "The file has no column {column}. Go back and choose another one.", column=sent
        )
    return columns[as_sent(sent)] if sent else None


def as_sent(name: str) -> str:
    """A name as any form sends it: browsers make every line break CRLF."""
    return name.replace("\r\n", "\n").replace("\r", "\n")
