"""A real nginx in front of a server of ours."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
if NGINX is None:
    pytest.skip("needs nginx: apt install nginx", allow_module_level=True)

CONFIG = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, locations: str) -> Iterator[str]:
    """The address of an nginx with these locations, which keeps what it writes in `folder`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, locations=locations), "utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until it listens; what it says where it ends instead."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None:
                said = process.stderr.read() if process.stderr else b""
                raise RuntimeError(said.decode()) from None
            time.sleep(0.02)
        else:
            return
