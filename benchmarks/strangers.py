"""How the page holds out against strangers, each attack against the real server.

    python -m benchmarks.strangers                  # all of them, 20 s each
    python -m benchmarks.strangers --app ../other   # another checkout, to compare with
    python -m benchmarks.strangers --soak 1800      # all mixed for half an hour; see soak.tsv

Starts ``app.py`` as a process of its own, shared behind a password without a tunnel, attacks it
over the loopback interface from ten addresses, and prints a Markdown table: what an honest client
with a new connection for each request sees meanwhile, and how many of its requests fail.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

import psutil

from benchmarks.bombs import BOMBS
from benchmarks.hostile import Honest, Slow, answers, head, hidden
from benchmarks.soak import soak
from sentiment.serving.listener import raise_limit
from sentiment.settings import ROOT

PASSWORD = "hwxk-4mzt-benchmark"  # noqa: S105 - of a server that lives for seconds
LONG = "Content-Length: 200000"
FORM = "Content-Type: multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntext\n'


@dataclass
class Page:
    """A running page, and the headers that make the owner of it."""

    process: subprocess.Popen[str]
    port: int
    owner: dict[str, str]

    @property
    def memory(self) -> int:
        """Bytes of memory that the process holds."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Status, and the body or where it leads."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, {**self.owner, **headers})
            reply = connection.getresponse()
            text = reply.read().decode(errors="replace")
            return reply.status, reply.getheader("Location") or text


@contextmanager
def running(app: Path, shared: bool = True) -> Iterator[Page]:
    """The page of a checkout, shared without a tunnel, or for this computer alone."""
    with tempfile.TemporaryDirectory() as data:
        environ = dict(os.environ, SENTIMENT_DATA=data)
        environ.pop("NGROK_AUTHTOKEN", None)
        command = [sys.executable, "-X", "utf8", "app.py", "--port", "0", "--no-open"]
        with subprocess.Popen(  # noqa: S603 - ours
            [*command, *(("--share", "--share-password", PASSWORD) if shared else ())],
            cwd=app,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                yield opened(process, shared)
            finally:
                process.kill()


def opened(process: subprocess.Popen[str], shared: bool) -> Page:
    """The page once it answers; its owner by the link that it prints, if it does."""
    port, token = 0, ""
    for line in process.stdout or ():
        if match := re.search(r"http://127\.0\.0\.1:(\d+)(/owner\S+)?", line):
            port, token = int(match[1]), match[2] or token
        if token or "Not shared" in line or (port and not shared):
            break
    page = Page(process, port, {})
    while token:
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", token)
            cookie = connection.getresponse().getheader("Set-Cookie") or ""
            page.owner["Cookie"] = cookie.partition(";")[0]
        break
    return page


def large_result(page: Page) -> str:
    """The path of a result of 18 MB."""
    rows = "".join(f"좋아요 {number},{'x' * 36_000}\n" for number in range(500))
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body += f"text,note\n{rows}".encode() + b"\r\n--x--\r\n"
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    _, job = page.ask("POST", "/files", body, **form)
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    page.ask("POST", f"{job}/start", b"text=text", **typed)
    path = f"{job}/result.csv"
    while page.ask("GET", path)[0] != 200:
        time.sleep(0.5)
    return path


def slow(page: Page) -> dict[str, Slow]:
    """Connections that take their time."""
    post, port = "POST", page.port
    mine = [f"{name}: {value}" for name, value in page.owner.items()]
    form = head("/login", LONG, method=post) + b"\r\npassword="
    api = head("/api", "Content-Type: application/json", LONG, method=post) + b'\r\n"'
    large = f"Content-Length: {10**6}"
    upload = head("/files", FORM, large, *mine, method=post) + b"\r\n" + PART
    result = head(large_result(page), *mine) + b"\r\n"
    static = head("/static/style.css", "Connection: close") + b"\r\n"
    return {
        "250 idle": Slow(port, 250),
        "2,000 idle": Slow(port, 2000),
        "200 drip headers": Slow(port, 200, b"GET / HTTP/1.1\r\nX: ", b"x"),
        "200 drip a body to /login": Slow(port, 200, form, b"x"),
        "200 drip a body to /api": Slow(port, 200, api, b"x"),
        "200 drip an upload": Slow(port, 200, upload, b"x"),
        "50 never read a static file": Slow(port, 50, static),
        "50 never read 18 MB": Slow(port, 50, result),
    }


def held(page: Page, attack: Slow, seconds: float) -> str:
    """What an honest client sees while an attack is held, and right after it."""
    with attack, Honest(page.port, page.owner) as honest:
        time.sleep(seconds)
    with closing(HTTPConnection("127.0.0.1", page.port, timeout=10)) as connection:
        begun = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        after = 1000 * (time.perf_counter() - begun)
    failed = f"{len(honest.failures)} of {len(honest.times)}"
    return f"{1000 * honest.slowest:.0f} | {failed} | {after:.0f}"


def smuggled(page: Page) -> str:
    """How many hidden requests are answered, and how many connections stay open."""
    requests = list(hidden())
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda request: answers(page.port, request), requests))
    seen = sum(answer.count(b"HTTP/1.1 ") + answer.count(b"HTTP/1.0 ") > 1 for answer, _ in found)
    left = sum(not closed for _, closed in found)
    return f"{seen} of {len(found)} answered, {left} left open"


