"""A teacher unlike the others: character n-grams with logistic regression.

It errs on other texts than an encoder does.
"""

from typing import Any

import numpy as np

from sentiment.errors import DataError

FOLDS = 5
NGRAMS = (1, 6)
FEATURES = 2**22
PENALTY = 2.5e-7
"""Weight of the squared norm; the best of 1e-6, 5e-7, 2.5e-7 and 1e-7 on the film dev reviews."""
EPOCHS = 12


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
