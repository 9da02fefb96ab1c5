"""Teachers added up: the weights of their logits that fit the dev parts best."""

import logging
from dataclasses import dataclass

import numpy as np

from sentiment.training.recipes.pool import Pool
from sentiment.training.recipes.sets import FILMS, NEGATIVE_TO, POSITIVE_FROM

log = logging.getLogger(__name__)

RIDGE = 1e-3
STEPS = 50


@dataclass(frozen=True)
class Said:
    """Texts and the logits of all teachers for them, (N, teachers); nan where not asked."""

    pool: Pool
    logits: np.ndarray


def blended(dev: Said, pool: Said) -> np.ndarray:
    """Probability of "positive" by all teachers for the texts of `pool`, (N,), float32, or nan.

    Films and the rest have weights of their own, those that fit `dev` best; so have texts that
    some of the teachers were not asked about.
    """
    chances = np.full(len(pool.pool), np.nan)
    asked = np.isfinite(pool.logits)
    for films in (True, False):
        rows, mine = dev.pool.chosen(films), pool.pool.chosen(films)
        targets = dev.pool.targets[rows].astype(np.float64)
        for who in np.unique(asked[mine], axis=0):
            if not who.any():
                continue
            said = dev.logits[rows][:, who].astype(np.float64)
            weights = weights_of(said, targets, dev.pool.importance[rows])
            kind = "films" if films else "the rest"
            log.info(f"{kind}, asked {who.astype(int)}: {weights.round(3).tolist()}")
            these = mine & (asked == who).all(axis=1)
            logits = pool.logits[these][:, who].astype(np.float64)
            chances[these] = 0.5 + 0.5 * np.tanh(logits @ weights / 2)
    return chances.astype(np.float32)


def taught_rows(pool: Pool, sides: int, between: int, seed: int) -> np.ndarray:
    """Rows that the teachers judge: what is no film, and some films of either side and between."""
    rng = np.random.default_rng(seed)
    films, start = pool.parts[FILMS], pool.starts[FILMS]
    middle = np.flatnonzero((films.ratings > NEGATIVE_TO) & (films.ratings < POSITIVE_FROM))
    groups = ((films.negative, sides), (films.positive, sides), (middle, between))
    drawn = [rng.permutation(rows)[:most] + start for rows, most in groups]
    return np.concatenate([np.flatnonzero(pool.chosen(False)), *drawn])


def weights_of(logits: np.ndarray, targets: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Weights (teachers,) of `logits` (N, teachers) with the least cross-entropy; none below 0.

    Newton's method; a teacher whose weight comes out negative is left out.
    """
    active = list(range(logits.shape[1]))
    weights = np.zeros(logits.shape[1])
    while active:
        weights[:] = 0.0
        weights[active] = _newton(logits[:, active], targets, importance)
        if (weights >= 0).all():
            break
        active.remove(int(weights.argmin()))
        weights[:] = 0.0
    return weights


def _newton(logits: np.ndarray, targets: np.ndarray, importance: np.ndarray) -> np.ndarray:
    share = importance / importance.sum()
    weights = np.zeros(logits.shape[1])
    for _ in range(STEPS):
        chance = 0.5 + 0.5 * np.tanh(logits @ weights / 2)
        slope = logits.T @ (share * (chance - targets)) + RIDGE * weights
        curve = (logits * (share * chance * (1 - chance))[:, None]).T @ logits
        step = np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
        weights = weights - np.clip(step, -0.5, 0.5)
        if np.abs(step).max() < 1e-6:
            break
    solved: np.ndarray = weights
    return solved


def temperature_of(logits: np.ndarray, targets: np.ndarray, importance: np.ndarray) -> float:
    """What to divide logits by so that their cross-entropy with `targets` is least."""
    weight = weights_of(logits[:, None], targets, importance)[0]
    return float(1 / max(weight, 1e-3))


def band_of(parts: list[tuple[np.ndarray, np.ndarray]], most: float = 0.05) -> tuple[float, float]:
    """The narrowest even band around 0.5 with at most `most` boldly wrong in every part.

    A part is its chances of "positive" and whether it is positive, each (N,).
    """
    for reach in np.arange(0.0, 0.5, 0.002):
        wrong = [
            float(np.mean((np.abs(chance - 0.5) > reach) & ((chance > 0.5) != positive)))
            for chance, positive in parts
        ]
        if max(wrong) <= most:
            return round(0.5 - float(reach), 3), round(0.5 + float(reach), 3)
    return 0.0, 1.0
