"""A connection: what may take how long, and what is done about whoever takes longer.

A connection costs a descriptor and some memory; a thread works on it only while a whole request
waits for its answer. What it sends or reads too slowly is cut off.
"""

import logging
import socket
import time
from enum import IntEnum
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from sentiment.serving.addresses import neighbourhood
from sentiment.serving.bodies import SMALL, UPLOAD, Taken, Upload
from sentiment.serving.framing import NoRoom, Request

log = logging.getLogger(__name__)

HEADER = 10.0
"""Seconds for a whole header, and for none at all on a connection that is kept."""

RATE = 8192
"""Bytes a second at least, of a body or an answer: what the slowest of phones manage."""

PATIENCE = 20.0
"""Seconds by which a body or an answer may fall behind that rate."""

PIECE = 256 * 1024
"""Bytes of a file that are read at a time to be sent."""

LINGER = 2.0
"""Seconds in which what follows a malformed request is dropped, so that its sender reads why."""

DRAINED = 1024**3
"""Bytes of a body too large that are dropped: browsers show no answer before they sent all."""


class Phase(IntEnum):
    """What a connection is at; whoever is at the least of them is cut off first."""

    WAITING = 0
    DROPPING = 1
    RECEIVING = 2
    SENDING = 3
    WORKING = 4


class Task(WSGITask):
    """A request on its way through the app."""

    def get_environment(self) -> dict[str, Any]:
        """Hand out the connection as Werkzeug's server does, to see whether it is still there."""
        environ: dict[str, Any] = super().get_environment()
        environ |= self.request.more
        environ["werkzeug.socket"] = self.channel.socket
        return environ

    def write(self, data: bytes) -> None:
        """Send the header together with the first of the body."""
        self.channel.holding = bool(data) and not self.wrote_header and self.has_body
        super().write(data)

    def finish(self) -> None:
        """Send what was held back."""
        super().finish()
        self.channel.write_soon(b"")


class Connection(HTTPChannel):
    """One client's connection, a request at a time; what follows one unasked is not read."""

    task_class = Task
    parser_class = Request
    request: Request | None

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, **more: Any) -> None:
        self.unread = self.dropping = False
        self.patient = False  # with what follows: it is a body, and not just anything
        self.dropped = 0
        self.holding, self.head = False, b""
        self.moved = self.moved_before = 0  # bytes, either way
        self.behind = 0.0
        self.since = time.monotonic()
        self.taken = Taken(SMALL)
        self.neighbourhood = neighbourhood(str(addr[0]))
        super().__init__(server, sock, addr, adj, **more)
        self.sendbuf_len = PIECE

    @property
    def phase(self) -> Phase:
        """What the connection is at."""
        if self.dropping:
            return Phase.DROPPING
        if self.requests:
            return Phase.SENDING if self.total_outbufs_len else Phase.WORKING
        if self.total_outbufs_len:
            return Phase.SENDING
        receiving = self.request is not None and self.request.headers_finished
        return Phase.RECEIVING if receiving else Phase.WAITING

    def overdue(self, now: float, seconds: float) -> bool:
        """Whether it is time to cut it off; asked every `seconds`, which is counted here."""
        moved, self.moved_before = self.moved - self.moved_before, self.moved
        slow = moved < RATE * seconds
        self.behind = max(0.0, self.behind + (seconds if slow else -seconds))
        match self.phase:
            case Phase.WORKING:
                self.behind = 0.0
                return False
            case Phase.WAITING:
                self.behind = 0.0
                return now - self.since > HEADER
            case Phase.DROPPING:
                return self.behind > LINGER if self.patient else now - self.since > LINGER
            case _:
                return self.behind > PATIENCE

    # What follows runs in the server's own thread.

    def readable(self) -> bool:
        """Read on while the sender is owed no answer, or what it sends is dropped."""
        return bool(self.dropping or super().readable())

    def handle_read(self) -> None:
        """Take in what has come, or drop it."""
        if not self.dropping:
            super().handle_read()
            return
        try:
            data = self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()
            return
        self.dropped += len(data)
        self.moved += len(data)
        if self.dropped > DRAINED:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        """Take in what has come, at most to the end of one request."""
        self.moved += len(data)
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            while data:
                if self.request is None:
                    self.request = Request(self.adj)
                try:
                    data = self._take(self.request, data)
                except OSError:  # a long body waits in a temporary file
                    self.request.refuse(NoRoom("Try again later."))
                if self.request.completed and not self._finish(self.request, data):
                    break
        return True

    def _take(self, request: Request, data: bytes) -> bytes:
        """Give a request its next piece of `data`, its header or some of its body; what is left."""
        begun = request.headers_finished
        left = data[request.received(data) :]
        if begun and len(request.body_rcv) > self.taken.most:
            request.headers["CONTENT_LENGTH"] = str(self.taken.most + 1)
            request.refuse()
        elif not begun and request.headers_finished and not request.completed:
            self._judge(request)
        return left

    def _judge(self, request: Request) -> None:
        """Ask by the header alone how much of the body is taken, and to where."""
        self.taken = Taken(SMALL)
        if request.chunked or request.content_length > SMALL:
            self.taken = self.server.ask(Task(self, request).get_environment())
            request.more |= self.taken.more
        if request.content_length > self.taken.most or (request.chunked and not self.taken.most):
            if request.chunked:
                request.headers["CONTENT_LENGTH"] = "1"
            request.refuse()
            return
        if self.taken.path is not None:
            upload = Upload(request.headers.get("CONTENT_TYPE", ""), self.taken.path)
            request.more[UPLOAD] = upload
            request.receive_into(upload)
        if request.expect_continue:
            self.send_continue()

    def _finish(self, request: Request, rest: bytes) -> bool:
        """Have a whole request answered; whether there was none, only blank lines."""
        self.request = None
        if request.empty:
            return True
        if rest.strip(b"\r\n") or request.unread:
            self.unread = True
            request.leave()
        if self.server.draining:
            request.leave()
        self.behind = 0.0
        self.sent_continue = False
        self.patient = request.unread and request.error is None
        self.requests.append(request)
        self.server.add_task(self)
        return False

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the other side takes just now."""
        sent: int = super().send(data, do_close)
        self.moved += sent
        return sent

    def handle_write(self) -> None:
        """Send; then drop what was sent beside the request, before the connection goes."""
        if self.close_when_flushed and self.unread and not self.will_close:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close and self.socket is not None:
                self._drop()
            return
        super().handle_write()

    def _drop(self) -> None:
        """Answered: say that nothing more comes, and read what is on its way.

        A connection closed with something unread is reset, and the answer is lost on its way.
        """
        self.dropping = True
        self.close_when_flushed = False
        self.since = time.monotonic()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True

    def handle_close(self) -> None:
        """Let go of a request that never became whole, and soon of its file."""
        if self.request is not None:
            self.server.later(self.request.close)
            self.request = None
        super().handle_close()

    # What follows runs in a thread that works on a request.

    def write_soon(self, data: Any) -> int:
        """Send, unless what comes next shall go with it."""
        if self.holding:
            self.holding, self.head = False, data
            return len(data)
        if self.head and not isinstance(data, bytes):
            super().write_soon(self.head)  # and then a file
        elif self.head:
            data = self.head + data
        self.head = b""
        sent: int = super().write_soon(data)
        return sent

    def service(self) -> None:
        """Answer the request."""
        super().service()
        self.since = time.monotonic()
