"""How well a fast model agrees with its reference, measured on sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.model.inference import Classifier
from sentiment.training.recipes.reviews import POSITIVE_FROM, read_reviews

OURS = Path(__file__).parent / "sentences.txt"
"""Everyday sentences of our own, for when no others are at hand."""

MOST = 4000
"""Sentences that are compared; of a longer file, as many spread over it."""

SAME_LABELS = 0.995
LOST_ACCURACY = 0.002
SHIFT = 1e-5
"""The limits: labels that agree, accuracy that is lost (both as shares), and for full precision
the largest difference of a probability."""


@dataclass(frozen=True)
class Sentences:
    """Sentences from a file of that name, and whether each is positive, where that is known."""

    name: str
    texts: list[str]
    positive: np.ndarray | None = None


@dataclass(frozen=True)
class Agreement:
    """How a model compares with its reference on `sentences` sentences of the file `name`.

    `same_labels` is a share; shifts are differences of the probability of "positive"; the
    accuracies are shares too, or None where nobody knows the right answers.
    """

    name: str
    sentences: int
    same_labels: float
    largest_shift: float
    mean_shift: float
    accuracy: float | None = None
    reference_accuracy: float | None = None

    @property
    def exact(self) -> bool:
        """Whether the two differ by rounding alone."""
        return self.largest_shift <= SHIFT

    @property
    def close(self) -> bool:
        """Whether people can be given this model instead of its reference."""
        lost = (self.reference_accuracy or 0) - (self.accuracy or 0)
        return self.same_labels >= SAME_LABELS and lost <= LOST_ACCURACY

    def __str__(self) -> str:
        return (
            f"{self.same_labels:.2%} ({self.sentences:,} × {self.name};"
            f" Δp ≤ {self.largest_shift:.1g}, ⌀ {self.mean_shift:.1g})"
        )


def read_sentences(file: Path | None) -> Sentences:
    """Sentences of a text file, one a line, or the labelled reviews of a ``.tsv`` or ``.tsv.xz``.

    Without a file they are our own. Raises `DataError`.
    """
    if file is not None and ".tsv" in file.suffixes:
        return _labelled(file)
    file = file or OURS
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "{path} can't be read as text ({cause}). Name a UTF-8 file with one sentence a line.",
            path=file,
            cause=error,
        ) from error
    texts = [line for line in lines if line.strip()]
    if not texts:
        raise DataError(
            "{path} holds no sentence. Name a UTF-8 file with one sentence a line.", path=file
        )
    return Sentences(file.name, [texts[row] for row in _spread(len(texts))])


def _labelled(file: Path) -> Sentences:
    """The negative reviews of a file and as many positive ones."""
    reviews = read_reviews(file)
    rows = reviews.balanced(seed=7)
    rows = rows[_spread(len(rows))]
    positive = reviews.ratings[rows] >= POSITIVE_FROM
    return Sentences(file.name, [reviews.texts[row] for row in rows], positive)


def _spread(count: int) -> np.ndarray:
    """At most `MOST` indices below `count`, evenly spread."""
    return np.linspace(0, count, min(count, MOST), endpoint=False).astype(int)


def positives(classifier: Classifier, texts: Sequence[str]) -> np.ndarray:
    """The probability of "positive" of each text, (texts,)."""
    return np.array([answer.positive for answer in classifier.judge(texts)])


def compare(sentences: Sentences, reference: np.ndarray, other: np.ndarray) -> Agreement:
    """How `other` compares with `reference`, both of them from `positives`."""
    label, other_label = reference > 1 / 2, other > 1 / 2
    shift = np.abs(other - reference)
    right = sentences.positive
    return Agreement(
        name=sentences.name,
        sentences=len(sentences.texts),
        same_labels=float((label == other_label).mean()),
        largest_shift=float(shift.max()),
        mean_shift=float(shift.mean()),
        accuracy=None if right is None else float((other_label == right).mean()),
        reference_accuracy=None if right is None else float((label == right).mean()),
    )
