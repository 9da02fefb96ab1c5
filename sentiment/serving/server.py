"""The web server: cheroot in this process, until Ctrl-C or SIGTERM."""

import logging
import signal
import socket
import threading
from types import FrameType
from typing import Any

from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as CherootServer
from flask import Flask

from sentiment.errors import SettingsError
from sentiment.settings import ALL_ADDRESSES, Settings

log = logging.getLogger(__name__)

THREADS = 64
"""Requests answered at once: those that may wait for the model, and some for everything else."""

HEADER_BYTES = 256 * 1024
"""A link may hold a sentence of 10,000 Korean characters, nine bytes each."""


PIECE = 64 * 1024
"""Bytes of an unread body that are dropped at a time."""


class _Cheroot(CherootServer):
    max_request_header_size = HEADER_BYTES

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Log instead of writing to standard error."""
        log.log(level, msg, exc_info=traceback)


class _Gateway(Gateway_10):
    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # the base has none
        """Hand out the connection as Werkzeug's server does, to see whether it is still there."""
        environ: dict[str, Any] = super().get_environ()
        return environ | {"werkzeug.socket": self.req.conn.socket}

    def start_response(self, status: str, *rest: Any) -> Any:
        """Drop what nobody has read of the body, before cheroot reads all of it into memory.

        It does so to keep the connection, which it closes where the body was too large.
        """
        body = self.req.rfile
        while not status.startswith("413") and (left := getattr(body, "remaining", 0)):
            if not body.read(min(left, PIECE)):
                break
        return super().start_response(status, *rest)


class Server:
    """A bound port that starts to answer when it is given the app."""

    def __init__(self, host: str, port: int) -> None:
        """Bind `port` (0: a free one); raises `SettingsError` when that cannot be.

        From here on SIGTERM and a closed terminal are taken like Ctrl-C.
        """
        self._serving = False
        self._stopping: threading.Thread | None = None
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):  # Windows has no SIGHUP
                signal.signal(number, self._interrupt)
        check_port(host, port)
        self._cheroot = _Cheroot(
            (host, port), None, numthreads=THREADS, request_queue_size=128, shutdown_timeout=5
        )
        self._cheroot.gateway = _Gateway
        self._cheroot.prepare()
        self.port: int = self._cheroot.bind_addr[1]

    def serve(self, app: Flask) -> None:
        """Answer until Ctrl-C or SIGTERM; either one before that raises `KeyboardInterrupt`."""
        self._cheroot.wsgi_app = app
        self._serving = True
        try:
            self._cheroot.serve()
        finally:
            self._serving = False

    def close(self) -> None:
        """Answer what is under way, a few seconds at most, and give the port back."""
        if self._stopping:
            self._stopping.join()
        self._cheroot.stop()

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Have another thread end the serving loop.

        An exception raised amid the loop could strike while it wakes a worker: then one wake-up
        is lost, and that worker never ends.
        """
        if not self._serving:
            raise KeyboardInterrupt
        self._stopping = threading.Thread(target=self._cheroot.stop, name="stop")
        self._stopping.start()


def check_port(host: str, port: int) -> None:
    """Raise `SettingsError` when the server could not be started there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise SettingsError(
            "Port {port} on {host} cannot be opened ({cause}); most likely another program uses "
            "it. Stop that program, or choose another port with --port {other}.",
            port=port,
            host=host,
            cause=error.strerror or error,
            other=port + 1 if 0 < port < 65535 else Settings.port,
        ) from error


def shown_host(host: str) -> str:
    """The host as it stands in an address: one that a browser on this machine can open."""
    if host in ALL_ADDRESSES:
        return "localhost"
    return f"[{host}]" if ":" in host else host
