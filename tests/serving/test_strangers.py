"""What strangers may send to the running server, and what becomes of honest clients meanwhile."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import send_file

from benchmarks.hostile import Honest, Slow, answers, connect, head, hidden
from sentiment.serving import connections, listener
from sentiment.serving.addresses import neighbourhood
from sentiment.serving.bodies import Upload
from sentiment.serving.engine import Engine
from sentiment.serving.server import Server
from sentiment.settings import Settings
from sentiment.storage import retention
from sentiment.web.app import MAX_BODY
from tests.kit.app import create_app
from tests.kit.serving import SOON, serving
from tests.kit.small import small_classifier

JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=x"
TYPE = FORM.partition(": ")[2]
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uploads lie."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    """A page that only this computer can reach, so that everybody is its owner."""
    with closing(Engine(small_classifier())) as engine:
        app = create_app(engine, Settings(data=data))
        (data / "large").write_bytes(bytes(30_000_000))
        app.add_url_rule("/large", "large", lambda: send_file(data / "large"))
        with serving(app) as server:
            yield server


@pytest.fixture(scope="module")
def port(server: Server) -> int:
    """Its port."""
    return server.port


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of a well-formed request."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=SOON)) as connection:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        reply = connection.getresponse()
        return reply.status, reply.read()


def statuses(answer: bytes) -> list[int]:
    """The status of every answer in a stream of them."""
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


LOGIN = head("/login", "Content-Length: 60000", method="POST") + b"\r\npassword="
API = head("/api", "Content-Type: application/json", "Content-Length: 200000", method="POST")
UPLOAD = head("/files", FORM, "Content-Length: 1000000", method="POST") + b"\r\n" + PART

SLOW = {
    "idle": (b"", b""),
    "headers": (b"GET / HTTP/1.1\r\nX: ", b"x"),
    "login": (LOGIN, b"x"),
    "api": (API + b'\r\n"', b"x"),
    "uploads": (UPLOAD, b"x"),
    "never read": (head("/large") + b"\r\n", b""),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_connections_keep_nobody_out(port: int, data: Path, kind: str) -> None:
    """Far more of them than there are threads; honest clients are answered, each of them."""
    opening, drip = SLOW[kind]
    count = 50 if kind == "never read" else 200
    with Slow(port, count, opening, drip), Honest(port) as honest:
        until(lambda: len(honest.times) >= 10)
    assert honest.failures == []
    until(lambda: not any(retention.uploads(data).glob("*")))  # or the next test sees it go


def test_a_hidden_request_is_never_answered(port: int) -> None:
    """One answer, 400 wherever the framing is malformed, and the connection closes."""
    for request in hidden():
        answer, closed = answers(port, request, SOON)
        assert closed, request
        assert len(statuses(answer)) == 1, request
        assert statuses(answer) == [400] or b"Content_Length" not in request, request
        assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX\x00Y: z\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(port: int, request_: bytes) -> None:
    """Kindly, once, and without a traceback."""
    answer, closed = answers(port, request_, SOON)
    assert closed
    assert statuses(answer) == [400]
    assert b"Traceback" not in answer


def test_nothing_after_an_answer_is_read(port: int) -> None:
    """Requests sent without waiting for the answer are dropped; browsers send none."""
    answer, closed = answers(port, (head("/healthz") + b"\r\n") * 5, SOON)
    assert statuses(answer) == [200]
    assert closed


def test_connections_are_kept_for_the_next_request(port: int) -> None:
    """As browsers like it; blank lines between requests mean nothing."""
    with closing(connect(port)) as made:
        for _ in range(3):
            made.sendall(b"\r\n\r\n" + head("/healthz") + b"\r\n")
            assert b"200 OK" in made.recv(65536)


def test_chunked_bodies_are_taken(port: int) -> None:
    """In whatever pieces they come."""
    body = b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (b'"good', b' movie"'))
    fields = (JSON, "Transfer-Encoding: chunked")
    request = head("/api", *fields, method="POST")
    with closing(connect(port)) as made:
        for byte in request + b"\r\n" + body + b"0\r\n\r\n":
            made.sendall(bytes([byte]))
        assert b'"sentence":"good movie"' in made.recv(65536)


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(("path", "status"), [("/nope", 404), ("/api", 413), ("/healthz", 405)])
def test_bodies_are_bounded_before_they_are_read(
    port: int, data: Path, path: str, status: int, chunked: bool
) -> None:
    """By path; the sender reads the answer though it sends on, and nothing lands on the disk."""
    size = 30_000_000
    body = iter([bytes(100_000)] * (size // 100_000))
    length = {} if chunked else {"Content_Length": str(size)}
    before = set(data.rglob("*"))
    found, _ = ask(port, "POST", path, body, Content_Type="application/json", **length)
    assert found == status
    assert set(data.rglob("*")) == before


def test_no_body_is_asked_for_that_is_not_taken(port: int) -> None:
    """A client that waits to be told so gets the answer instead; one that may go on is told."""
    for size, told in ((MAX_BODY + 1, b"HTTP/1.1 413"), (MAX_BODY, b"HTTP/1.1 100")):
        fields = (f"Content-Length: {size}", JSON, "Expect: 100-continue")
        with closing(connect(port)) as made:
            made.sendall(head("/api", *fields, method="POST") + b"\r\n")
            assert made.recv(65536).startswith(told)


def test_an_upload_is_written_once_and_where_it_stays(port: int, data: Path) -> None:
    """While it comes it grows in its place; nothing of it lies anywhere else."""
    rows = b"text\n" + b"good movie\n" * 50_000
    body = PART + rows + b"\r\n--x--\r\n"
    with closing(connect(port)) as made:
        made.sendall(head("/files", FORM, f"Content-Length: {len(body)}", method="POST") + b"\r\n")
        made.sendall(body[:-100])
        until(lambda: any(len(rows) - 70_000 < each.stat().st_size for each in inputs(data)))
        made.sendall(body[-100:])
        assert statuses(made.recv(65536)) == [303]
    [path] = inputs(data)
    assert path.read_bytes() == rows
    ask(port, "POST", f"/files/{path.parent.name}/remove")
    assert inputs(data) == []


def test_a_part_of_a_result_can_be_had(server: Server, port: int) -> None:
    """One part, of the very file that its reader has begun; the rest of it is sent nowhere."""
    rows = b"text\n" + b"good movie\n" * 5_000
    with closing(HTTPConnection("127.0.0.1", port, timeout=SOON)) as connection:
        connection.request("POST", "/files", PART + rows + b"\r\n--x--\r\n", {"Content-Type": TYPE})
        reply = connection.getresponse()
        reply.read()
        address = reply.getheader("Location") or ""
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    ask(port, "POST", f"{address}/start", "text=text", **form)
    server._listener.application.extensions["worker"].work()
    path = f"{address}/result.csv"
    _, whole = ask(port, "GET", path)
    parts = {"bytes=0-9": whole[:10], "bytes=100-": whole[100:], "bytes=-7": whole[-7:]}
    for asked, part in parts.items():
        assert ask(port, "GET", path, Range=asked) == (206, part)
    assert ask(port, "GET", path, Range="bytes=0-9", If_Range='"another"') == (200, whole)
    for asked in (f"bytes={len(whole)}-", "bytes=0-1,4-5", "bytes=" + "0-1," * 1000 + "0-1"):
        assert ask(port, "GET", path, Range=asked)[0] == 416
    ask(port, "POST", f"{address}/remove")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (PART + bytes(70_000), "고르지 않았어요"),
        (bytes(70_000), "고르지 않았어요"),
        ((PART + b"text\n" * 20_000 + b"\r\n") * 2 + b"--x--\r\n", "하나씩"),
        (PART + b"\0" * 70_000 + b"\r\n--x--\r\n", "글자"),
    ],
    ids=["cut off", "no form", "two files", "no text"],
)
def test_an_upload_that_is_refused_leaves_nothing(
    port: int, data: Path, body: bytes, said: str
) -> None:
    """Whatever is wrong with the form or the file."""
    status, page = ask(port, "POST", "/files", body, Content_Type=FORM.partition(": ")[2])
    assert status == 400
    assert 'id="problem"' in page.decode()
    assert inputs(data) == []


def test_an_upload_that_breaks_off_leaves_nothing(port: int, data: Path) -> None:
    """Its sender is gone."""
    with closing(connect(port)) as made:
        made.sendall(UPLOAD + b"x" * 100_000)
        until(lambda: inputs(data) != [])
    until(lambda: inputs(data) == [])


def test_cleaning_up_keeps_nobody_waiting(
    port: int, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the disk takes for what 200 uploads that end at once have left."""
    going, close = threading.Event(), Upload.close

    def slowly(upload: Upload) -> None:
        going.wait(SOON)
        close(upload)

    monkeypatch.setattr(Upload, "close", slowly)
    with closing(connect(port)) as made:
        made.sendall(UPLOAD + b"x" * 100_000)
        until(lambda: inputs(data) != [])
    until(lambda: ask(port, "GET", "/healthz")[0] == 200)
    assert inputs(data) != []
    going.set()
    until(lambda: inputs(data) == [])


