"""Taking files in: whose they are, how large they may be, and where they go."""

import sqlite3
from pathlib import Path, PurePosixPath
from typing import IO

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data
from werkzeug.wrappers import Response

from sentiment.errors import InputError, TooLongError
from sentiment.files import jobs, keeping
from sentiment.files.reading import examine
from sentiment.settings import Settings
from sentiment.store import opened
from sentiment.web.visitors import is_owner, sender

COOKIE = "files"
"""Tells a visitor's own files from those of others."""

ENVELOPE = 16 * 1024
"""Bytes of a form beside the file in it."""

FORM_MEMORY = 512 * 1024
"""Bytes of a form held in memory at a time."""

DRAINED = 1024**3
"""Bytes of a too large upload that are read and dropped: browsers show no answer before that."""


def taken() -> str:
    """Take in the file of this request, and return the id of its job.

    Raises `InputError` or `DataError`, after which nothing of it is left.
    """
    job_id = keeping.new_id()
    try:
        name = receive(keeping.source(data(), job_id))
        keep(job_id, name)
    except BaseException:  # or the connection broke off
        with opened(data()) as connection:
            keeping.remove(connection, data(), job_id)
        raise
    return job_id


def remember(response: Response) -> None:
    """Let a visitor's browser find their files again."""
    if not is_owner():
        response.set_cookie(
            COOKIE,
            visitor(),
            max_age=int(kept()),
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )


def receive(path: Path) -> str:
    """Stream the file of the form to `path`, and return the name it was sent under.

    Raises `InputError` where there is none, it is empty or too large, or another one of the same
    visitor is not finished.
    """
    most = keeping.most_bytes(is_owner())
    if (request.content_length or 0) > most + ENVELOPE:
        raise too_large(most)
    if not is_owner():
        with opened(data()) as connection:
            refuse_a_second(connection)
    path.parent.mkdir(parents=True)
    with path.open("w+b") as file:

        def stream(
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            return file

        try:
            _, _, files = parse_form_data(
                request.environ,
                stream,
                max_form_memory_size=FORM_MEMORY,
                max_content_length=most + ENVELOPE,
                max_form_parts=1,
            )
        except RequestEntityTooLarge:
            raise too_large(most) from None
    sent = files.get("file")
    if sent is None or not sent.filename:
        raise InputError("No file was chosen. Choose one and send it again.")
    if not path.stat().st_size:
        raise InputError("The file is empty. Choose another one.")
    return PurePosixPath(sent.filename.replace("\\", "/")).name[-200:] or "file"


def too_large(most: int) -> TooLongError:
    """Read what the browser still sends, so that it listens, and say how much is taken."""
    left = min(request.content_length or 0, DRAINED)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 2**16))):
        left -= len(chunk)
    return TooLongError(
        "The file is too large: at most {most} MB are taken. Split it, or use the command "
        "`python -m sentiment classify`.",
        most=most // 10**6,
    )


def refuse_a_second(connection: sqlite3.Connection) -> None:
    """A visitor has one unfinished file at a time; raises `InputError`."""
    if jobs.unfinished_of(connection, sender()):
        raise InputError("Another file of yours is not finished. Wait for it, or remove it first.")


def keep(job_id: str, name: str) -> None:
    """Look into an upload and keep it as a job; raises `DataError` where it can't be read."""
    path = keeping.source(data(), job_id)
    layout = examine(path, name)
    with opened(data()) as connection:
        jobs.add(
            connection,
            job_id,
            name,
            path.stat().st_size,
            layout,
            visitor(),
            "" if is_owner() else sender(),
        )


def visitor() -> str:
    """Whose files a visitor sees: their own by a cookie; the owner those of this computer."""
    if is_owner():
        return jobs.OWNER
    cookie = request.cookies.get(COOKIE)
    request.environ.setdefault("sentiment.visitor", cookie or keeping.new_id())
    return str(request.environ["sentiment.visitor"])


def settings() -> Settings:
    """The settings of this app."""
    found: Settings = current_app.extensions["settings"]
    return found


def data() -> Path:
    """The folder of the store and the uploads."""
    return settings().data


def kept() -> float:
    """Seconds that files are kept."""
    return settings().keep_hours * 3600.0
