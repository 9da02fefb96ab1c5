"""Replicas of the page as processes of their own, behind HAProxy, over real stores.

The parts of ``compose.yaml``: PostgreSQL, Redis, a shared folder, ``deploy/haproxy.cfg``.
"""

import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sentiment.settings import ROOT
from tests.kit import stores
from tests.kit.proxies import found, free_port, running

CONFIG = ROOT / "deploy" / "haproxy.cfg"

PASSWORD = "hwxk-4mzt-replicas"

STARTING = 120.0
"""Seconds after which a replica that doesn't answer never will."""

TEMPLATE = re.compile(r"server-template page .*")
RESOLVERS = re.compile(r"resolvers docker\n.*\n")


@dataclass
class Replica:
    """One process of the page."""

    port: int
    log: Path
    environ: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it is ready."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        command = [sys.executable, "-X", "utf8", "app.py", "--no-open", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Return once it is ready."""
        assert self.process
        end = time.monotonic() + STARTING
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"A replica didn't start: {self.log.read_text('utf-8')[-2000:]}")
            time.sleep(0.1)

    def ready(self) -> bool:
        """Whether it says so."""
        with suppress(OSError), closing(connected(self.port)) as connection:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        return False

    def end(self, sign: signal.Signals) -> int:
        """Send it a signal, and wait for its end; the status."""
        assert self.process
        self.process.send_signal(sign)
        return self.process.wait(60)

    def stop(self) -> None:
        """Be rid of it."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@dataclass
class Cluster:
    """Replicas behind a proxy on `port`; `owner` is the cookie of whoever runs them."""

    port: int
    replicas: list[Replica]
    database: str
    owner: dict[str, str] = field(default_factory=dict)


def connected(port: int) -> http.client.HTTPConnection:
    """A connection to a port here."""
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


@contextmanager
def cluster(count: int = 2, **more: str) -> Iterator[Cluster]:
    """Ready replicas with the settings in `more`; skips the test where a part is missing."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(stores.postgres())
        common = dict(
            os.environ,
            SENTIMENT_DATABASE=database,
            SENTIMENT_REDIS=stack.enter_context(stores.redis()),
            SENTIMENT_FILES=str(folder / "files"),
            SENTIMENT_SECRET_KEY=secrets.token_urlsafe(32),
            SENTIMENT_PASSWORD=PASSWORD,
            SENTIMENT_PROXY_HOPS="1",
            SENTIMENT_THREADS="1",
            SENTIMENT_LOG_FORMAT="json",
            **more,
        )
        replicas = []
        for number in range(count):
            environ = common | {"SENTIMENT_DATA": str(folder / f"data-{number}")}
            replicas.append(Replica(free_port(), folder / f"log-{number}", environ))
            stack.callback(replicas[-1].stop)
            replicas[-1].launch()
        for replica in replicas:
            replica.wait()
        port = stack.enter_context(balanced([replica.port for replica in replicas], folder))
        yield Cluster(port, replicas, database, {"Cookie": owners(port, replicas[0])})


@contextmanager
def balanced(ports: list[int], folder: Path) -> Iterator[int]:
    """The port of an HAProxy of the shipped configuration before servers on some ports."""
    port = free_port()
    servers = (f"server page{each} 127.0.0.1:{each} check" for each in ports)
    text = TEMPLATE.sub("\n    ".join(servers), CONFIG.read_text("utf-8"))
    text = RESOLVERS.sub("", text).replace("bind :80", f"bind 127.0.0.1:{port}")
    file = folder / "haproxy.cfg"
    file.write_text(text.replace("log stdout format raw local0 info", ""), "utf-8")
    with running([found("haproxy"), "-db", "-f", str(file)], port):
        yield port


def owners(port: int, replica: Replica) -> str:
    """The owner's cookie: the link that a replica printed, opened through the proxy."""
    [token] = re.findall(r"/owner\?token=\S+", replica.log.read_text("utf-8"))[:1]
    with closing(connected(port)) as connection:
        connection.request("GET", token)
        reply = connection.getresponse()
        return (reply.getheader("Set-Cookie") or "").partition(";")[0]
