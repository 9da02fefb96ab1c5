"""Requests that are broken at random, but the same in every run.

For longer, by hand: ``SENTIMENT_FUZZ_REQUESTS=5000 SENTIMENT_FUZZ_SEED=7 pytest
tests/serving/test_fuzz.py``.
"""

import os
import random
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.hostile import answers, head
from sentiment.serving.engine import Engine
from sentiment.serving.server import Server
from sentiment.settings import Settings
from sentiment.storage import retention
from tests.kit.app import create_app
from tests.kit.small import small_classifier

REQUESTS = int(os.environ.get("SENTIMENT_FUZZ_REQUESTS", "200"))
SEED = int(os.environ.get("SENTIMENT_FUZZ_SEED", "15"))

JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntext\ngood\n'
UPLOAD = PART + b"--x--\r\n"

SEEDS = (
    head("/") + b"\r\n",
    head("/?sentence=%EC%A2%8B%EC%95%84%EC%9A%94&lang=en", "Accept-Language: ko") + b"\r\n",
    head("/compare?a=x&b=y") + b"\r\n",
    head("/static/style.css", "Range: bytes=0-99", "If-None-Match: x") + b"\r\n",
    head("/api", JSON, "Content-Length: 6", method="POST") + b'\r\n"good"',
    head("/api", JSON, CHUNKED, method="POST") + b'\r\n3\r\n"go\r\n3;x=y\r\nod"\r\n0\r\n\r\n',
    head("/api/v1/predict", JSON, "Content-Length: 21", method="POST")
    + b'\r\n{"sentences": ["ab"]}',
    head(
        "/files",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {len(UPLOAD)}",
        method="POST",
    )
    + b"\r\n"
    + UPLOAD,
    head("/files/" + "x" * 32 + "/result.csv", "Cookie: files=x; lang=ko") + b"\r\n",
    head("/openapi.json", "Expect: 100-continue", method="OPTIONS") + b"\r\n",
)
"""Well-formed requests, to be broken."""

PIECES = (
    *(b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"\t", b"%", b"%ff", b"\xff", b"..", b"/", b"?"),
    *(b"-1", b"+0", b"9" * 30, b"0x1", b"chunked", b"Content-Length: 5\r\n", b"Host: evil\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"\r\n\r\n", b"HTTP/1.1", b"--x--", b"A" * 70_000),
)
"""What is put in."""


def broken(chance: random.Random) -> bytes:
    """A request with up to five faults: cut, doubled, flipped, or with something put in."""
    request = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(request) + 1)
        end = min(len(request), at + chance.randint(1, 20))
        match chance.randrange(4):
            case 0:
                del request[at:end]
            case 1:
                request[at:at] = request[at:end]
            case 2 if at < len(request):
                request[at] ^= 1 << chance.randrange(8)
            case _:
                request[at:at] = chance.choice(PIECES)
    return bytes(request)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A running page's port and data."""
    with closing(Engine(small_classifier())) as engine:
        app = create_app(engine, Settings(data=tmp_path))
        server = Server("127.0.0.1", 0, signals=False)
        thread = threading.Thread(target=server.serve, args=(app,))
        thread.start()
        yield server.port, tmp_path
        server.close()
        thread.join()


@pytest.mark.slow
def test_broken_requests_break_nothing(
    page: tuple[int, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """Each has one answer at most, none of them of a fault of ours, and the page goes on."""
    port, data = page
    chance = random.Random(SEED)
    for count in range(REQUESTS):
        request = broken(chance)
        answer, _ = answers(port, request, patience=0.2)
        found = re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)
        final = [status for status in found if status != b"100"]
        assert len(final) <= 1, (SEED, count, request)
        assert not final or final[0] < b"500" or final[0] == b"505", (SEED, count, request, answer)
        assert b"Traceback" not in answer
    assert b"200" in answers(port, head("/healthz", "Connection: close") + b"\r\n", 10)[0]
    assert not [each for each in caplog.records if each.exc_info], caplog.text
    jobs = {each.name for each in retention.uploads(data).glob("*")}
    assert all((retention.source(data, job)).is_file() for job in jobs)
