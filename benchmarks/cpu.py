"""Processor time of a ``POST /api`` of one server as a ratio to another's.

    python -m benchmarks.cpu ../before .                # two checkouts, for this computer alone
    python -m benchmarks.cpu --shared . .               # the first alone, the second shared

Both run side by side and are asked in turns, so that whatever else the machine does falls on both;
what is counted is the processor time of their processes. The sentences are remembered after the
first round, so that the model's share is left out.
"""

import argparse
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psutil

from benchmarks.strangers import Page, running

SENTENCES = [f'"영화 {number} 재미있어요"'.encode() for number in range(50)]


def seconds(page: Page, requests: int) -> float:
    """Processor time of so many requests over one connection, for each."""
    process = psutil.Process(page.process.pid)
    headers = {"Content-Type": "application/json", **page.owner}
    before = process.cpu_times()
    with closing(HTTPConnection("127.0.0.1", page.port, timeout=60)) as connection:
        for number in range(requests):
            connection.request("POST", "/api", SENTENCES[number % len(SENTENCES)], headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                raise RuntimeError(reply.status)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / requests


def main() -> None:
    """Ask in turns, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--shared", action="store_true", help="share the second, with its log")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=500)
    options = parser.parse_args()
    with ExitStack() as stack:
        pages = [
            stack.enter_context(running(options.before, shared=False)),
            stack.enter_context(running(options.after, shared=options.shared)),
        ]
        for page in pages:
            seconds(page, options.requests)
        rounds = [
            [seconds(page, options.requests) for page in pages] for _ in range(options.rounds)
        ]
    first, second = (1e6 * median(times) for times in zip(*rounds, strict=True))
    ratios = sorted(after / before for before, after in rounds)
    print(f"{first:.0f} µs, {second:.0f} µs a request; ratio {median(ratios):.3f}", end=" ")
    print(
        f"({ratios[len(ratios) // 4]:.3f} to {ratios[-len(ratios) // 4]:.3f} in half of the rounds)"
    )


if __name__ == "__main__":
    main()
