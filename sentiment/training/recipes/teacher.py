"""A teacher unlike the student: character n-grams with logistic regression.

It errs on other reviews than a small BERT does, so a student that also learns its opinion gets
better than either (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"). What it
says of a review comes from a fit that has not seen that review: otherwise it would only repeat
the rating.
"""

import logging
from pathlib import Path

import numpy as np

from sentiment.training.recipes.ngrams import FOLDS, features_of, fitted
from sentiment.training.recipes.opinions import write_array
from sentiment.training.recipes.reviews import SOFT_LABELS, Reviews

log = logging.getLogger(__name__)


def opinions(reviews: Reviews, weights: np.ndarray, seed: int, file: Path) -> np.ndarray:
    """Probability of "positive" of each review, shape (N,), float32; kept in `file`.

    `weights` (11 entries) says how much a rating counts. Raises `DataError` without scikit-learn.
    """
    if file.exists():
        return np.load(file)  # type: ignore[no-any-return]
    features = features_of(reviews.texts)
    soft, weight = SOFT_LABELS[reviews.ratings], weights[reviews.ratings]
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(reviews))
    logits = np.empty(len(reviews))
    for number in range(FOLDS):
        seen, unseen = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        logits[unseen] = fitted(features[seen], soft[seen], weight[seen], seed).decision_function(
            features[unseen]
        )
        log.info(f"teacher {number + 1}/{FOLDS}")
    probabilities = calibrated(logits, soft, weight)
    write_array(file, probabilities)
    return probabilities


def calibrated(logits: np.ndarray, soft: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Probabilities at the temperature whose cross-entropy with the soft labels is least."""

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float(np.average(np.logaddexp(0, scaled) - soft * scaled, weights=weight))

    best = min(np.geomspace(0.3, 5, 60), key=loss)
    log.info(f"teacher temperature {best:.2f}, cross-entropy {loss(best):.4f}")
    probabilities: np.ndarray = 1 / (1 + np.exp(-logits / best))
    return probabilities.astype(np.float32)
