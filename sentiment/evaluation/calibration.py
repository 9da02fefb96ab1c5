"""Make probabilities mean what they say: one temperature, and a band where a model is unsure.

Half of the labelled sentences, drawn with a fixed seed, are fitted on; what is told was measured
on the other half.
"""

from dataclasses import dataclass

import numpy as np

from sentiment.evaluation import measures
from sentiment.evaluation.measures import Share, calibration_error, reliability
from sentiment.labels import NEVER, Band
from sentiment.model.inference import Classifier, softmax
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


def fit(logits: np.ndarray, right: np.ndarray, pair: bool) -> Fit:
    """Fit on a random half of the sentences, measure on the rest.

    `logits`, (n, labels); `right`, (n,): which of them each sentence has. `pair`: whether the
    labels are positive and negative, for which a band lies on both sides of 1/2; else it reaches
    up from 0.
    """
    mixed = np.random.default_rng(SEED).permutation(len(right))
    ours, theirs = np.array_split(mixed, 2)
    degrees = temperature(logits[ours], right[ours])
    band = unsure_band(softmax(logits[ours] / degrees), right[ours], pair)
    before, after = softmax(logits[theirs]), softmax(logits[theirs] / degrees)
    hit = after.argmax(axis=1) == right[theirs]
    inside = (after.max(axis=1) < band[1]) & (band != NEVER)
    return Fit(
        degrees,
        band,
        calibration_error(reliability(before.max(axis=1), hit)),
        calibration_error(reliability(after.max(axis=1), hit)),
        float(inside.mean()),
        measures.share(hit[inside]),
        measures.share(hit[~inside]),
    )


def temperature(logits: np.ndarray, right: np.ndarray) -> float:
    """The temperature that makes the labels most likely: Guo et al. (2017), section 4.2.

    The negative log-likelihood is convex in 1 / temperature, so its slope is halved in on zero.
    """
    low, high = 1 / HOTTEST, HOTTEST
    theirs = np.take_along_axis(logits, right[:, None], axis=1)[:, 0]
    while high / low > 1 + 1e-9:
        inverse = (low * high) ** 0.5
        slope = ((softmax(inverse * logits) * logits).sum(axis=1) - theirs).mean()
        low, high = (inverse, high) if slope < 0 else (low, inverse)
    return float(1 / high)


def unsure_band(probabilities: np.ndarray, labels: np.ndarray, pair: bool) -> Band:
    """The scores where the model is right less than `SURE` of the time; see `Labels.score`.

    `probabilities`, (n, labels). How often it is right is fitted as a function of its confidence
    that never falls (isotonic regression); the band reaches up to the first confidence at which
    that function is at least `SURE`: of the pair from as far below 1/2, else from 0. `NEVER` if it
    is so from the start.
    """
    confidence, place = np.unique(probabilities.max(axis=1), return_inverse=True)
    right = np.bincount(place, probabilities.argmax(axis=1) == labels)
    sure = np.flatnonzero(rising(right, np.bincount(place)) >= SURE)
    if sure.size and sure[0] == 0:
        return NEVER
    edge = float(confidence[sure[0]]) if sure.size else 1.0
    return round(1 - edge, 3) if pair else 0.0, round(edge, 3)


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


def logits_of(model: Classifier, texts: list[str]) -> np.ndarray:
    """Logits but for a constant of each text, (texts, labels): the logs of its probabilities."""
    answers = np.array([answer.probabilities for answer in model.predict_any(texts)])
    return np.asarray(np.log(np.maximum(answers, np.finfo(np.float32).tiny)))
