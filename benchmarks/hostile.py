"""What strangers send: slow connections, and requests hidden behind bad framing.

Only ever against a server that the caller started itself, on the loopback interface, whose whole
network 127.0.0.0/8 stands for many addresses.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection

ADDRESSES = [f"127.0.0.{number}" for number in range(2, 12)]
"""Ten strangers."""

STEP = 0.5
"""Seconds between two bytes of who drips."""


def connect(port: int, source: str = "127.0.0.1", timeout: float = 10) -> socket.socket:
    """A connection from an address; where there is but one (macOS), from that."""
    try:
        return socket.create_connection(("127.0.0.1", port), timeout, (source, 0))
    except OSError:
        return socket.create_connection(("127.0.0.1", port), timeout)


def head(target: str, *fields: str, method: str = "GET") -> bytes:
    """A request's header for this server, without the blank line after it."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *fields]
    return "\r\n".join(lines).encode() + b"\r\n"


@dataclass
class Slow:
    """Connections that send `opening`, then a byte of `drip` now and then, and read nothing."""

    port: int
    count: int
    opening: bytes = b""
    drip: bytes = b""
    held: list[socket.socket] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Slow":
        for number in range(self.count):
            with suppress(OSError):
                made = connect(self.port, ADDRESSES[number % len(ADDRESSES)])
                self.held.append(made)
                made.sendall(self.opening)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def _run(self) -> None:
        while self.drip and not self.closed.wait(STEP):
            for made in self.held:
                with suppress(OSError):
                    made.send(self.drip)

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self._thread.join()
        for made in self.held:
            made.close()


@dataclass
class Honest:
    """A client with a new connection for each request, in a thread of its own."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Honest":
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self.closed.wait(0.02):
            self.ask()

    def ask(self) -> None:
        """One request, timed."""
        begun = time.perf_counter()
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
                body = f'"영화 {len(self.times)} 재미있어요"'.encode()
                headers = {"Content-Type": "application/json", **self.headers}
                connection.request("POST", "/api", body, headers)
                reply = connection.getresponse()
                reply.read()
                if reply.status != 200:
                    self.failures.append(str(reply.status))
        except OSError as error:
            self.failures.append(repr(error))
        self.times.append(time.perf_counter() - begun)

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        self._thread.join()

    @property
    def slowest(self) -> float:
        """The time within which 99 of 100 requests were answered, in seconds."""
        return sorted(self.times)[int(0.99 * (len(self.times) - 1))]


LENGTHS = (
    *("+0", "0_0", "-0", "-1", "0x0", "0,0", "0, 0", "0;0", "00 ", "٠", "0\x00", "", " ", "0 0"),
    *("1e0", "0.0", "9" * 30, "9" * 5000, "0\t1", "\x0b0", "０"),
)
"""Values of ``Content-Length`` that are none; some read them as 0."""

CODINGS = (
    *("chunked, chunked", "identity", "chunked, identity", "xchunked", "chunked\x0b", '"chunked"'),
    *("chunked;q=1", "gzip, chunked", ",chunked", "\x00chunked"),
)
"""Values of ``Transfer-Encoding`` that are not understood everywhere, or nowhere."""

BODIES = (
    *(b"0_0\r\n\r\n", b"+0\r\n\r\n", b"-0\r\n\r\n", b"0x0\r\n\r\n", b"0\n\r\n", b"\r\n0\r\n\r\n"),
    *(
        b"1\r\nab\r\n0\r\n\r\n",
        b"000000000\r\n\r\n",
        b"0 0\r\n\r\n",
        b"0;\x00\r\n\r\n",
        b"g\r\n\r\n",
    ),
)
"""Chunked bodies that are none."""


def framings(method: str) -> Iterator[bytes]:
    """Requests whose end is told in a way that some read otherwise; a hidden one follows each."""

    def framed(*fields: str, body: bytes = b"0\r\n\r\n") -> bytes:
        return head("/api", *fields, method=method) + b"\r\n" + body

    for value in LENGTHS:
        yield framed(f"Content-Length: {value}", body=b"")
    for value in CODINGS:
        yield framed(f"Transfer-Encoding: {value}")
    for body in BODIES:
        yield framed("Transfer-Encoding: chunked", body=body)
    both = ("Content-Length: 5", "Transfer-Encoding: chunked")
    yield framed(*both)
    yield framed(*reversed(both))
    yield framed("Content-Length: 0", "Content-Length: 5", body=b"")
    yield framed("Content-Length: 0", "Content-Length: 0", body=b"")
    yield framed("Transfer-Encoding:", " chunked")
    yield framed("Transfer-Encoding : chunked")
    yield framed("Content_Length: 5", body=b"")
    yield framed("X: y\nContent-Length: 0", body=b"")
    yield framed("Transfer-Encoding: chunked", body=b"0\r\n")  # the hidden one as its trailer
    for version in (b"HTTP/1.0", b"HTTP/1.9"):
        yield framed("Transfer-Encoding: chunked").replace(b"HTTP/1.1", version)


HIDDEN = ("/metrics", "/feedback", "/files", "/readyz")
"""What only the owner may see, and what everybody may."""


def hidden() -> Iterator[bytes]:
    """Every framing with every hidden request behind it."""
    for method in ("POST", "GET"):
        for framing in framings(method):
            for target in HIDDEN:
                yield framing + head(target) + b"\r\n"


def answers(port: int, request: bytes, patience: float = 3) -> tuple[bytes, bool]:
    """All that is answered to `request`, and whether the connection was closed then."""
    with closing(connect(port, timeout=patience)) as made:
        found = b""
        try:
            made.sendall(request)
            while piece := made.recv(65536):
                found += piece
        except TimeoutError:
            return found, False
        except OSError:
            pass
        return found, True