def one_chunk(page: Page) -> str:
    """By how many MB a chunk of a gigabyte to the login raises the memory."""
    before = page.memory
    opening = head("/login", "Transfer-Encoding: chunked", method="POST") + b"\r\n40000000\r\n"
    with Slow(page.port, 1, opening) as attack:
        try:
            for _ in range(1024):
                attack.held[0].sendall(bytes(2**20))
        except OSError:
            pass
        return f"{(page.memory - before) / 1e6:.0f} MB more"


def ended(page: Page) -> str:
    """How long SIGTERM takes amid 250 idle connections, and what becomes of 20 requests."""
    texts = [f"영화 {number} " * 20 for number in range(200)]
    body = json.dumps({"sentences": texts}).encode()
    typed = {"Content-Type": "application/json"}
    with Slow(page.port, 250), ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(page.ask, "POST", "/api/v1/predict", body, **typed) for _ in range(20)]
        time.sleep(0.3)
        begun = time.perf_counter()
        page.process.send_signal(signal.SIGTERM)
        page.process.wait(60)
        seconds = time.perf_counter() - begun
        lost = sum(each.exception() is not None or each.result()[0] != 200 for each in asked)
    return f"{seconds:.1f} s, {lost} of {len(asked)} lost"


def bombs(page: Page, files: Iterator[Path]) -> None:
    """Upload the next file that was made to harm, and remove it should it be taken."""
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    file = next(files)
    start = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
    body = start.encode() + file.read_bytes() + b"\r\n--x--\r\n"
    status, job = page.ask("POST", "/files", body, **form)
    if status == 303:
        page.ask("POST", f"{job}/remove")


def mixed(page: Page, seconds: float, figures: Path) -> str:
    """All of them at once for so long; the verdict."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("unclosed.xlsx", "wide.xlsx", "deep.json")]
        for file in files:
            BOMBS[file.name](file)
        more: list[Callable[[], object]] = [
            partial(smuggled, page),
            partial(one_chunk, page),
            partial(bombs, page, cycle(files)),
        ]
        return soak(page, seconds, list(slow(page).values()), more, figures)


def main() -> None:
    """Attack, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--app", type=Path, default=ROOT)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--soak", type=float, default=0)
    parser.add_argument("--figures", type=Path, default=Path("soak.tsv"), help="of the soak")
    options = parser.parse_args()
    raise_limit()
    say = sys.stdout.write
    with running(options.app) as page:
        if options.soak:
            say(mixed(page, options.soak, options.figures) + "\n")
            return
        say("| attack | p99 of an honest client, ms | failed | afterwards, ms |\n")
        say("|---|---|---|---|\n")
        for name, attack in slow(page).items():
            say(f"| {name} | {held(page, attack, options.seconds)} |\n")
            sys.stdout.flush()
        say(f"\nHidden requests: {smuggled(page)}\n")
        say(f"A chunk of 1 GB to /login: {one_chunk(page)}\n")
        say(f"SIGTERM amid 250 idle: {ended(page)}\n")


if __name__ == "__main__":
    main()
