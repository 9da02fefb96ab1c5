"""What ``doctor`` says of a model: all that decides whether its answers are the model's own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentiment.model.inference import Classifier

SAMPLE = "아 더빙.. 진짜 짜증나네요 목소리"
TRIES = 15


@contextmanager
def warnings() -> Iterator[list[str]]:
    """What the library warns of meanwhile, kept instead of printed."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                heard.append(record.getMessage())

    logger, listener = logging.getLogger("sentiment"), Listener()
    logger.addHandler(listener)
    propagated, logger.propagate = logger.propagate, False
    try:
        yield heard
    finally:
        logger.propagate = propagated
        logger.removeHandler(listener)


def told(classifier: "Classifier") -> Iterator[tuple[str, str]]:
    """Each thing that is known of a model, with its name."""
    facts = classifier.facts
    answer = classifier.predict([SAMPLE])[0]
    said = answer.labels.of(answer.label).both
    yield "모델 · model", f"{classifier.name}: {said} {answer.confidence:.1%}"
    if facts.kind:
        size = f"{facts.parameters / 1e6:.1f}M 파라미터 · parameters"
        yield "종류 · kind", f"{facts.kind}, {size}, {facts.runs}"
    nobody = "이름을 준 곳이 없음 · nobody named them"
    source = f" ({nobody if facts.labels_from == '-' else facts.labels_from})"
    yield "라벨 · labels", ", ".join(label.both for label in classifier.labels) + source
    yield "토크나이저 · tokenizer", f"{SAMPLE} -> {classifier.tokenize(SAMPLE)[0]}"
    yield "모르는 말 · [UNK]", f"{unknown(classifier):.1%}"
    yield "정밀도 · precision", facts.precision
    if facts.shift is not None:
        same = f"{facts.same_labels:.1%} 같은 답 · same labels"
        yield "일치 · agreement", f"Δp ≤ {facts.shift:.1g}, {same}"
    yield "속도 · speed", f"{milliseconds(classifier):.1f} ms"


def unknown(classifier: "Classifier") -> float:
    """The share of our everyday words that the tokenizer can make nothing of."""
    from sentiment.model.everyday import everyday

    words = sum(len(text.split()) for text in everyday())
    return sum(len(classifier.reading(text).unknown) for text in everyday()) / words


def milliseconds(classifier: "Classifier") -> float:
    """The median time for one short sentence, after a warm-up."""
    times = []
    for _ in range(TRIES):
        begun = perf_counter()
        classifier.predict([SAMPLE])
        times.append(perf_counter() - begun)
    return median(times[TRIES // 3 :]) * 1000
