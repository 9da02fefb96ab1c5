"""Accuracy of a model on the balanced dev reviews, as the model card quotes it.

    python -m benchmarks.dev_accuracy --data ../shared/data/naver-movie-reviews

Negative reviews are those rated 1-4, positive ones those rated 9-10, as many drawn with a fixed
seed. A review whose very text also stands in the training file is counted apart.
"""

import argparse
from pathlib import Path
from typing import get_args

import numpy as np

from sentiment.inference import POSITIVE
from sentiment.loader import load
from sentiment.settings import SHIPPED_MODEL, BackendName, Settings
from sentiment.training.reviews import POSITIVE_FROM, read_reviews

SEED = 7


def interval(right: np.ndarray) -> str:
    """Accuracy in percent with its 95 % Wilson score interval."""
    n, share, z = len(right), float(right.mean()), 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return f"{share:.2%} ({centre - half:.2%} to {centre + half:.2%}), n = {n:,}"


def calibration_error(positive: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error of the answered label (Guo et al. 2017), equal-width bins."""
    confidence = np.maximum(positive, 1 - positive)
    right = (positive > 1 / 2) == labels
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(right[index == i].mean() - confidence[index == i].mean()) * (index == i).mean()
            for i in range(bins)
            if (index == i).any()
        )
    )


def main() -> None:
    """Print the figures of one model."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the review files")
    parser.add_argument("--model", default=str(SHIPPED_MODEL))
    parser.add_argument("--backend", choices=get_args(BackendName), default=Settings.backend)
    arguments = parser.parse_args()
    train = set(read_reviews(arguments.data / "train.tsv.xz").texts)
    dev = read_reviews(arguments.data / "dev.tsv.xz")
    rows = [i for i in dev.balanced(SEED) if dev.texts[i].strip()]
    texts = [dev.texts[i] for i in rows]
    labels = dev.ratings[rows] >= POSITIVE_FROM
    classifier = load(
        arguments.model, Settings.pretrained, Settings.max_seq_length, arguments.backend
    )
    positive = np.array([answer.positive for answer in classifier.predict(texts)])
    right = (positive > 1 / 2) == labels
    new = np.array([text not in train for text in texts])
    print(f"model              {classifier.name} (label {POSITIVE} = positive)")
    print(f"balanced dev       {interval(right)}")
    print(f"text not in train  {interval(right[new])}")
    print(f"negative reviews   {interval(right[~labels])}")
    print(f"positive reviews   {interval(right[labels])}")
    print(f"calibration error  {calibration_error(positive, labels):.3f}")


if __name__ == "__main__":
    main()
