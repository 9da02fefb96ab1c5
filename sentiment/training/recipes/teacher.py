"""A teacher unlike the student: character n-grams with logistic regression.

It errs on other reviews than a small BERT does, so a student that also learns its opinion gets
better than either (Hinton et al. 2015, "Distilling the Knowledge in a Neural Network"). What it
says of a review comes from a fit that has not seen that review: otherwise it would only repeat
the rating.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np

from sentiment.errors import DataError
from sentiment.training.recipes.reviews import SOFT_LABELS, Reviews

log = logging.getLogger(__name__)

FOLDS = 5
NGRAMS = (1, 6)
FEATURES = 2**22
PENALTY = 2.5e-7
"""Weight of the squared norm; the best of 1e-6, 5e-7, 2.5e-7 and 1e-7 on the dev reviews."""
EPOCHS = 12


def opinions(reviews: Reviews, weights: np.ndarray, seed: int, file: Path) -> np.ndarray:
    """Probability of "positive" of each review, shape (N,), float32; kept in `file`.

    `weights` (11 entries) says how much a rating counts. Raises `DataError` without scikit-learn.
    """
    if file.exists():
        return np.load(file)  # type: ignore[no-any-return]
    try:
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    except ImportError as error:
        raise DataError(
            "The teacher needs scikit-learn. Install it: pip install scikit-learn"
        ) from error
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=NGRAMS, n_features=FEATURES, alternate_sign=False,
        lowercase=False, norm=None, dtype=np.float32,
    )  # fmt: skip
    counts = vectorizer.transform(reviews.texts)
    counts.data = np.log1p(counts.data)
    features = TfidfTransformer().fit_transform(counts).astype(np.float32)
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
    with file.with_suffix(".new").open("wb") as out:
        np.save(out, probabilities)
    file.with_suffix(".new").replace(file)
    return probabilities


def fitted(features: Any, soft: np.ndarray, weight: np.ndarray, seed: int) -> Any:
    """Logistic regression on soft labels: each text once as positive, once as negative."""
    from scipy import sparse
    from sklearn.linear_model import SGDClassifier

    labels = np.repeat([1, 0], len(soft))
    share = np.concatenate([soft * weight, (1 - soft) * weight])
    model = SGDClassifier(
        loss="log_loss", alpha=PENALTY, max_iter=EPOCHS, tol=None, average=True, random_state=seed
    )
    return model.fit(sparse.vstack([features, features]), labels, sample_weight=share)


def calibrated(logits: np.ndarray, soft: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Probabilities at the temperature whose cross-entropy with the soft labels is least."""

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        return float(np.average(np.logaddexp(0, scaled) - soft * scaled, weights=weight))

    best = min(np.geomspace(0.3, 5, 60), key=loss)
    log.info(f"teacher temperature {best:.2f}, cross-entropy {loss(best):.4f}")
    probabilities: np.ndarray = 1 / (1 + np.exp(-logits / best))
    return probabilities.astype(np.float32)
