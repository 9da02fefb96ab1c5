"""`python app.py` as a real process: started, asked, and ended."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest

from sentiment.settings import ROOT, SHIPPED_MODEL

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running page on a free port, with the options of the test, and its address."""
    command = [sys.executable, "-X", "utf8", "app.py", "--port", "0", "--model", str(SHIPPED_MODEL)]
    command += getattr(request, "param", [])
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        try:
            yield process, ready(process.stdout)
        finally:
            process.kill()


def ready(stdout: IO[str]) -> str:
    """The address that the process prints when it answers."""
    for line in stdout:
        if match := re.search(r"http://\S+", line):
            return match[0]
    raise AssertionError("the process ended before it was ready")


def test_the_page_answers_over_http(server: tuple[subprocess.Popen[str], str]) -> None:
    """The form, a judged sentence and the book's API, from a real server."""
    _, address = server
    with urllib.request.urlopen(address) as reply:
        assert "<form" in reply.read().decode()
        assert "Werkzeug" not in reply.headers["Server"]
    with urllib.request.urlopen(address, data="sentence=재미있어요".encode()) as reply:
        assert "재미있어요" in reply.read().decode()
    request = urllib.request.Request(
        f"{address}/api",
        json.dumps("재미있어요").encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)["sentence"] == "재미있어요"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(
    server: tuple[subprocess.Popen[str], str], sign: signal.Signals
) -> None:
    """Exit code 0, and the last line says that it ended."""
    process, _ = server
    process.send_signal(sign)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopped" in output


@pytest.mark.parametrize("server", [["--drain", "60"]], indirect=True)
def test_it_leaves_without_an_error(server: tuple[subprocess.Popen[str], str]) -> None:
    """Readiness goes first; a proxy that looks is told so, and whoever comes meanwhile answered."""
    process, address = server
    place = urlsplit(address).netloc

    def asked(path: str) -> int:
        with closing(http.client.HTTPConnection(place)) as connection:
            connection.request("GET", path)
            reply = connection.getresponse()
            reply.read()
            return reply.status

    assert asked("/readyz") == 200
    process.send_signal(signal.SIGTERM)
    while asked("/readyz") != 503:
        pass
    assert asked("/?sentence=1") == 200
    process.send_signal(signal.SIGTERM)  # a second one ends it now
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopped" in output


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads a peak from /proc")
def test_a_body_that_nobody_reads_takes_no_memory(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    """It is dropped in pieces, and its sender gets the answer."""
    process, address = server
    status = Path(f"/proc/{process.pid}/status")

    def peak() -> int:
        [kilobytes] = re.findall(r"VmHWM:\s+(\d+)", status.read_text("ascii"))
        return int(kilobytes) * 1024

    before, size = peak(), 100_000_000
    with closing(http.client.HTTPConnection(urlsplit(address).netloc)) as connection:
        body = iter([bytes(1_000_000)] * 100)
        connection.request("POST", "/nowhere", body, {"Content-Length": str(size)})
        assert connection.getresponse().status == 404
    assert peak() < before + size / 2


def test_a_shared_page_prints_its_owners_link() -> None:
    """It works over http, once; whoever comes without it is asked for the password."""
    environ = {**os.environ, "SENTIMENT_SHARE_PASSWORD": "word"}
    environ.pop("NGROK_AUTHTOKEN", None)
    options = ["--port", "0", "--share=ngrok", "--no-open", "--model", str(SHIPPED_MODEL)]
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "app.py", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environ,
    ) as process:
        assert process.stdout
        try:
            links = (re.search(r"http://\S+/owner\?\S+", line) for line in process.stdout)
            link = next(found[0] for found in links if found)
            with closing(http.client.HTTPConnection(urlsplit(link).netloc)) as connection:
                for cookie, status in (("", 401), (opened(connection, link), 200)):
                    connection.request("GET", "/metrics", headers={"Cookie": cookie})
                    reply = connection.getresponse()
                    reply.read()
                    assert reply.status == status
        finally:
            process.kill()


def opened(connection: http.client.HTTPConnection, link: str) -> str:
    """The cookie that a link is exchanged for."""
    parts = urlsplit(link)
    connection.request("GET", f"{parts.path}?{parts.query}")
    reply = connection.getresponse()
    reply.read()
    return (reply.getheader("Set-Cookie") or "").partition(";")[0]
