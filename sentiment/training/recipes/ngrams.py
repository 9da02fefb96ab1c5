"""A teacher unlike the others: character n-grams with logistic regression.

It errs on other texts than an encoder does. What it says of a training text comes from a fit that
has not seen that text: otherwise it would only repeat the label. Each of the folds is kept in a
file of its own.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np

from sentiment.errors import DataError
from sentiment.training.recipes.opinions import write_array
from sentiment.training.recipes.sets import NO_LABEL, percent

log = logging.getLogger(__name__)

FOLDS = 5
NGRAMS = (1, 6)
FEATURES = 2**22
PENALTY = 2.5e-7
"""Weight of the squared norm; the best of 1e-6, 5e-7, 2.5e-7 and 1e-7 on the film dev reviews."""
EPOCHS = 12
SEED = 7


def ngram_opinions(
    texts: list[str], targets: np.ndarray, weights: np.ndarray, others: list[str], folder: Path
) -> tuple[np.ndarray, np.ndarray]:
    """Logits for `texts` from fits that have not seen them, and for `others` the mean of all fits.

    `targets` and `weights` (N,): what a text teaches and how much; `NO_LABEL` teaches nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"fold-{number}.npy" for number in range(FOLDS)]
    if not all(file.exists() for file in files):
        features = features_of([*texts, *others])
        fold = np.array([percent(text) % FOLDS for text in texts])
        for number, file in enumerate(files):
            if not file.exists():
                seen = np.flatnonzero((fold != number) & (targets != NO_LABEL) & (weights > 0))
                model = fitted(features[seen], targets[seen], weights[seen], SEED)
                write_array(file, model.decision_function(features).astype(np.float32))
                log.info(f"n-grams {number + 1}/{FOLDS}")
    said = np.stack([np.load(file) for file in files])  # (folds, N + others)
    if said.shape[1] != len(texts) + len(others):
        raise DataError(
            "The folds in {folder} are about other texts. Delete them, so that they are made anew.",
            folder=folder,
        )
    fold = np.array([percent(text) % FOLDS for text in texts])
    unseen = said[fold, np.arange(len(texts))]
    unlabelled = targets == NO_LABEL
    unseen[unlabelled] = said[:, : len(texts)].mean(axis=0)[unlabelled]
    return unseen, said[:, len(texts) :].mean(axis=0)


def features_of(texts: list[str]) -> Any:
    """Weighted character n-grams, a sparse row a text; `DataError` without scikit-learn."""
    try:
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
    except ImportError as error:
        raise DataError(
            "The n-gram teacher needs scikit-learn. Install it: pip install scikit-learn"
        ) from error
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=NGRAMS, n_features=FEATURES, alternate_sign=False,
        lowercase=False, norm=None, dtype=np.float32,
    )  # fmt: skip
    counts = vectorizer.transform(texts)
    counts.data = np.log1p(counts.data)
    return TfidfTransformer().fit_transform(counts).astype(np.float32)


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
