"""Make probabilities mean what they say: one temperature, and a band where a model is unsure.

Half of the labelled sentences, drawn with a fixed seed, are fitted on; what is told was measured
on the other half.
"""

from dataclasses import dataclass

import numpy as np

from sentiment.evaluation import measures
from sentiment.evaluation.measures import Share, calibration_error, reliability
from sentiment.labels import NEVER, Band
from sentiment.model.inference import Classifier
from sentiment.tables.labelled import SEED

HOTTEST = 20.0
"""The temperature is looked for between 1 / 20 and 20."""

SURE = 0.70
"""A model that is right less often than this is unsure."""


@dataclass(frozen=True)
class Fit:
    """What was fitted on one half, and how it does on the other."""

    temperature: float
    band: Band
    error_before: float | None
    error_after: float | None
    part: float
    inside: Share
    outside: Share


def fit(margins: np.ndarray, labels: np.ndarray) -> Fit:
    """Fit on a random half of the sentences, measure on the rest.

    `margins`, (n,): logit of positive less that of negative; `labels`, (n,): whether positive.
    """
    mixed = np.random.default_rng(SEED).permutation(len(labels))
    ours, theirs = np.array_split(mixed, 2)
    degrees = temperature(margins[ours], labels[ours])
    band = unsure_band(sigmoid(margins[ours] / degrees), labels[ours])
    before, after = sigmoid(margins[theirs]), sigmoid(margins[theirs] / degrees)
    right = (after > 1 / 2) == labels[theirs]
    inside = (band[0] < after) & (after < band[1])
    return Fit(
        degrees,
        band,
        calibration_error(reliability(before, labels[theirs])),
        calibration_error(reliability(after, labels[theirs])),
        float(inside.mean()),
        measures.share(right[inside]),
        measures.share(right[~inside]),
    )


def temperature(margins: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes the labels most likely: Guo et al. (2017), section 4.2.

    The negative log-likelihood is convex in 1 / temperature, so its slope is halved in on zero.
    """
    low, high = 1 / HOTTEST, HOTTEST
    while high / low > 1 + 1e-9:
        inverse = (low * high) ** 0.5
        slope = (margins * (sigmoid(inverse * margins) - labels)).mean()
        low, high = (inverse, high) if slope < 0 else (low, inverse)
    return float(1 / high)


def sigmoid(margins: np.ndarray) -> np.ndarray:
    """Probability of "positive"; by way of tanh, which can't overflow."""
    return np.asarray((1 + np.tanh(margins / 2)) / 2)


def unsure_band(positive: np.ndarray, labels: np.ndarray) -> Band:
    """The probabilities around 1/2 where the model is right less than `SURE` of the time.

    How often it is right is fitted as a function of its confidence, max(p, 1 - p), that never
    falls (isotonic regression); the band reaches up to the first confidence at which that function
    is at least `SURE`. `NEVER` if it is so from the start.
    """
    confidence, place = np.unique(np.maximum(positive, 1 - positive), return_inverse=True)
    right = np.bincount(place, (positive > 1 / 2) == labels)
    sure = np.flatnonzero(rising(right, np.bincount(place)) >= SURE)
    if sure.size and sure[0] == 0:
        return NEVER
    edge = float(confidence[sure[0]]) if sure.size else 1.0
    return round(1 - edge, 3), round(edge, 3)


def rising(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The means that never fall and lie closest to sums / counts, by least squares.

    Pool adjacent violators: Ayer et al. (1955), "An empirical distribution function for sampling
    with incomplete information".
    """
    pools: list[list[float]] = []  # sum, count, entries
    for total, count in zip(sums, counts, strict=True):
        pools.append([total, count, 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return np.repeat([s / n for s, n, _ in pools], [int(entries) for _, _, entries in pools])


def margins_of(model: Classifier, texts: list[str]) -> np.ndarray:
    """Differences of the two logits, (texts,): what the log of the odds is."""
    answers = model.predict_any(texts)
    odds = np.array([(answer.positive, answer.negative) for answer in answers])
    return np.asarray(np.log(odds[:, 0]) - np.log(odds[:, 1]))
