"""The real server around an app, in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from sentiment.serving.server import Server

SOON = 20
"""Seconds in which what must come soon has come."""


@contextmanager
def serving(app: Flask) -> Iterator[Server]:
    """A server of the app on a free port, in a thread; it ends with everything answered."""
    server = Server("127.0.0.1", 0, signals=False)
    thread = threading.Thread(target=server.serve, args=(app,))
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(SOON)
        server.close()
    assert not thread.is_alive()
