"""A page that a notebook runs, stops and runs again, in its own thread or in the cell's."""

import errno
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Any

from sentiment.errors import SettingsError
from sentiment.notebook.places import Place

if TYPE_CHECKING:
    from flask import Flask

    from sentiment.serving.server import Server
    from sentiment.share.tunnel import Tunnel

ENDING = 15.0
"""Seconds that the end of a page is waited for; the server takes six at most."""

RUNNING: dict[int, "Page"] = {}
"""The pages of this kernel by their ports."""


def say(message: str) -> None:
    """Tell the notebook."""
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


class Page:
    """An app under a notebook's cell; its methods may be called from any thread."""

    def __init__(self, app: "Flask", place: Place, tunnel: "Tunnel | None" = None) -> None:
        """Nothing runs yet; the tunnel is opened anew with every run."""
        self.app, self._place, self._tunnel = app, place, tunnel
        self._server: Server | None = None
        self._ended = threading.Event()
        self._ended.set()

    def run(self, host: str, port: int, *, block: bool = True) -> None:
        """Serve, and show the page under the cell: until stopped, or with `block` false at once.

        What runs on the same port in this kernel, this page before all, ends first. In the main
        thread the stop button ends it too. Raises `SettingsError` where another program has the
        port.
        """
        from sentiment.serving.server import Server

        with ExitStack() as cleanup, suppress(KeyboardInterrupt):
            self.stop()
            if before := RUNNING.get(port):
                before.stop()
            try:
                server = Server(host, port, signals=block)
            except SettingsError as error:
                raise taken(error, port) from error
            self._server = server
            self._ended.clear()
            RUNNING[server.port] = self
            cleanup.callback(self._over, server.port)
            cleanup.enter_context(closing(server))
            self._open(host, server.port, cleanup.enter_context)
            if block:
                server.serve(self.app)
            else:
                rest = cleanup.pop_all()
                threading.Thread(target=self._serve, args=(server, rest), daemon=True).start()

    def stop(self) -> None:
        """End it, tunnel and all; nothing where it doesn't run."""
        if self._server is not None:
            self._server.stop()
            self._ended.wait(ENDING)

    def _open(self, host: str, port: int, enter: Callable[[Any], Any]) -> None:
        """Start what goes with the page, say where it is, and show it."""
        from sentiment.serving.server import shown_host
        from sentiment.web.kit.identity import stays_here

        worker = self.app.extensions["worker"]
        worker.start()
        enter(closing(worker))
        address = f"http://{shown_host(host)}:{port}"
        say(f"열렸습니다 · Ready: {address}")
        proof = self.app.extensions["owner"]
        proof.learns = self._place.proxy
        proof.strangers = self._tunnel is not None or self._place.proof or not stays_here(host)
        self._place.show(port, proof.first_page("") or "/", say)
        if not self._place.proof:
            proof.announce(address, say)
        if self._tunnel:
            enter(closing(self._tunnel)).start(port)

    def _serve(self, server: "Server", rest: ExitStack) -> None:
        with rest:
            server.serve(self.app)

    def _over(self, port: int) -> None:
        self._server = None
        if RUNNING.get(port) is self:
            del RUNNING[port]
        self._ended.set()


def taken(error: SettingsError, port: int) -> SettingsError:
    """The same in the words of a notebook, where another program has the port."""
    if getattr(error.__cause__, "errno", None) != errno.EADDRINUSE:
        return error
    return SettingsError(
        "Port {port} is taken by another program on this computer. Choose another one, such as "
        "port={other}, in the brackets of the same call.",
        port=port,
        other=port + 1 if port < 65535 else 5000,
    )
