"""What a checkpoint of kcbert-base's size is served with, against the book's code 10: one table.

    python -m benchmarks.goals --data ../shared/data/naver-movie-reviews/dev.tsv.xz \
        --pretrained ../shared/kcbert-base

For both precisions: a sentence by ``POST /api``, 2,000 reviews at once, 32 clients, the first
start and a later one. Weights are random, which cost as much time as real ones. Prints Markdown
for docs/figures.md; run it on an idle machine. ``--pretrained`` gives the config and vocabulary;
without it both are made up. ``--reviews`` and ``--seconds`` make it short, to see that it runs.
"""

import argparse
import http.client
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import psutil

from benchmarks import book
from benchmarks.in_process import SENTENCE, a_second, made_up, milliseconds
from benchmarks.load import CLIENTS, PATIENCE, load, make_checkpoint, our_server, running, sentences
from sentiment.model import loader
from sentiment.model.checkpoints.restore import restore
from sentiment.model.inference import Precision

REVIEWS = 2000
SHARE = 20
"""The book judges one of so many reviews: each takes it as long as any other."""

FORMS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True)
class Start:
    """Seconds to the first page, and the most memory of the process until then, in MB."""

    seconds: float
    peak: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.peak:,.0f} MB"


@dataclass(frozen=True)
class Served:
    """What one precision reaches: milliseconds a sentence and p99 of many, reviews a second."""

    first: Start
    later: Start
    sentence: float
    crowd: float
    bulk: float


@contextmanager
def start(command: list[str], cache: Path) -> Iterator[tuple[str, Start]]:
    """A server, once its first page has come: its address, and what that took."""
    begun = time.perf_counter()
    with running(command, cache) as address:
        host = urlsplit(address).netloc
        with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as connection:
            connection.request("GET", "/")
            connection.getresponse().read()
        yield address, Start(time.perf_counter() - begun, peak())


def peak() -> float:
    """The largest resident set of the server so far, in MB of 10^6 bytes; Linux alone tells."""
    [server] = psutil.Process().children()
    try:
        status = Path(f"/proc/{server.pid}/status").read_text("ascii")
    except OSError:
        return float("nan")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def served(
    form: Precision, model: str, pretrained: str, texts: list[str], seconds: float
) -> Served:
    """Measure one precision, whose export is not in the cache yet."""
    cache = Path(os.environ["SENTIMENT_CACHE"])
    command = [*our_server(model, pretrained), f"--precision={form}"]
    with start(command, cache) as (_, first):
        pass
    if hasattr(os, "sync"):  # what is on its way to the disk would take part of the memory's rate
        os.sync()
    with start(command, cache) as (address, later):
        # Answers are cached, so no sentence is asked twice.
        asked = map(f"{SENTENCE} {{}}".format, itertools.count())
        load(address, "/api", 2, seconds / 4, asked)  # warm
        alone = load(address, "/api", 1, seconds, asked)
        crowd = load(address, "/api", CLIENTS, seconds, itertools.cycle(texts))
    classifier = loader.load(model, pretrained, book.MAX_SEQ_LENGTH, precision=form)
    rates = [a_second(classifier.predict_any, texts, len(texts)) for _ in range(3)]
    bulk = statistics.median(rates)
    return Served(first, later, statistics.median(alone.times) * 1000, crowd.quantile(0.99), bulk)


def table(once: float, rate: float, found: dict[Precision, Served], count: int) -> Iterator[str]:
    """Lines of Markdown; `once` and `rate` are the book's."""
    exact, fast = found["exact"], found["fast"]
    yield "| | the book's code 10 | exact | | fast | | goal |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    times = [f"{each.sentence:.1f} ms | {once / each.sentence:.1f}x" for each in (exact, fast)]
    yield f"| a sentence, `POST /api` | {once:.1f} ms | {' | '.join(times)} | 7x, 24x |"
    rates = [f"{each.bulk:,.1f}/s | {each.bulk / rate:.1f}x" for each in (exact, fast)]
    yield f"| {count:,} reviews at once | {rate:,.1f}/s | {' | '.join(rates)} | 8x, 20x |"
    yield (
        f"| {CLIENTS} clients, p99 | | {exact.crowd:,.0f} ms | | {fast.crowd:,.0f} ms |"
        " | under 1 s |"
    )
    yield f"| first start | | {exact.first} | | {fast.first} | | under 20 s, 1.3 GB |"
    yield f"| later starts | | {exact.later} | | {fast.later} | | under 2 s, 700 MB |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="file of reviews")
    parser.add_argument("--pretrained", type=Path, help="folder of config and vocabulary")
    parser.add_argument("--reviews", type=int, default=REVIEWS, help="how many at once")
    parser.add_argument("--seconds", type=float, default=20, help="time of each load")
    arguments = parser.parse_args()
    texts = list(itertools.islice(sentences(arguments.data), arguments.reviews))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["SENTIMENT_CACHE"] = str(folder / "cache")
        pretrained = (arguments.pretrained or made_up(folder)).resolve()
        model = str(make_checkpoint(pretrained, folder))
        found = {}
        for form in FORMS:
            found[form] = served(form, model, str(pretrained), texts, arguments.seconds)
            print(f"measured: {form}", file=sys.stderr)
        module = restore(loader.find(model, str(pretrained))).module
        judge = book.inference(module, pretrained)
        once, some = milliseconds(judge), texts[::SHARE]
        rate = a_second(lambda each: [judge(text) for text in each], some, len(some))
    for line in table(once, rate, found, len(texts)):
        print(line)


if __name__ == "__main__":
    main()
