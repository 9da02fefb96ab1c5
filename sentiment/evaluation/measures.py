"""The measures, each a few lines of numpy over arrays of one entry a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

Z = 1.959964
"""Standard deviations on each side that hold 95 % of a normal distribution."""

BINS = 15
"""Equal-width bins of confidence between 0 and 1; the lower half stays empty with two labels."""


@dataclass(frozen=True)
class Share:
    """`right` of `of` sentences, and the 95 % interval of the share behind it."""

    right: int
    of: int
    accuracy: float | None
    low: float
    high: float


@dataclass(frozen=True)
class LabelMeasures:
    """How well one label is found; a measure is None where nothing is there to divide by."""

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    sentences: int


@dataclass(frozen=True)
class Bin:
    """The sentences whose confidence lies in [low, high): mean confidence, and share right."""

    low: float
    high: float
    sentences: int
    confidence: float
    accuracy: float


def share(right: np.ndarray) -> Share:
    """A share with its Wilson score interval; all that is known of no sentence is 0 to 1.

    E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    n, hits = len(right), int(right.sum())
    if not n:
        return Share(0, 0, None, 0.0, 1.0)
    p = hits / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Share(hits, n, p, max(0.0, centre - half), min(1.0, centre + half))


def confusion(said: np.ndarray, right: np.ndarray, labels: int) -> np.ndarray:
    """Counts, shape (labels, labels): a row for each true label, a column for each answer."""
    return np.bincount(labels * right + said, minlength=labels**2).reshape(labels, labels)


def label_measures(counts: np.ndarray, names: Sequence[str]) -> list[LabelMeasures]:
    """Precision, recall and F1 of each label, from `confusion`."""
    made = []
    for index, label in enumerate(names):
        hits, answered, there = counts[index, index], counts[:, index].sum(), counts[index].sum()
        precision, recall = ratio(hits, answered), ratio(hits, there)
        f1 = ratio(2 * hits, answered + there)
        made.append(LabelMeasures(label, precision, recall, f1, int(there)))
    return made


def macro_f1(labels: Sequence[LabelMeasures]) -> float | None:
    """The mean F1 of the labels that the file has, each weighing the same."""
    found = [each.f1 or 0.0 for each in labels if each.sentences]
    return ratio(sum(found), len(found))


def ratio(part: float, whole: float) -> float | None:
    """A share as a plain number, or None of nothing."""
    return float(part / whole) if whole else None


def roc_auc(positive: np.ndarray, labels: np.ndarray) -> float | None:
    """The chance that a sentence of a label scores above one without it, ties counting half.

    By ranks: Mann and Whitney (1947); Hanley and McNeil (1982) show that it is the area under the
    ROC curve. None where one of the labels is missing.
    """
    yes = int(labels.sum())
    no = len(labels) - yes
    if not yes or not no:
        return None
    _, place, counts = np.unique(positive, return_inverse=True, return_counts=True)
    ranks = counts.cumsum() - (counts - 1) / 2  # from 1; those who tie share their mean
    return float((ranks[place][labels].sum() - yes * (yes + 1) / 2) / (yes * no))


def macro_auc(probabilities: np.ndarray, right: np.ndarray) -> float | None:
    """The mean of `roc_auc` of each label against all others, (n, labels); of those it can be had.

    F. Provost and P. Domingos (2000), without their weights.
    """
    each = [roc_auc(column, right == place) for place, column in enumerate(probabilities.T)]
    found = [area for area in each if area is not None]
    return ratio(sum(found), len(found))


def reliability(confidence: np.ndarray, right: np.ndarray) -> list[Bin]:
    """The bins of confidence that hold a sentence; `right`: whether the answer was."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        Bin(
            low=index / BINS,
            high=(index + 1) / BINS,
            sentences=int(inside.sum()),
            confidence=float(confidence[inside].mean()),
            accuracy=float(right[inside].mean()),
        )
        for index in range(BINS)
        if (inside := place == index).any()
    ]


def calibration_error(bins: list[Bin]) -> float | None:
    """Expected calibration error: mean |accuracy - confidence| of `BINS` equal-width bins.

    Weighted by their sentences; of the answered label, as Guo et al. (2017), "On calibration of
    modern neural networks", equation 3, have it.
    """
    gaps = sum(each.sentences * abs(each.accuracy - each.confidence) for each in bins)
    return ratio(gaps, sum(each.sentences for each in bins))


def roc_curve(positive: np.ndarray, labels: np.ndarray, points: int) -> Iterator[list[float]]:
    """At most `points` pairs [false positive rate, true positive rate], from (0, 0) to (1, 1)."""
    order = np.argsort(-positive)
    last_of_ties = np.flatnonzero(np.append(np.diff(positive[order]) != 0, True))
    hits = np.append(0, labels[order].cumsum()[last_of_ties])
    misses = np.append(0, (~labels[order]).cumsum()[last_of_ties])
    for index in np.unique(np.linspace(0, len(hits) - 1, points).round().astype(int)):
        yield [float(misses[index] / misses[-1]), float(hits[index] / hits[-1])]


def paired_difference(only_one: int, only_other: int, n: int) -> tuple[float, float, float]:
    """The difference of two accuracies on the same `n` sentences, with its 95 % interval.

    `only_one` sentences were judged rightly by one alone, `only_other` by the other alone. The
    interval adds half a sentence to each cell: Agresti and Min (2005), "Simple improved confidence
    intervals for comparing matched proportions".
    """
    b, c, total = only_one + 0.5, only_other + 0.5, n + 2
    half = Z * sqrt(b + c - (b - c) ** 2 / total) / total
    return (only_one - only_other) / n, (b - c) / total - half, (b - c) / total + half


def mcnemar(only_one: int, only_other: int) -> float:
    """The two-sided exact p of McNemar's test: how likely flips as lopsided are by chance.

    Under chance each of the flips is a fair coin, so the p is twice the binomial tail, 1 at most:
    Q. McNemar (1947); exact as in Agresti, "Categorical data analysis", 10.1.
    """
    flips, fewer = only_one + only_other, min(only_one, only_other)
    k = np.arange(1, fewer + 1)
    ways = np.append(0.0, np.log((flips - k + 1) / k).cumsum())  # log of "flips choose 0, 1, ..."
    return min(1.0, float(np.exp(ways + (1 - flips) * log(2)).sum()))
