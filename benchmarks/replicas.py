"""Two replicas behind HAProxy while they are ended and killed: what clients see, and the rows.

    python -m benchmarks.replicas                      # five minutes
    python -m benchmarks.replicas --rounds 20 --rows 100000

Starts PostgreSQL, Redis, HAProxy with deploy/haproxy.cfg and the replicas as plain processes, asks
through HAProxy all the while, judges one file after the other, ends replicas in turn with SIGTERM
and with SIGKILL, and prints a Markdown table. The results of all files must be the same bytes.
"""

import argparse
import hashlib
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from tests.kit.replicas import PASSWORD, Cluster, cluster, connected

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOUNDARY = "----replicas"
FILE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
CALM, GRACEFUL, KILLED = "nothing ended", "SIGTERM", "SIGKILL"

SETTLED = 2.0
"""Seconds after a replica is ready again until failures are its end's no more."""


@dataclass
class Soak:
    """What became of the requests, by what was done to the replicas meanwhile.

    `results` are digests of the results of files, `wrong` what was not as it has to be.
    """

    cluster: Cluster
    rows: int
    during: str = CALM
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    uploads: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: bytes | Iterable[bytes],
        **headers: str,
    ) -> tuple[int, bytes, str]:
        """Status, body, and where it leads or the cookie that comes with it; 0 for an error."""
        before, begun = self.during, time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text, status = reply.read(), reply.status
            cookies = [each.partition(";")[0] for each in reply.headers.get_all("Set-Cookie", [])]
            more = "; ".join(cookies) or reply.getheader("Location") or ""
            cause = f"{method} {path.partition('?')[0][:7]} {status}"
        except (OSError, HTTPException) as error:
            connection.close()
            text, status, more = b"", 0, ""
            cause = f"{method} {path.partition('?')[0][:7]} {type(error).__name__}"
        during = before if before != CALM else self.during
        with self._lock:
            if status in (0, 401, 429) or status >= 500:
                self.failed[during] += 1
                self.causes[f"{cause} ({during})"] += 1
            else:
                self.answered[during] += 1
                self.times.setdefault(during, []).append(time.perf_counter() - begun)
        return status, text, more

    def asking(self, number: int) -> None:
        """Log in, then ask over one connection that is kept, as browsers do."""
        with closing(connected(self.cluster.port)) as connection:
            cookie = ""
            for count in range(1_000_000_000):
                if self.over.wait(0.02):
                    return
                if not cookie:
                    form = urlencode({"password": PASSWORD}).encode()
                    status, _, cookie = self.ask(connection, "POST", "/login", form, **FORM)
                    cookie = cookie if status == 303 else ""
                    continue
                body = json.dumps(f"정말 재미있어요 {number} {count}").encode()
                told = {"Cookie": cookie, "Content-Type": "application/json"}
                status, text, _ = self.ask(connection, "POST", "/api", body, **told)
                if status == 200 and f"{number} {count}" not in json.loads(text)["sentence"]:
                    self.wrong.append("an answer to another question")
                if status == 401:
                    self.wrong.append("a login was forgotten")
                    cookie = ""

    def judging(self) -> None:
        """Have one file after the other judged, as the owner does."""
        lines = "\n".join(f"{row} 배우 연기가 좋았어요 {row % 97}" for row in range(self.rows))
        while not self.over.is_set():
            with closing(connected(self.cluster.port)) as connection:
                if result := self._judged(connection, f"text\n{lines}\n".encode()):
                    rows = result.decode("utf-8-sig").splitlines()[1:]
                    if [row.partition(" ")[0] for row in rows] != [*map(str, range(self.rows))]:
                        self.wrong.append("rows were lost, doubled or moved")
                    self.results.append(hashlib.sha256(result).hexdigest())

    def _judged(self, connection: HTTPConnection, table: bytes) -> bytes:
        """The result of a file; nothing where it could not be sent."""

        def until(good: Callable[[int], bool], *asked: object, **headers: str) -> tuple[bytes, str]:
            while True:  # a person tries again
                status, text, more = self.ask(connection, *asked, **headers)  # type: ignore[arg-type]
                if good(status):
                    return text, more
                time.sleep(0.2)

        owner = self.cluster.owner
        status, _, job = self.ask(connection, "POST", "/files", form_of(table), **FILE, **owner)
        if status != 303:
            return b""
        until((303).__eq__, "POST", f"{job}/start", b"text=text", **FORM, **owner)
        while True:
            status, text, _ = self.ask(connection, "GET", f"{job}/result.csv", b"", **owner)
            if status == 200:
                until((303).__eq__, "POST", f"{job}/remove", b"", **FORM, **owner)
                return text
            time.sleep(0.3)

    def uploading(self) -> None:
        """Send small files slowly, so that one is always on its way when a replica ends."""
        form = form_of(b"text\n" + "배우 연기가 좋았어요\n".encode() * 2000)
        size, owner = str(len(form)), self.cluster.owner

        def slowly() -> Iterator[bytes]:
            for start in range(0, len(form), 4000):
                yield form[start : start + 4000]
                time.sleep(0.15)

        while not self.over.is_set():
            with closing(connected(self.cluster.port)) as connection:
                headers = {**FILE, **owner, "Content-Length": size}
                status, _, job = self.ask(connection, "POST", "/files", slowly(), **headers)
                if status == 303:
                    self.uploads += 1
                    self.ask(connection, "POST", f"{job}/remove", b"", **FORM, **owner)

    def restart(self, number: int, sign: signal.Signals) -> None:
        """End a replica, start it again, and wait until that is over."""
        replica = self.cluster.replicas[number % len(self.cluster.replicas)]
        self.during = GRACEFUL if sign == signal.SIGTERM else KILLED
        status = replica.end(sign)
        if status != (0 if sign == signal.SIGTERM else -sign):
            self.wrong.append(f"a replica ended with {status}")
        replica.start()
        time.sleep(SETTLED)
        self.during = CALM

    def burst(self, tries: int = 16) -> Counter[int]:
        """The statuses of so many wrong passwords at the same moment; five are looked at."""

        def attempt(_: int) -> int:
            with closing(connected(self.cluster.port)) as connection:
                form = urlencode({"password": "wrong"}).encode()
                connection.request("POST", "/login", form, FORM)
                return connection.getresponse().status

        with ThreadPoolExecutor(tries) as pool:
            return Counter(pool.map(attempt, range(tries)))


