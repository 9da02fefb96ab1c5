"""Taking files in: whose they are, how large they may be, and where they go."""

import threading
import unicodedata
from pathlib import Path, PurePosixPath
from typing import IO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data
from werkzeug.wrappers import Response

from sentiment.errors import DataError, InputError, TooLongError, room
from sentiment.serving.bodies import ENVELOPE, FORM_MEMORY, PARTS, UPLOAD, Upload
from sentiment.storage import jobs, retention
from sentiment.storage import remote as shared_files
from sentiment.storage.database import Connection, Place, opened
from sentiment.tables import parquet
from sentiment.tables.apart import examine
from sentiment.tables.encodings import GZIP, XZ
from sentiment.web.kit.cookies import keep as keep_cookie
from sentiment.web.kit.identity import is_owner, sender, settings
from sentiment.web.pages.columns import LOOKED

COOKIE = "files"
"""Tells a visitor's own files from those of others."""

MOST_OF_ONE, MOST_OF_VISITORS = 10, 100
"""Files of one visitor and of all that are kept, so that nobody fills the owner's disk."""

PACKED = (GZIP, XZ, parquet.MARK)
"""What files begin with that are taken from the owner alone."""

LOOKING = threading.BoundedSemaphore(4)
"""Held while an upload is looked into, a few at a time: each may take hundreds of megabytes."""


def taken() -> str:
    """Take in the file of this request, and return the id of its job.

    Raises `InputError` or `DataError`, after which nothing of it is left.
    """
    upload: Upload | None = request.environ.get(UPLOAD)
    job_id = upload.path.parent.name if upload else retention.new_id()
    try:
        with room(data()):
            name = receive(retention.source(data(), job_id))
            keep(job_id, name)
    except BaseException:  # or the connection broke off
        retention.discard(data(), job_id, remote())
        raise
    if upload:
        upload.kept = True
    return job_id


def remember(response: Response) -> None:
    """Let a visitor's browser find their files again."""
    if not is_owner():
        keep_cookie(response, COOKIE, visitor(), kept())


def receive(path: Path) -> str:
    """See to it that the file of the form lies at `path`, and return the name it was sent under.

    Our server has streamed it there already; of another's it is streamed now.
    Raises `InputError` where there is none or more than one, it is empty or too large, or another
    one of the same visitor is not finished.
    """
    upload: Upload | None = request.environ.get(UPLOAD)
    most = retention.most_bytes(is_owner())
    if (request.content_length or 0) > most + ENVELOPE:
        raise too_large(most)
    if not is_owner():
        with opened(store()) as connection:
            refuse_too_many(connection)
    if upload:
        name = finished(upload)
    else:
        path.parent.mkdir(parents=True)
        with path.open("w+b") as file:
            name = streamed(file, most)
    if not name:
        raise InputError("No file was chosen. Choose one and send it again.")
    if not path.exists() or not path.stat().st_size:
        raise InputError("The file is empty. Choose another one.")
    return plain_name(name)


def finished(upload: Upload) -> str | None:
    """The name that an upload was sent under, if it is one file; else what went wrong."""
    if isinstance(upload.failure, OSError):
        raise upload.failure
    if len(upload.names) > 1:
        raise more_than_one()
    return upload.names[0] if upload.names and not upload.failure else None


def more_than_one() -> InputError:
    """A form may hold one file."""
    return InputError("There is more than one file. Send them one after the other.")


def streamed(file: IO[bytes], most: int) -> str | None:
    """Write the one file of the form to `file`, and return the name it was sent under, if any."""
    only = iter([file])

    def stream(*_about: object, **_more: object) -> IO[bytes]:
        for first in only:
            return first
        raise more_than_one()

    try:
        _, _, files = parse_form_data(
            request.environ,
            stream,
            max_form_memory_size=FORM_MEMORY,
            max_content_length=most + ENVELOPE,
            max_form_parts=PARTS,
        )
    except RequestEntityTooLarge:
        raise too_large(most) from None
    sent = files.get("file")
    return sent.filename if sent else None


def plain_name(sent: str) -> str:
    """The name of a file without folders and without what no header and no page can show."""
    composed = unicodedata.normalize("NFC", sent)  # macOS sends each Hangul letter on its own
    shown = "".join(letter if letter.isprintable() else " " for letter in composed)
    return PurePosixPath(shown.replace("\\", "/")).name[-200:].strip() or "file"


def too_large(most: int) -> TooLongError:
    """How much is taken."""
    if not is_owner():
        return TooLongError(
            "The file is too large: at most {most} MB are taken. Split it, or leave out the "
            "columns that are not needed.",
            most=most // 10**6,
        )
    return TooLongError(
        "The file is too large: at most {most} MB are taken. Split it, or use the command "
        "`python -m sentiment classify`.",
        most=most // 10**6,
    )


def refuse_too_many(connection: Connection) -> None:
    """A visitor has one unfinished file at a time and a few in all; raises `InputError`."""
    if jobs.unfinished_of(connection, sender()):
        raise InputError("Another file of yours is not finished. Wait for it, or remove it first.")
    if jobs.kept_of_visitors(connection, sender()) >= MOST_OF_ONE:
        raise InputError("You have {most} files here. Remove one of them first.", most=MOST_OF_ONE)
    if jobs.kept_of_visitors(connection) >= MOST_OF_VISITORS:
        raise InputError("There is no room for more files of visitors. Try again in a few hours.")


def refuse_packed(path: Path) -> None:
    """A stranger's small packed or Parquet file may unpack to more than there is memory for."""
    with path.open("rb") as file:
        if file.read(16).startswith(PACKED):
            raise DataError(
                "Packed files and Parquet are taken from the owner alone. Save the file as CSV or "
                "XLSX."
            )


def keep(job_id: str, name: str) -> None:
    """Look into an upload and keep it as a job.

    Raises `DataError` where it can't be read, `InputError` where a visitor sent another meanwhile.
    """
    path = retention.source(data(), job_id)
    if not is_owner():
        refuse_packed(path)
    with LOOKING:
        layout = examine(path, name, seconds=LOOKED)
    if remote():
        shared_files.keep(remote(), job_id, path)
    with opened(store()) as connection, connection.alone():
        if not is_owner():
            refuse_too_many(connection)
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
    request.environ.setdefault("sentiment.visitor", cookie or retention.new_id())
    return str(request.environ["sentiment.visitor"])


def store() -> Place:
    """Where jobs are kept."""
    return settings().store


def data() -> Path:
    """The folder of the uploads, or of copies of them."""
    return settings().folder


def remote() -> str:
    """The address of the uploads, where they are not in a folder."""
    return settings().remote


def kept() -> float:
    """Seconds that files are kept."""
    return settings().keep_seconds
