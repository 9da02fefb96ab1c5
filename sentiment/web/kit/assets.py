"""Static files under addresses that change with them, and compression where it pays.

The files are read once, when the app is made, for they weigh little: so an address and what is
answered there always belong together, and nothing is written beside them.
"""

import gzip
import hashlib
from dataclasses import dataclass
from io import BytesIO
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_file
from werkzeug.exceptions import NotFound

from sentiment.web.kit.identity import is_owner

YEAR = 365 * 24 * 3600
"""Seconds that a browser may keep a file without asking again."""

SMALLEST = 1024
"""Bytes from which compressing pays: less fits into one packet as it is."""

LEVEL = 6
"""Of gzip, for what is made anew for each request: 9 takes longer and saves next to nothing."""

TEXTUAL = ("text/", "application/json", "application/javascript", "image/svg+xml")
"""How types begin that compress well; workbooks and Parquet are compressed already."""

TYPES = MimeTypes()
"""Python's own table of types. Windows' registry may call scripts plain text, and then browsers
refuse to run them."""


@dataclass(frozen=True)
class File:
    """A static file, and its compressed form where that is shorter; `tag` changes with it."""

    body: bytes
    compressed: bytes | None
    type: str
    tag: str


def init_app(app: Flask) -> None:
    """Serve the static folder from memory, and compress what the app answers.

    All files share one version, a folder in their addresses: a script that imports
    ``./page.js`` finds it under the same one.
    """
    files = read(Path(app.static_folder or ""))
    current = fingerprint(files)

    @app.url_defaults
    def address(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)

    def serve(filename: str, version: str | None = None) -> Response:
        """A file; under another version, which an older page asks for, not to be kept."""
        if filename not in files:
            raise NotFound
        return answer(files[filename], forever=version == current)

    app.view_functions["static"] = serve
    app.add_url_rule(f"{app.static_url_path}/v/<version>/<path:filename>", "static")
    app.after_request(compress)


def read(folder: Path) -> dict[str, File]:
    """Every file below a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): file(path.read_bytes(), path.name)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def file(body: bytes, name: str) -> File:
    """A static file of that name."""
    kind = TYPES.guess_type(name)[0] or "application/octet-stream"
    compressed = gzip.compress(body, mtime=0) if kind.startswith(TEXTUAL) else body
    shorter = compressed if len(compressed) < len(body) else None
    return File(body, shorter, kind, hashlib.sha256(body).hexdigest()[:16])


def fingerprint(files: dict[str, File]) -> str:
    """What changes with any name or content, and with nothing else."""
    lines = "".join(f"{name}\0{each.tag}\n" for name, each in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def answer(file: File, forever: bool) -> Response:
    """The file, or the part of it that is wanted, or that it is still the same."""
    body, tag = file.body, file.tag
    if file.compressed is not None and takes_gzip():
        body, tag = file.compressed, f"{tag}-gzip"
    response = send_file(BytesIO(body), file.type, etag=tag, max_age=YEAR if forever else None)
    if forever:
        response.cache_control.immutable = True
    if file.compressed is not None:
        response.vary.add("Accept-Encoding")
    if body is file.compressed:
        response.content_encoding = "gzip"
    return response


def compress(response: Response) -> Response:
    """Compress an answer for whoever takes that, but for the owner at this computer.

    Nothing is won there. And the owner's pages alone hold what others must not know (the address
    of the share link, what people said) beside text that a link may bring along: compressed
    together, their length would tell how much they have in common (BREACH).
    """
    if (
        response.is_streamed  # downloads and parts of files, too
        or not (response.mimetype or "").startswith(TEXTUAL)
        or (response.calculate_content_length() or 0) < SMALLEST
        or response.content_encoding
    ):
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip() and not is_owner():
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


def takes_gzip() -> bool:
    """Whether whoever asks prefers gzip to no compression."""
    return request.accept_encodings.best_match(("gzip", "identity")) == "gzip"
