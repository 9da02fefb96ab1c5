"""Movie reviews with ratings, and what they say about sentiment.

The files are those of ``naver-movie-reviews``: tab-separated, no quoting, a header line
``id document rating movie_id``; ``.xz`` or plain.
"""

import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.tables.scales import NEGATIVE_TO, POSITIVE_FROM

SOFT_LABELS = np.array(
    [np.nan, 0.0, 0.02, 0.03, 0.05, 0.17, 0.4, 0.6, 0.8, 0.95, 0.97], dtype=np.float32
)
"""Probability of "positive" that a rating of 1-10 is trained towards; a rating in the middle
says something too, only less."""


@dataclass(frozen=True)
class Reviews:
    """Texts (N strings) and their ratings (N integers, 1-10)."""

    texts: list[str]
    ratings: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def negative(self) -> np.ndarray:
        """Indices of the negative reviews."""
        return np.flatnonzero(self.ratings <= NEGATIVE_TO)

    @property
    def positive(self) -> np.ndarray:
        """Indices of the positive reviews."""
        return np.flatnonzero(self.ratings >= POSITIVE_FROM)

    @property
    def between(self) -> np.ndarray:
        """Indices of the reviews that NSMC leaves out."""
        return np.flatnonzero((self.ratings > NEGATIVE_TO) & (self.ratings < POSITIVE_FROM))

    def balanced(self, seed: int) -> np.ndarray:
        """All negative reviews and as many positive ones drawn with `seed`, in file order."""
        drawn = np.random.default_rng(seed).choice(self.positive, len(self.negative), False)
        return np.sort(np.concatenate([self.negative, drawn]))


def read_reviews(path: Path) -> Reviews:
    """Read a review file; raises `DataError` naming the first line that is not a review."""
    texts, ratings = [], []
    opener = lzma.open if path.suffix == ".xz" else open
    try:
        with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
            next(lines, None)
            for number, line in enumerate(lines, start=2):
                fields = line.rstrip("\r\n").split("\t")
                if len(fields) != 4 or not fields[2].isdecimal():
                    raise DataError(
                        "{path}, line {number}: expected id, document, rating and movie_id "
                        "between tabs. Check that the file is one of naver-movie-reviews.",
                        path=path,
                        number=number,
                    )
                texts.append(fields[1])
                ratings.append(int(fields[2]))
    except FileNotFoundError as error:
        raise DataError("{path} does not exist. Check the --data folder.", path=path) from error
    return Reviews(texts, np.array(ratings, dtype=np.int8))
