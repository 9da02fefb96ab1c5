"""How long it takes to say why: 20 words of real reviews, through the engine as the page asks.

    python -m benchmarks.explain --data ../shared/data/naver-movie-reviews/dev.tsv.xz

Prints a Markdown table: median and 95th percentile of the answer alone and of its explanation.
``--model`` takes what `python app.py` takes, such as a folder of kcbert-base's size, and may be
given several times. Without ``--data`` our own sentences are taken. No two texts are the same, so
that nothing is remembered. Run it on an idle machine.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

import numpy as np

from sentiment.evaluation.sentences import read_sentences
from sentiment.model.backends import cores
from sentiment.model.explain import leave_out
from sentiment.model.loader import load
from sentiment.serving.engine import Engine
from sentiment.settings import SHIPPED_MODEL, Settings

WORDS = 20
"""Words of a text: eojeol of sentences that follow each other."""

TEXTS, WARM_UP = 200, 10
"""Texts that are explained of each model, and how many before that to warm up."""


def texts(sentences: list[str]) -> Iterator[str]:
    """Texts of `WORDS` words each, without end; each time round they begin a word later."""
    words = list(chain.from_iterable(sentence.split() for sentence in sentences))
    for shift in range(len(words)):
        for start in range(shift, len(words) - WORDS, WORDS):
            yield " ".join(words[start : start + WORDS])


def measured(engine: Engine, sentences: list[str]) -> np.ndarray:
    """Milliseconds, shape (texts, 2): the answer, and its explanation."""
    times = []
    for text in islice(texts(sentences), WARM_UP + TEXTS):
        started = time.perf_counter()
        [prediction] = engine.predict([text])
        answered = time.perf_counter()
        reading = engine.reading(text)
        leave_out(prediction, lambda some: engine.answer(some).predictions, reading)
        times.append((answered - started, time.perf_counter() - answered))
    return np.array(times[WARM_UP:]) * 1000


def row(model: str, pretrained: str, sentences: list[str]) -> str:
    """A line of the table."""
    classifier = load(model, pretrained, Settings.max_seq_length, "auto")
    with closing(Engine(classifier)) as engine:
        times = measured(engine, sentences)
    figures = np.percentile(times, (50, 95), axis=0).T.ravel()
    return (
        f"| {classifier.name} | {len(times)} | "
        + " | ".join(f"{ms:.1f} ms" for ms in figures)
        + " |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="review file, or text file of sentences")
    parser.add_argument("--model", action="append", help="default: the model that is shipped")
    parser.add_argument("--pretrained", default=Settings.pretrained)
    arguments = parser.parse_args()
    sentences = read_sentences(arguments.data).texts
    print(f"{cores()} cores; texts of {WORDS} words.\n")
    print("| model | texts | answer, median | p95 | explanation, median | p95 |")
    print("|---|---:|---:|---:|---:|---:|")
    for model in arguments.model or [str(SHIPPED_MODEL)]:
        print(row(model, arguments.pretrained, sentences), flush=True)


if __name__ == "__main__":
    main()
