"""The labelled sets as one kind of example, each with a fixed dev part for choosing.

A text belongs to the dev part of its set by a hash of its letters, blanks left out, so that copies
spaced in another way stay together, and no text of such a part is trained on, not even where
another set holds it. Films are held out by movie: a few short reviews ("최고") are written about
many movies, and stay on both sides.
"""

import hashlib
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentiment.errors import DataError

POSITIVE_FROM, NEGATIVE_TO = 9, 4
"""NSMC's rule: ratings 1-4 are negative, 9-10 positive, 5-8 are left out."""

SOFT_RATINGS = (0.5, 0.0, 0.02, 0.03, 0.05, 0.17, 0.4, 0.6, 0.8, 0.95, 0.97)
"""Probability of "positive" that a rating of 1-10 is trained towards."""

LABELS = {"1": 1.0, "0": 0.0, "neutral": 0.5}
NO_LABEL = -1.0

FILMS, KOTE, KODOLI, SENTINEG, QUESTIONS, COMMENTS = (
    "films", "kote", "kodoli", "sentineg", "questions", "comments",
)  # fmt: skip
FOLDERS = {
    KOTE: "kote", KODOLI: "kodoli", SENTINEG: "sentineg", QUESTIONS: "questions-3i4k",
    COMMENTS: "comments-unlabelled",
}  # fmt: skip
DEV_PERCENT = {KOTE: 20, KODOLI: 10, SENTINEG: 20, QUESTIONS: 15, COMMENTS: 0}
SHARE_ALIKE = (KODOLI, SENTINEG, QUESTIONS, COMMENTS)
"""Sets under CC BY-SA 4.0: `--only-cc0` leaves them and KOTE (MIT) out."""

POSITIVE_EMOTIONS = frozenset((1, 2, 4, 7, 8, 13, 14, 16, 28, 32, 40, 42, 43))
UNDECIDED_EMOTIONS = frozenset((11, 15, 24, 29, 38, 39))


@dataclass(frozen=True)
class Texts:
    """N texts and, for each, the probability of "positive" that it teaches.

    `targets` (N,): 0.5 is neutral, `NO_LABEL` unknown. `sure` (N,): whether the source itself
    says positive or negative, so that a judgement can be right or wrong. `ratings` (N,): those of
    films, else 0.
    """

    name: str
    texts: list[str]
    targets: np.ndarray
    sure: np.ndarray
    ratings: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: np.ndarray) -> "Texts":
        """Some of the texts, in the order of `rows`."""
        texts = [self.texts[row] for row in rows]
        return Texts(self.name, texts, self.targets[rows], self.sure[rows], self.ratings[rows])

    @property
    def negative(self) -> np.ndarray:
        """Rows that are surely negative."""
        return np.flatnonzero(self.sure & (self.targets < 0.5))

    @property
    def positive(self) -> np.ndarray:
        """Rows that are surely positive."""
        return np.flatnonzero(self.sure & (self.targets > 0.5))

    def balanced(self, seed: int, most: int | None = None) -> np.ndarray:
        """As many negative as positive rows, at most `most` of each, drawn with `seed`."""
        rng = np.random.default_rng(seed)
        count = min(len(self.negative), len(self.positive), most or len(self))
        drawn = [rng.choice(rows, count, replace=False) for rows in (self.negative, self.positive)]
        return np.sort(np.concatenate(drawn))


def lines(path: Path, columns: int) -> Iterator[list[str]]:
    """The rows of a tab-separated file after its header; raises `DataError`."""
    try:
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
            next(file, None)
            for number, line in enumerate(file, start=2):
                fields = line.rstrip("\r\n").split("\t")
                if len(fields) < columns:
                    raise DataError(
                        "{path}, line {number}: expected {columns} columns between tabs."
                        " Check that the file is the one that its NOTICE describes.",
                        path=path, number=number, columns=columns,
                    )  # fmt: skip
                yield fields
    except FileNotFoundError as error:
        raise DataError("{path} does not exist. Check the --data folder.", path=path) from error


def key(text: str) -> str:
    """What two spellings of one text share: its characters without blanks."""
    return "".join(text.split())


def percent(text: str) -> int:
    """A number from 0 to 99 that depends on the text alone."""
    return int.from_bytes(hashlib.sha1(key(text).encode()).digest()[:8], "big") % 100  # noqa: S324


def films(path: Path) -> Texts:
    """A file of film reviews with ratings."""
    rows = [(fields[1], int(fields[2])) for fields in lines(path, 4)]
    ratings = np.array([rating for _, rating in rows], np.int8)
    sure = (ratings <= NEGATIVE_TO) | (ratings >= POSITIVE_FROM)
    targets = np.array(SOFT_RATINGS, np.float32)[ratings]
    return Texts(FILMS, [text for text, _ in rows], targets, sure, ratings)


def labelled(data: Path, name: str) -> Texts:
    """A whole set other than the films; KOTE's unlabelled texts get the balance of emotions."""
    file = "comments.tsv.xz" if name == COMMENTS else "train.tsv.xz"
    rows = list(lines(data / FOLDERS[name] / file, 2))
    targets = [LABELS.get(fields[1], NO_LABEL) for fields in rows]
    sure = np.array([target in (0.0, 1.0) for target in targets], bool)
    if name == KOTE:
        balances = [emotion_balance(fields[2]) for fields in rows]
        pairs = zip(targets, balances, strict=True)
        targets = [balance if target == NO_LABEL else target for target, balance in pairs]
    texts = [fields[0] for fields in rows]
    return Texts(name, texts, np.array(targets, np.float32), sure, np.zeros(len(rows), np.int8))


def emotion_balance(emotions: str) -> float:
    """Share of the positive among the emotions that KOTE lists, drawn towards 0.5."""
    numbers = {int(number) for number in emotions.split(",") if number}
    positive = len(numbers & POSITIVE_EMOTIONS)
    negative = len(numbers - POSITIVE_EMOTIONS - UNDECIDED_EMOTIONS)
    return (positive + 0.5) / (positive + negative + 1)


@dataclass(frozen=True)
class Splits:
    """What is trained on and what is chosen by, by the name of the set."""

    train: dict[str, Texts]
    dev: dict[str, Texts]


def read_splits(data: Path, only_cc0: bool = False) -> Splits:
    """Read every set and take it apart; no text of a set's dev part is in any train part."""
    folder = data / "naver-movie-reviews"
    whole = {FILMS: films(folder / "train.tsv.xz")}
    dev = {FILMS: films(folder / "dev.tsv.xz")}
    for name, limit in DEV_PERCENT.items():
        whole[name] = labelled(data, name)
        inside = np.array([percent(text) < limit for text in whole[name].texts], bool)
        dev[name] = whole[name].take(np.flatnonzero(inside))
    held = {key(text) for name in DEV_PERCENT for text in dev[name].texts}
    names = [FILMS] if only_cc0 else list(whole)
    train = {}
    for name in names:
        free = [key(text) not in held for text in whole[name].texts]
        train[name] = whole[name].take(np.flatnonzero(np.array(free, bool)))
    return Splits(train, {name: part for name, part in dev.items() if len(part)})
