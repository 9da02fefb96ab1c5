"""Teachers added up: the weights of their logits that fit the dev parts best."""

import logging

import numpy as np

log = logging.getLogger(__name__)

RIDGE = 1e-3
STEPS = 50


def weights_of(logits: np.ndarray, targets: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Weights (teachers,) of `logits` (N, teachers) with the least cross-entropy; none below 0.

    Newton's method; a teacher whose weight comes out negative is left out.
    """
    active = list(range(logits.shape[1]))
    while True:
        weights = np.zeros(logits.shape[1])
        weights[active] = _newton(logits[:, active], targets, importance)
        if (weights >= 0).all():
            return weights
        active.remove(int(weights.argmin()))


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
