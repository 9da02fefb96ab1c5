"""Real proxies before a running page, as their distributions package them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SOON = 10
"""Seconds in which a proxy starts, or something is wrong."""

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen page
    bind 127.0.0.1:{port}
    {listen}
"""


@contextmanager
def nginx(server: str, http: str = "") -> Iterator[int]:
    """The port of an nginx with the directives of its one server, and others beside it."""
    program = found("nginx")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        file = Path(folder, "nginx.conf")
        file.write_text(NGINX.format(folder=folder, port=port, server=server, http=http))
        with running([program, "-e", "stderr", "-p", folder, "-c", str(file)], port):
            yield port


@contextmanager
def haproxy(listen: str) -> Iterator[int]:
    """The port of an HAProxy with the lines of its one section ``listen``."""
    program = found("haproxy")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        file = Path(folder, "haproxy.cfg")
        file.write_text(HAPROXY.format(port=port, listen=listen))
        with running([program, "-db", "-f", str(file)], port):
            yield port


def found(name: str) -> str:
    """A program, in Debian's folder for those of administrators too; skips the test without it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    program = shutil.which(name, path=path)
    if program is None:
        pytest.skip(f"needs {name}: apt-get install {name}")
    return program


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A program that listens on the port; what it says is shown where it doesn't start."""
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, stderr=said) as process:
        try:
            end = time.monotonic() + SOON
            while not listens(port):
                if process.poll() is not None or time.monotonic() > end:
                    said.seek(0)
                    raise RuntimeError(f"{command[0]} doesn't listen: {said.read().decode()}")
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


def listens(port: int) -> bool:
    """Whether somebody answers the port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
