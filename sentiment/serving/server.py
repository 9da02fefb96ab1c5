"""The web server: in this process, until Ctrl-C or SIGTERM."""

import signal
import socket
import threading
from types import FrameType
from typing import Any

from flask import Flask

from sentiment.errors import SettingsError
from sentiment.serving.bodies import ASK
from sentiment.serving.listener import BACKLOG, Listener
from sentiment.settings import ALL_ADDRESSES, Settings

LEAVING = "leaving"
"""Where ``app.extensions`` tells whether the server was asked to end."""


class Server:
    """A bound port that starts to answer when it is given the app."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        signals: bool = True,
        leaving: float = 0.0,
        proxied: bool = False,
    ) -> None:
        """Bind `port` (0: a free one); raises `SettingsError` when that cannot be.

        From here on until closed, with `signals`, SIGTERM and a closed terminal are taken like
        Ctrl-C, but in the main thread alone, for others get none; after a first SIGTERM requests
        are taken for `leaving` seconds more. `proxied`: a proxy before the page is one sender for
        many.
        """
        self._serving = False
        self._leaving = leaving
        self._left = False
        self._before: dict[int, Any] = {}
        if signals and threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                if number := getattr(signal, name, None):  # Windows has no SIGHUP
                    self._before[number] = signal.signal(number, self._interrupt)
        self._listener = Listener(bound(host, port), proxied)
        self.port: int = self._listener.effective_port

    def serve(self, app: Flask) -> None:
        """Answer until Ctrl-C or SIGTERM; either one before that raises `KeyboardInterrupt`.

        ``app.extensions[LEAVING]`` tells whether the end was asked for.
        """
        self._listener.application = app
        app.extensions[LEAVING] = lambda: self._left
        if policy := app.extensions.get(ASK):
            self._listener.policy = policy
        self._serving = True
        try:
            self._listener.run()
        finally:
            self._serving = False

    def stop(self, seconds: float = 0.0) -> None:
        """End `serve` after some seconds, once what was accepted is answered, a few at most."""
        self._left = True
        self._listener.stop(seconds)

    def close(self) -> None:
        """End `serve` where it is under way in another thread, and give the port back."""
        self._listener.close()
        if threading.current_thread() is threading.main_thread():
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Have the serving loop end by itself, for an exception could strike anywhere in it."""
        if not self._serving:
            raise KeyboardInterrupt
        first = number == signal.SIGTERM and not self._left
        self.stop(self._leaving if first else 0.0)


def check_port(host: str, port: int) -> None:
    """Raise `SettingsError` when the server could not be started there now."""
    bound(host, port).close()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises `SettingsError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both
        )
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
