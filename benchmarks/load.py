"""How many people can ask at once over HTTP, against the book's web service.

    python -m benchmarks.load --data ../shared/data/naver-movie-reviews/dev.tsv.xz \
        --pretrained ../shared/kcbert-base

Starts ``app.py`` and, where ratsnlp is installed, the web service of the book's package (code 11)
around its code 10, each as a process of its own over the same checkpoint: one of kcbert-base's
size with random weights, which cost as much time as real ones, unless ``--model`` names another.
Clients ask one review after the other, each its own, so that nothing is answered from memory.
Prints a Markdown table. The clients take part of the same cores.
"""

import argparse
import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sentiment.model.everyday import everyday
from sentiment.settings import ROOT, SHIPPED_MODEL, Settings
from sentiment.training.recipes.reviews import read_reviews

CLIENTS = 32
PATIENCE = 180
"""Seconds after which a client gives up on an answer."""


@dataclass
class Run:
    """What came of some clients asking for a while."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        """The time in milliseconds within which a share of the answers came."""
        return 1000 * sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


def sentences(data: Path | None) -> Iterator[str]:
    """Sentences without end, none of which comes again before the server has forgotten it."""
    if data is not None:
        return itertools.cycle([text for text in set(read_reviews(data).texts) if text.strip()])
    ours = itertools.cycle(everyday())
    return (f"{number} {text}" for number, text in enumerate(ours))


def ask(connection: http.client.HTTPConnection, path: str, sentence: str) -> int:
    """Send one sentence and read the answer; returns the status."""
    if path == "/":
        body, kind = urlencode({"sentence": sentence}), "application/x-www-form-urlencoded"
    else:
        body, kind = json.dumps(sentence), "application/json"
    connection.request("POST", path, body, {"Content-Type": kind})
    reply = connection.getresponse()
    reply.read()
    return reply.status


def load(address: str, path: str, clients: int, seconds: float, sentences: Iterator[str]) -> Run:
    """Let clients ask, each at once when it is answered, for some seconds."""
    run, lock = Run(), threading.Lock()
    started = time.perf_counter()

    def client() -> None:
        host = urlsplit(address).netloc
        with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as connection:
            while time.perf_counter() - started < seconds:
                with lock:
                    sentence = next(sentences)
                begun = time.perf_counter()
                status = ask(connection, path, sentence)
                took = time.perf_counter() - begun
                with lock:
                    run.times.append(took) if status == 200 else None
                    run.failed += status != 200

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - started
    return run


@contextmanager
def running(command: Sequence[str], cache: Path) -> Iterator[str]:
    """A server as a process of its own; gives the address that it prints."""
    environment = os.environ | {"SENTIMENT_CACHE": str(cache)}
    with subprocess.Popen(  # noqa: S603 - commands of this project
        [sys.executable, "-X", "utf8", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101
            found = (
                re.search(r"http://(localhost|127\.0\.0\.1):\d+", line) for line in process.stdout
            )
            address = next((match[0] for match in found if match), None)
            if address is None:
                sys.exit(f"{' '.join(command)} ended before it answered")
            # What it goes on to print must not fill the pipe.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield address
        finally:
            process.terminate()


def our_server(model: str, pretrained: str) -> list[str]:
    """The command that serves a model as a user would."""
    return ["app.py", "--port=0", "--no-open", f"--model={model}", f"--pretrained={pretrained}"]


def serve_book(model: str, pretrained: str) -> None:
    """The book's code 11: ratsnlp's web service around code 10, started by ``app.run()``."""
    import torch
    from transformers import optimization

    from benchmarks import book
    from sentiment.model.checkpoints.restore import restore
    from sentiment.model.loader import find

    optimization.AdamW = torch.optim.AdamW  # what ratsnlp imports and transformers has dropped
    from ratsnlp.nlpbook.classification import get_web_service_app

    source = find(model, pretrained)
    app = get_web_service_app(book.inference(restore(source).module, source.folder), is_colab=False)
    app.run(port=0)


def has_ratsnlp() -> bool:
    """Whether the book's package can be compared with."""
    from importlib.util import find_spec

    return find_spec("ratsnlp") is not None


