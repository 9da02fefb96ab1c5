"""Real stores of replicas, each on a port of its own: PostgreSQL and Redis as Debian has them."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.proxies import found, free_port, running

UNPRIVILEGED = "postgres"
"""Who runs PostgreSQL where the tests run as root, which it refuses."""


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis that keeps nothing on the disk."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (
        tempfile.TemporaryDirectory() as folder,
        running([found("redis-server"), *options, "--dir", folder, "--logfile", "log"], port),
    ):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL; skips the test without its programs."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    server = str(programs[-1]) if programs else found("postgres")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data = Path(folder, "data")
        data.mkdir()
        made = str(Path(server).with_name("initdb"))
        options = ["--auth=trust", "--username=page", "--encoding=UTF8", "--locale=C", "--no-sync"]
        before = as_nobody(data)
        subprocess.run(
            [*before, made, "-D", str(data), *options],
            check=True,
            cwd=data,
            stdout=subprocess.DEVNULL,
        )
        says = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]
        says += ["-c", f"unix_socket_directories={data}", "-p", str(port)]
        with running([*before, server, "-D", str(data), *says], port):
            ready = [str(Path(server).with_name("pg_isready")), "-q", "-h", "127.0.0.1"]
            while subprocess.run([*ready, "-p", str(port)], check=False).returncode == 1:
                time.sleep(0.05)  # it listens, and refuses while it starts up
            yield f"postgresql://page@127.0.0.1:{port}/postgres"


def as_nobody(data: Path) -> list[str]:
    """What goes before a command that must not be root's, whose folder `data` is."""
    if os.geteuid():
        return []
    try:
        shutil.chown(data, UNPRIVILEGED, UNPRIVILEGED)
    except LookupError:
        pytest.skip(f"PostgreSQL runs as no root, and there is no user {UNPRIVILEGED}")
    who = [f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups"]
    return [found("setpriv"), *who]
