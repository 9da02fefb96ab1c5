"""Where the time of one request goes, from the client's side down to the operators of the model.

    python -m benchmarks.profile_request --data ../shared/data/naver-movie-reviews/dev.tsv.xz

Starts ``app.py``, asks it one review after the other over one connection, and splits the mean time
by what the server's own ``/metrics`` say of the same requests. Then ONNX Runtime profiles the same
graph on the same reviews. ``--model`` names an exported folder other than the shipped model.
"""

import argparse
import http.client
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import onnxruntime

from benchmarks.load import ask, our_server, running, sentences
from sentiment.model.backends import cores
from sentiment.model.backends.onnx import SMALL, inputs, options, size
from sentiment.model.checkpoints.words import read_tokenizer
from sentiment.model.export.manifest import read_manifest
from sentiment.settings import SHIPPED_MODEL, Settings

REQUESTS, WARM_UP = 1000, 50
STEPS = ("tokenize", "queue", "inference", "total")


def seconds_spent(connection: http.client.HTTPConnection) -> dict[str, float]:
    """The sum of each step's time so far, in seconds, from ``/metrics``."""
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    found = {}
    for step in STEPS:
        match = re.search(rf"^sentiment_{step}_seconds_sum (\S+)$", text, re.MULTILINE)
        found[step] = float(match[1]) if match else 0.0
    return found


def request_rows(address: str, path: str, texts: list[str]) -> Iterator[tuple[str, float]]:
    """What a request takes, and its parts, as pairs of a name and mean milliseconds."""
    with closing(http.client.HTTPConnection(urlsplit(address).netloc)) as connection:
        for text in texts[:WARM_UP]:
            ask(connection, path, text)
        before = seconds_spent(connection)
        started = time.perf_counter()
        for text in texts[WARM_UP:]:
            ask(connection, path, text)
        whole = time.perf_counter() - started
        after = seconds_spent(connection)
    spent = {step: after[step] - before[step] for step in STEPS}
    known = spent["tokenize"] + spent["queue"] + spent["inference"]
    parts = {
        "the whole request": whole,
        "tokenise": spent["tokenize"],
        "wait for the model": spent["queue"],
        "the model": spent["inference"],
        "between the threads": spent["total"] - known,
        "HTTP, Flask, the page": whole - spent["total"],
    }
    for name, value in parts.items():
        yield name, 1000 * value / (len(texts) - WARM_UP)


def operator_rows(model: Path, texts: list[str]) -> Iterator[tuple[str, float]]:
    """The mean milliseconds of each kind of operator, the dearest first."""
    graph = model / read_manifest(model).serve
    profiled = options(1 if size(graph) <= SMALL else cores())
    profiled.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        profiled.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(graph, profiled, ["CPUExecutionProvider"])
        tokenizer = read_tokenizer(model)
        tokenizer.enable_truncation(Settings.max_seq_length)
        for text in texts:
            session.run(["logits"], inputs([tokenizer.encode(text).ids]))
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    times: Counter[str] = Counter()
    for event in events:
        if event["name"].endswith("_kernel_time"):
            times[event["args"]["op_name"]] += event["dur"]
    for name, microseconds in times.most_common(6):
        yield name, microseconds / 1000 / len(texts)


def table(title: str, rows: Iterator[tuple[str, float]]) -> str:
    """A Markdown table."""
    lines = [f"| {title} | mean ms |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {name} | {value:.3f} |" for name, value in rows)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="file of reviews")
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL, help="exported folder")
    arguments = parser.parse_args()
    texts = list(islice(sentences(arguments.data), REQUESTS + WARM_UP))
    with (
        tempfile.TemporaryDirectory() as cache,
        running(our_server(str(arguments.model), ""), Path(cache)) as address,
    ):
        for path in ("/api", "/"):
            print(table(f"one `POST {path}`", request_rows(address, path, texts)), end="\n\n")
    print(table("operators of the model", operator_rows(arguments.model, texts[:REQUESTS])))


if __name__ == "__main__":
    main()