def form_of(table: bytes) -> bytes:
    """A form with a file in it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"'
    return head.encode() + b"\r\n\r\n" + table + f"\r\n--{BOUNDARY}--\r\n".encode()


def soak(
    rounds: int, rows: int, clients: int, calm: float, files: int = 1
) -> tuple[Soak, Counter[int]]:
    """Run everything; each round ends one replica gently and then the other one not."""
    with cluster(SENTIMENT_VISITOR_RATE="1000000") as running:
        made = Soak(running, rows)
        with ThreadPoolExecutor(clients + 2) as pool:
            work = [pool.submit(made.asking, number) for number in range(clients)]
            work += [pool.submit(made.judging), pool.submit(made.uploading)]
            try:
                for number in range(rounds):
                    time.sleep(calm)
                    made.restart(number, signal.SIGTERM)
                    time.sleep(calm)
                    made.restart(number + 1, signal.SIGKILL)
                while len(made.results) < files and not any(each.done() for each in work):
                    time.sleep(0.1)
            finally:
                made.over.set()
            for each in work:
                each.result()
        return made, made.burst()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--calm", type=float, default=5.0, help="seconds between two ends")
    args = parser.parse_args()
    made, burst = soak(args.rounds, args.rows, args.clients, args.calm)
    print("| meanwhile | answered | failed | p50, ms | p99, ms |")
    print("|---|---:|---:|---:|---:|")
    for during in (CALM, GRACEFUL, KILLED):
        times = sorted(made.times.get(during, [0.0]))
        places = (times[len(times) // 2], times[int(len(times) * 0.99)])
        shown = " | ".join(f"{1000 * each:.0f}" for each in places)
        print(f"| {during} | {made.answered[during]:,} | {made.failed[during]} | {shown} |")
    print(f"\nfiles of {args.rows:,} rows: {len(made.results)}, of {len(set(made.results))} kind")
    print(f"uploads of some seconds each: {made.uploads}")
    print(f"16 wrong passwords at once: {dict(burst)}")
    print(f"failed: {dict(made.causes)}\nwrong: {dict(Counter(made.wrong))}")


if __name__ == "__main__":
    main()