def make_checkpoint(pretrained: Path, folder: Path) -> Path:
    """A checkpoint of a config's size with random weights, as Lightning writes it.

    Its last bias makes every answer "positive", or the random answers, all near to a half, would
    not survive the check that int8 gives the same labels.
    """
    import torch
    from transformers import AutoConfig, BertForSequenceClassification

    torch.manual_seed(0)
    model = BertForSequenceClassification(AutoConfig.from_pretrained(pretrained))
    model.classifier.bias.data = torch.tensor([-1.0, 1.0])
    file = folder / "epoch=0-val_loss=0.30.ckpt"
    torch.save({"state_dict": {f"model.{k}": v for k, v in model.state_dict().items()}}, file)
    return file


Row = tuple[str, str, int, Run]


def measure(
    name: str, address: str, paths: Sequence[tuple[str, int]], seconds: float, texts: Iterator[str]
) -> Iterator[Row]:
    """The rows of one server: for each path and number of clients, after a warm-up."""
    load(address, "/api", 2, 2, texts)
    for path, clients in paths:
        row = name, path, clients, load(address, path, clients, seconds, texts)
        print(f"measured: {name}, {path}, {clients}", file=sys.stderr)
        yield row


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Lines of Markdown; ratios are to the first row with as many clients."""
    yield "| server | route | clients | answers a second | ratio | median | p99 | failed |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for name, path, clients, run in rows:
        base = next(other.rate for _, _, count, other in rows if count == clients)
        yield (
            f"| {name} | `POST {path}` | {clients} | {run.rate:,.1f} | {run.rate / base:,.1f}x"
            f" | {1000 * statistics.median(run.times):,.1f} ms | {run.quantile(0.99):,.1f} ms"
            f" | {run.failed} |"
        )


def first_page(cache: Path) -> float:
    """Seconds from the start of ``python app.py`` with the shipped model to its page."""
    started = time.perf_counter()
    with running(our_server(str(SHIPPED_MODEL), Settings.pretrained), cache) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", "/")
            connection.getresponse().read()
        return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="file of reviews")
    parser.add_argument("--model", help="checkpoint to serve instead of random weights")
    parser.add_argument("--pretrained", type=Path, help="folder of its config and vocabulary")
    parser.add_argument("--seconds", type=float, default=20, help="time for each row")
    parser.add_argument("--serve-book", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve_book:
        serve_book(arguments.model, str(arguments.pretrained))
        return
    texts = sentences(arguments.data)
    paths = (("/api", 1), ("/api", CLIENTS))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pretrained = (arguments.pretrained or made_up(folder)).resolve()
        model = arguments.model or str(make_checkpoint(pretrained, folder))
        if has_ratsnlp():
            command = ["-m", "benchmarks.load", "--serve-book", f"--model={model}"]
            with running([*command, f"--pretrained={pretrained}"], folder) as address:
                rows += measure("book", address, paths, arguments.seconds, texts)
        with running(our_server(model, str(pretrained)), folder) as address:
            rows += measure("ours", address, (*paths, ("/", 1)), arguments.seconds, texts)
        if SHIPPED_MODEL.is_dir():
            with running(our_server(str(SHIPPED_MODEL), str(pretrained)), folder) as address:
                rows += measure("shipped", address, (*paths, ("/", 1)), arguments.seconds, texts)
            starts = [first_page(folder) for _ in range(5)]
            print(f"First page of the shipped model: {statistics.median(starts):.2f} s")
    print("\n".join(table(rows)))


def made_up(folder: Path) -> Path:
    """Config and vocabulary of kcbert-base's size, where the real ones are not at hand."""
    from benchmarks import in_process

    return in_process.made_up(folder)


if __name__ == "__main__":
    main()
