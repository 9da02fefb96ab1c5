"""The port: who is let in, who is cut off, and how it ends. waitress 3.0.2 underneath.

waitress reads requests in one thread and answers whole ones in others, so that slow senders keep
nobody from work; of the servers measured it alone held out against them. It is quiet (its latest
release is of November 2024), hence pinned, and what it lacks is in this room: deadlines, rates and
limits for each address here, the reading of requests in `framing`, bodies in `bodies`.
"""

import math
import select
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher

from sentiment.serving.bodies import SMALL, Taken
from sentiment.serving.connections import Connection, Phase

THREADS = 64
"""Requests answered at once: those that may wait for the model, and some for everything else."""

MOST = 400 if sys.platform == "win32" else 2048
"""Connections at once; Windows' select takes 512."""

MOST_OF_ONE = 128
"""... of one address, or network of one. All visitors of a tunnel share an address, so that at
the limit the slowest goes rather than the newest."""

BACKLOG = 4096
"""Connections that the system holds until they are let in, as far as it allows: more than any burst
that was tried. Where it is full, Linux drops what comes, which tries again after 1, 2, 4 s."""

TICK = 1.0
"""Seconds between two looks for who is overdue."""

DRAIN = 6.0
"""Seconds in which what was accepted is answered at the end."""

GRACE = 0.5
"""... and in which a connection may still send its request."""

Application = Callable[..., Any]
"""A WSGI application."""


def unavailable(_environ: Any, start_response: Any) -> list[bytes]:
    """Answer while there is no app yet."""
    start_response("503 Service Unavailable", [("Retry-After", "1"), ("Content-Length", "0")])
    return []


class Listener(BaseWSGIServer):
    """Accepts connections on a bound socket, in the thread that calls `run`."""

    channel_class = Connection

    def __init__(self, sock: socket.socket, proxied: bool = False) -> None:
        """Listen, but answer nobody before `run`; `proxied`: all come from one address or few."""
        raise_limit()
        self.draining = False
        self._most_of_one = MOST if proxied else MOST_OF_ONE
        self._end, self._longer = math.inf, 0.0
        self.policy: Callable[[dict[str, Any]], Taken] = lambda _environ: Taken(SMALL)
        self._ended = threading.Event()
        self._ended.set()
        self._ticked = time.monotonic()
        self._leftovers = ThreadPoolExecutor(1, "leftovers")
        adjustments = Adjustments(
            sockets=[sock], threads=THREADS, ident="sentiment", recv_bytes=65536, backlog=BACKLOG
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.queue_logger.setLevel("ERROR")  # it tells of every request that waits
        dispatcher.set_thread_count(THREADS)
        super().__init__(
            unavailable,
            {},
            _sock=sock,
            dispatcher=dispatcher,
            adj=adjustments,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
            bind_socket=False,
        )

    def getsockname(self) -> tuple[str, int]:
        """Address and port."""
        host, port = self.socket.getsockname()[:2]
        return host, port

    def set_reuse_addr(self) -> None:
        """Nothing: on Windows it would let other programs take the port too."""

    def set_socket_options(self, conn: socket.socket) -> None:
        """Send small answers at once."""
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def readable(self) -> bool:
        """Always: for whoever comes at the limit another goes."""
        return bool(self.accepting)

    def ask(self, environ: dict[str, Any]) -> Taken:
        """How much is taken of a body; none where the app doesn't know what to say."""
        try:
            return self.policy(environ)
        except Exception:
            self.logger.exception("The app could not say what it takes.")
            return Taken(0)

    def later(self, clean: Callable[[], object]) -> None:
        """Have something cleaned away beside: 200 uploads that end at once would take a second."""
        self._leftovers.submit(clean)

    def handle_accept(self) -> None:
        """Let in everybody who waits, and others out for them."""
        channels = list(self.active_channels.values())
        near = Counter(channel.neighbourhood for channel in channels)
        for _ in range(self.adj.backlog):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                return
            self._make_room(next(reversed(self.active_channels.values())), near)

    def _make_room(self, newest: Connection, near: Counter[str]) -> None:
        """Cut off the slowest of its neighbours, or of all, where there are too many.

        `near` are the connections of each neighbourhood: to count them again for each that comes
        takes seconds where thousands do.
        """
        near[newest.neighbourhood] += 1
        crowded = near[newest.neighbourhood] > self._most_of_one
        if not crowded and len(self.active_channels) <= MOST:
            return
        channels = list(self.active_channels.values())
        if crowded:
            channels = [each for each in channels if each.neighbourhood == newest.neighbourhood]
        gone = slowest(channels)
        near[gone.neighbourhood] -= 1
        gone.handle_close()

    def run(self) -> None:
        """Answer until `stop` is called, then what was accepted before."""
        self._ended.clear()
        try:
            self._loop()
        finally:
            self._ended.set()

    def _loop(self) -> None:
        poll = wasyncore.poll2 if hasattr(select, "poll") else wasyncore.poll
        while (left := self._end - time.monotonic()) > 0:
            poll(min(TICK, left), self._map)
            self._tick()
        self._stop_accepting()
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < DRAIN + self._longer and self._left(passed):
            poll(0.05, self._map)
            self._tick()
        self.task_dispatcher.shutdown(timeout=1)

    def stop(self, seconds: float = 0.0) -> None:
        """End `run` after some seconds; may be called from any thread and a signal's handler.

        Meanwhile no connection is kept beyond its next answer. What was begun to be sent until
        then has as long again to come.
        """
        self.draining = True
        self._end, self._longer = time.monotonic() + seconds, seconds
        with suppress(OSError):  # it has ended
            self.pull_trigger()

    def close(self) -> None:
        """End `run` where another thread is in it, and close the port and every connection."""
        self.stop()
        self._ended.wait(2 * DRAIN)
        self.task_dispatcher.shutdown(timeout=1)
        wasyncore.dispatcher.close(self)
        self.trigger.close()
        wasyncore.close_all(self._map)
        self._leftovers.shutdown()

    def _tick(self) -> None:
        """Cut off who is overdue."""
        now = time.monotonic()
        if (passed := now - self._ticked) < TICK:
            return
        self._ticked = now
        for channel in list(self.active_channels.values()):
            if channel.overdue(now, passed):
                channel.handle_close()

    def _stop_accepting(self) -> None:
        """Take in who has come, and give the port back: others may have it from now on."""
        if self.socket is not None:
            self.handle_accept()
            wasyncore.dispatcher.close(self)

    def _left(self, passed: float) -> bool:
        """Whether anybody is still owed something, `passed` seconds after the end was called."""
        for channel in list(self.active_channels.values()):
            if (
                (passed > GRACE and channel.phase in (Phase.WAITING, Phase.DROPPING))
                or (passed > 4 * GRACE + self._longer and channel.phase is Phase.RECEIVING)
                or channel.behind > GRACE
            ):
                channel.handle_close()
        return bool(self.active_channels)


def slowest(channels: list[Connection]) -> Connection:
    """The one at the least that has been at it longest."""
    return min(channels, key=lambda channel: (channel.phase, channel.since))


def raise_limit() -> None:
    """Let this process have as many descriptors as connections, and some for everything else."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + 1024
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
