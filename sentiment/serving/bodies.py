"""What is taken of a request's body: asked of the app by the header, before any of it is read."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, File, MultipartDecoder, NeedData

UPLOAD = "sentiment.upload"
"""Where a WSGI environment holds the `Upload` that its body was."""

ASK = "bodies"
"""Where ``app.extensions`` holds the app's `Policy`."""

SMALL = 64 * 1024
"""Bytes of a body that everybody may send, in memory, before anything is asked."""

FORM_MEMORY = 512 * 1024
"""Bytes of a form held in memory at a time."""

ENVELOPE = 16 * 1024
"""Bytes of a form beside the file in it."""

PARTS = 10
"""Fields of a form, of which one is read."""


@dataclass(frozen=True)
class Taken:
    """How many bytes of a body are taken; those of a form's file go to `path`."""

    most: int
    path: Path | None = None
    more: dict[str, Any] = field(default_factory=dict)


Policy = Callable[[dict[str, Any]], Taken]
"""Asked with the WSGI environment of a request whose body has not come; must not take long."""


class Upload:
    """The one file of a form, written to its place once, while it comes.

    A buffer as waitress knows them. What goes wrong is kept in `failure` for the app, and of the
    rest nothing is kept then. Unless the app sets `kept`, the file goes with the request.
    """

    def __init__(self, content_type: str, path: Path) -> None:
        """Expect a form with this type; `path` lies in a folder of its own."""
        boundary = parse_options_header(content_type)[1].get("boundary", "")
        self.path = path
        self.names: list[str] = []
        self.failure: Exception | None = None
        self.kept = False
        self._decoder = MultipartDecoder(boundary.encode(), FORM_MEMORY, max_parts=PARTS)
        self._file: Any = None
        self._in_file = False
        self._size = 0

    def append(self, data: bytes) -> None:
        """Decode and write the next piece."""
        self._size += len(data)
        if self.failure is not None:
            return
        try:
            self._decoder.receive_data(data)
            while not isinstance(event := self._decoder.next_event(), NeedData):
                self._take(event)
        except (OSError, ValueError, RequestEntityTooLarge) as error:
            self._fail(error)

    def _take(self, event: object) -> None:
        if isinstance(event, File):
            self._in_file = event.name == "file"
            if self._in_file:
                self.names.append(event.filename)
        elif isinstance(event, Data) and self._in_file and len(self.names) == 1:
            if self._file is None:
                self.path.parent.mkdir(parents=True)
                self._file = self.path.open("xb")
            self._file.write(event.data)
            self._in_file = event.more_data
        elif not isinstance(event, Data):
            self._in_file = False

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self.remove()

    def getfile(self) -> BytesIO:
        """Nothing: what was sent lies at `path`, and the app reads it there.

        From here on all of it is on its way to the disk.
        """
        try:
            if self._file is not None:
                self._file.close()
        except OSError as error:
            self._fail(error)
        return BytesIO()

    def close(self) -> None:
        """Remove the file that nobody kept."""
        if not self.kept:
            self.remove()

    def remove(self) -> None:
        """Remove the file, so that what is half written doesn't fill the disk."""
        if self._file is not None:
            with suppress(OSError):  # what was in memory finds no room either
                self._file.close()
            shutil.rmtree(self.path.parent, ignore_errors=True)
            self._file = None

    def __len__(self) -> int:
        return self._size
