"""How fast one sentence and many reviews are judged in one process, against the book's way.

    python -m benchmarks.in_process --data ../shared/data/naver-movie-reviews/dev.tsv.xz \
        --pretrained ../shared/kcbert-base

Prints a Markdown table: a model of kcbert-base's size with random weights, which cost as much
time as real ones, and the shipped models. The time of a sentence is a median after a warm-up; rates
are medians where a way is fast. ``--pretrained`` gives the real config and vocabulary; without it
both are made up, of the same size. ``--data`` gives real reviews; without it our own sentences are
taken over and over. Run it on an idle machine.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, product
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from safetensors.numpy import save_file
from transformers import AutoConfig, BertConfig, BertForSequenceClassification

from benchmarks import book
from sentiment.evaluation.sentences import read_sentences
from sentiment.model.backends import cores
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.backends.torch import TorchBackend
from sentiment.model.checkpoints.words import read_tokenizer
from sentiment.model.export.encoder import encode
from sentiment.model.export.graph import Float32, Int8
from sentiment.model.export.manifest import is_export
from sentiment.model.inference import Backend, Classifier
from sentiment.model.loader import load
from sentiment.settings import SHIPPED, BackendName, Settings

SENTENCE = "아 더빙.. 진짜 짜증나네요 목소리"
"""The book's own example; 11 tokens with kcbert's vocabulary."""

REVIEWS, FEWEST, PATIENCE = 2000, 50, 8
"""Reviews judged one after the other; of slow ways as many of them, spread evenly, as can be
expected to be done in so many seconds, but no fewer than these. Each row says how many."""


def milliseconds(judge: Callable[[str], object], repeats: int = 40) -> float:
    """Median time of one judgement of `SENTENCE`, after a warm-up."""
    times = []
    for number in range(repeats):
        started = time.perf_counter()
        judge(SENTENCE)
        if number >= repeats // 5:
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def a_second(judge: Callable[[list[str]], object], texts: list[str], together: int) -> float:
    """Reviews judged in a second, so many handed over at once."""
    started = time.perf_counter()
    for start in range(0, len(texts), together):
        judge(texts[start : start + together])
    return len(texts) / (time.perf_counter() - started)


Row = tuple[str, float, int, float, float]
"""Name, milliseconds for a sentence, reviews, how many a second one by one, and all at once."""


def row(name: str, judge: Callable[[list[str]], object], texts: list[str]) -> Row:
    """Measure one way."""
    once = milliseconds(lambda sentence: judge([sentence]))
    count = min(len(texts), max(FEWEST, int(PATIENCE * 1000 / once)))
    some = [texts[index * len(texts) // count] for index in range(count)]
    rates = [
        statistics.median(a_second(judge, some, together) for _ in range(2 * (once < 10) + 1))
        for together in (1, count)
    ]
    return name, once, count, rates[0], rates[1]


def made_up(folder: Path) -> Path:
    """A config and vocabulary of kcbert-base's size, where the real ones are not at hand."""
    config = BertConfig(vocab_size=30_000, max_position_embeddings=300)
    config.save_pretrained(folder)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += [f"w{number}" for number in range(config.vocab_size - len(words))]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    return folder


def kcbert_rows(pretrained: Path, folder: Path, texts: list[str]) -> Iterator[Row]:
    """The rows of kcbert-base's size; graphs are written into `folder`."""
    config = AutoConfig.from_pretrained(pretrained)
    torch.manual_seed(0)
    module = BertForSequenceClassification(config).eval()
    inference_fn = book.inference(module, pretrained)
    yield row("the book's way", lambda some: [inference_fn(text) for text in some], texts)

    def classifier(backend: Backend) -> Classifier:
        return Classifier("", read_tokenizer(pretrained), backend, book.MAX_SEQ_LENGTH)

    yield row("torch, no padding", classifier(TorchBackend(module)).predict_any, texts)
    weights = {name: tensor.numpy() for name, tensor in module.state_dict().items()}
    save_file(weights, folder / "model.safetensors")
    graphs = {
        "onnx, float32": encode(config.to_dict(), Float32(folder / "model.safetensors")),
        "onnx, int8": encode(config.to_dict(), Int8(weights)),
    }
    for name, graph in graphs.items():
        (folder / "model.onnx").write_bytes(graph)
        backend = OnnxBackend(folder / "model.onnx", exact="int8" not in name)
        yield row(name, classifier(backend).predict_any, texts)


def shipped_rows(texts: list[str]) -> Iterator[Row]:
    """The rows of the shipped models."""
    for (name, folder), backend in product(SHIPPED.items(), get_args(BackendName)[1:]):
        if is_export(folder):
            classifier = load(folder, "", Settings.max_seq_length, backend)
            yield row(f"shipped, {name}, {backend}", classifier.predict_any, texts)


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Lines of Markdown, as the rows come; ratios are to the first row."""
    yield "| | a sentence | ratio | reviews | one by one | ratio | all at once |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    first = None
    for name, once, count, one_by_one, together in rows:
        first = first or (once, one_by_one)
        yield (
            f"| {name} | {once:.2f} ms | {first[0] / once:.1f}x | {count:,}"
            f" | {one_by_one:,.1f}/s | {one_by_one / first[1]:.1f}x | {together:,.1f}/s |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="review file, or text file of sentences")
    parser.add_argument("--pretrained", type=Path, help="folder of kcbert-base's config and words")
    arguments = parser.parse_args()
    texts = read_sentences(arguments.data).texts
    texts = (texts * (REVIEWS // len(texts) + 1))[:: max(1, len(texts) // REVIEWS)][:REVIEWS]
    with tempfile.TemporaryDirectory() as folder:
        pretrained = arguments.pretrained or made_up(Path(folder))
        tokenizer = read_tokenizer(pretrained)
        tokens = np.mean([len(tokenizer.encode(text)) for text in texts])
        print(f"{cores()} cores; reviews of {tokens:.1f} tokens on average.\n")
        rows = chain(kcbert_rows(pretrained, Path(folder), texts), shipped_rows(texts))
        for line in table(rows):
            print(line, flush=True)


if __name__ == "__main__":
    main()