def inputs(data: Path) -> list[Path]:
    """The files that were uploaded."""
    try:
        return list(retention.uploads(data).glob("*/*"))
    except FileNotFoundError:  # a folder went while this looked into it
        return inputs(data)


def until(condition: Any) -> None:
    """Wait for what must come soon."""
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_is_slow_is_cut_off(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a deadline for the whole of it: sending a byte now and then does not extend it."""
    monkeypatch.setattr(connections, "HEADER", 0.5)
    monkeypatch.setattr(connections, "PATIENCE", 0.5)
    with ExitStack() as stack:
        for opening, drip in SLOW.values():
            stack.enter_context(Slow(server.port, 1, opening, drip))
        until(lambda: bool(server._listener.active_channels))
        until(lambda: not server._listener.active_channels)


def test_at_the_limit_of_an_address_its_slowest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not the newest, who may be another visitor of the same tunnel."""
    monkeypatch.setattr(listener, "MOST_OF_ONE", 5)
    monkeypatch.setattr(connections, "HEADER", 10 * SOON)  # no deadline cuts anybody off
    with (
        closing(Engine(small_classifier())) as engine,
        serving(create_app(engine)) as server,
        ExitStack() as stack,
    ):
        made = [stack.enter_context(closing(connect(server.port))) for _ in range(6)]
        made[0].sendall(head("/healthz")[:10])
        newest = made[-1]
        newest.sendall(head("/healthz") + b"\r\n")
        assert b"200 OK" in newest.recv(65536)
        made[0].settimeout(SOON)
        assert gone(made[0])


def gone(made: socket.socket) -> bool:
    """Whether the other side has closed a connection."""
    try:
        return made.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_home_is_one_sender(address: str, counted: str) -> None:
    """Its owner has 2**64 addresses."""
    assert neighbourhood(address) == counted


def test_the_end_loses_nothing_that_was_accepted() -> None:
    """Requests under way are answered, slow connections are not waited for."""
    going, begun = threading.Event(), threading.Event()

    def slowly() -> str:
        begun.set()
        assert going.wait(SOON)
        return "done"

    with closing(Engine(small_classifier())) as engine:
        app = create_app(engine)
        app.add_url_rule("/slowly", "slowly", slowly)
        server = Server("127.0.0.1", 0, signals=False)
        serving = threading.Thread(target=server.serve, args=(app,))
        serving.start()
        slow = Slow(server.port, 100, *SLOW["headers"])
        with slow, closing(connect(server.port)) as made:
            made.sendall(head("/slowly") + b"\r\n")
            assert begun.wait(SOON)
            late = connect(server.port)
            late.sendall(head("/healthz") + b"\r\n")
            server.stop()
            with closing(late):
                assert b"200 OK" in late.recv(65536)
            going.set()
            assert made.recv(65536).endswith(b"done")
            serving.join(SOON)
        assert not serving.is_alive()
        server.close()
        with pytest.raises(ConnectionError):
            connect(server.port).recv(1)
