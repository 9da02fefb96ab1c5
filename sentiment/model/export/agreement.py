"""How well a fast model agrees with its reference, measured on sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sentiment.model.everyday import FILE, everyday
from sentiment.model.export.manifest import Agreement
from sentiment.model.inference import Classifier

T = TypeVar("T")

MOST = 4000
"""Sentences that are compared; of a longer file, as many spread over it."""


@dataclass(frozen=True)
class Sentences:
    """Sentences from a file of that name, and the right label of each, where that is known."""

    name: str
    texts: list[str]
    right: list[str] | None = None


def our_sentences(every: int = 1) -> Sentences:
    """Everyday sentences of our own, or one of so `every` many: torch takes its time for each."""
    return Sentences(FILE.name, spread(everyday()[::every]))


def spread(items: Sequence[T]) -> list[T]:
    """At most `MOST` of the items, evenly spread, in order."""
    count = min(len(items), MOST)
    return [items[index] for index in np.linspace(0, len(items), count, endpoint=False).astype(int)]


def rows(classifier: Classifier, texts: Sequence[str]) -> np.ndarray:
    """The probabilities of each text, (texts, labels); raises `ModelError` for NaN."""
    answers = [answer.probabilities for answer in classifier.predict_any(texts)]
    return np.array(answers).reshape(-1, len(classifier.labels))


def compare(
    sentences: Sentences, reference: np.ndarray, other: np.ndarray, names: Sequence[str]
) -> Agreement:
    """How `other` compares with `reference`, both of them from `rows` of labels `names`.

    A shift is the largest of those of a sentence's labels.
    """
    label, other_label = reference.argmax(axis=1), other.argmax(axis=1)
    shift = np.abs(other - reference).max(axis=1)
    right = None
    if sentences.right is not None:
        places = {name: place for place, name in enumerate(names)}
        right = np.array([places.get(name, -1) for name in sentences.right])
    return Agreement(
        name=sentences.name,
        sentences=len(sentences.texts),
        same_labels=float((label == other_label).mean()),
        largest_shift=float(shift.max()),
        mean_shift=float(shift.mean()),
        accuracy=None if right is None else float((other_label == right).mean()),
        reference_accuracy=None if right is None else float((label == right).mean()),
    )
