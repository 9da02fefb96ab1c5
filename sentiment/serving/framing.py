"""Where a request ends: read to the letter, for whoever reads it otherwise smuggles another in.

waitress 3.0.2 takes a length together with chunks, repeated and folded fields, and a trailer of
any size; RFC 9112 (sections 3, 5.2, 6 and 7) lets a server refuse them all. What is refused here
is answered 400, and nothing after it is read.
"""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import BadRequest, Error, RequestHeaderFieldsTooLarge

HEADER_BYTES = 256 * 1024
"""A link may hold a sentence of 10,000 Korean characters, nine bytes each."""

SIZE_LINE = 256
"""Bytes of the line before a chunk: its size, and an extension that nobody needs."""

SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[\t -~]*)?")
"""Eight digits are 4 GB, more than is ever taken; what follows a semicolon means nothing here."""

FOLDED = re.compile(rb"\r\n[ \t]")
"""A field that goes on in the next line, which others may read as a field of its own."""

LEFT_OUT = re.compile(rb"(?i)(?:^|\n)(?:content|transfer)_(?:length|encoding)[ \t]*:")
"""Names that some read as those of the framing, with a hyphen."""


class NoRoom(Error):  # noqa: N818 - waitress names its own so
    """There is none for a body."""

    code, reason = 507, "Insufficient Storage"


class Buffer(Protocol):
    """Where a body goes."""

    def append(self, data: bytes) -> None:
        """Take the next piece."""

    def getfile(self) -> Any:
        """The body, to be read from its beginning."""

    def close(self) -> None:
        """Let go of it."""

    def __len__(self) -> int: ...


class Chunks:
    """Takes a chunked body apart (RFC 9112, section 7.1); any trailer is an error.

    The interface is that of waitress's receivers.
    """

    def __init__(self, buffer: Buffer) -> None:
        self.completed = False
        self.error: BadRequest | None = None
        self._buffer = buffer
        self._line = b""
        self._left = 0
        self._read: Callable[[bytes], bytes] = self._size

    def received(self, data: bytes) -> int:
        """Take `data` in, and return how many bytes of it belong to the body."""
        left = data
        while left and not self.completed and self.error is None:
            left = self._read(left)
        return len(data) - len(left)

    def _size(self, data: bytes) -> bytes:
        line, rest = self._whole_line(data)
        if line is None:
            return rest
        if not (match := SIZE.fullmatch(line)):
            self.error = BadRequest("Invalid chunk size")
            return rest
        self._left = int(match[1], 16)
        self._read = self._data if self._left else self._trailer
        return rest

    def _data(self, data: bytes) -> bytes:
        piece = data[: self._left]
        self._buffer.append(piece)
        self._left -= len(piece)
        if not self._left:
            self._read = self._end
        return data[len(piece) :]

    def _end(self, data: bytes) -> bytes:
        line, rest = self._whole_line(data, most=2)
        if line is not None:
            self._read = self._size
        return rest

    def _trailer(self, data: bytes) -> bytes:
        line, rest = self._whole_line(data, most=2)
        self.completed = line is not None
        return rest

    def _whole_line(self, data: bytes, most: int = SIZE_LINE) -> tuple[bytes | None, bytes]:
        """The line that `data` ends, without CRLF, if it does, and what follows it."""
        line = self._line + data[: most - len(self._line)]
        end = line.find(b"\r\n")
        if end < 0:
            if len(line) >= most:
                self.error = BadRequest("Invalid chunk")
            rest = data[len(line) - len(self._line) :]
            self._line = line
            return None, rest
        rest = data[end + 2 - len(self._line) :]
        self._line = b""
        return line[:end], rest

    def __len__(self) -> int:
        return len(self._buffer)

    def getfile(self) -> Any:
        """The body."""
        return self._buffer.getfile()

    def getbuf(self) -> Buffer:
        """Where the body lies."""
        return self._buffer


class Request(HTTPRequestParser):
    """A request while it comes in.

    `unread`: the body, or what came in its place, is not taken. `more`: what the app finds in its
    environment.
    """

    completed: bool
    headers_finished: bool
    command = path = ""  # where the first line could not be understood

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.unread = False
        self.more: dict[str, Any] = {}
        self._head = bytearray()

    def received(self, data: bytes) -> int:
        """Take `data` in, and return how many bytes of it belong to this request."""
        if self.completed:
            return 0
        if not self.headers_finished:
            return self._header(data)
        consumed = int(self.body_rcv.received(data))
        self.body_bytes_received += consumed
        if self.body_rcv.error:
            self.refuse(self.body_rcv.error)
        elif self.body_rcv.completed:
            self.completed = True
            if self.chunked:
                self.headers["CONTENT_LENGTH"] = str(len(self.body_rcv))
        return consumed

    def _header(self, data: bytes) -> int:
        before = len(self._head)
        self._head += data
        end = self._head.find(b"\r\n\r\n", max(0, before - 3))
        if (end if end >= 0 else len(self._head)) > HEADER_BYTES:
            self.refuse(RequestHeaderFieldsTooLarge(f"more than {HEADER_BYTES} bytes"))
            return len(data)
        if end < 0:
            return len(data)
        head = bytes(self._head[: end + 4]).lstrip(b"\r\n")
        self._head.clear()
        if not head:
            self.empty = self.completed = True
        else:
            try:
                self.parse_header(head)
            except ParsingError as error:
                self.refuse(BadRequest(error.args[0]))
            self.headers_finished = True
            self.completed = self.completed or self.body_rcv is None
        return end + 4 - before

    def parse_header(self, header_plus: bytes) -> None:
        """Understand the lines before the body; raises `ParsingError` for what others may not."""
        if FOLDED.search(header_plus) or LEFT_OUT.search(header_plus):
            raise ParsingError("Invalid header")
        if b"\0" in header_plus:
            raise ParsingError("NUL in HTTP message")
        coding = re.findall(rb"(?i)\ntransfer-encoding[ \t]*:[ \t]*([^\r\n]*)", header_plus)
        if coding and [value.strip(b" \t").lower() for value in coding] != [b"chunked"]:
            raise ParsingError("Transfer-Encoding is not supported")
        try:
            super().parse_header(header_plus)
        except ParsingError:
            raise
        except Exception as error:  # a port in the target that is none, a length of 5,000 digits
            raise ParsingError("The request could not be understood") from error
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("HTTP version is not supported")
        if coding and ("CONTENT_LENGTH" in self.headers or self.version != "1.1"):
            raise ParsingError("Transfer-Encoding together with another framing")
        if self.content_length > 10**15:
            raise ParsingError("Content-Length is invalid")
        if self.chunked:
            self.receive_into(OverflowableBuffer(self.adj.inbuf_overflow))

    def receive_into(self, buffer: Buffer) -> None:
        """Have the body go to `buffer`; nothing of it has come yet."""
        if self.chunked:
            self.body_rcv = Chunks(buffer)
        else:
            self.body_rcv = FixedStreamReceiver(self.content_length, buffer)

    def refuse(self, error: Any = None) -> None:
        """Take nothing further: answer `error`, or else have the app answer without the body."""
        self.error = error
        self.completed = self.unread = True
        self.expect_continue = False
        self.leave()

    def leave(self) -> None:
        """Have the connection closed after the answer."""
        self.headers["CONNECTION"] = "close"

    def get_body_stream(self) -> Any:
        """The body for the app; empty where it was not taken."""
        return BytesIO() if self.unread else super().get_body_stream()
