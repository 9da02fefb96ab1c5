"""What a model can answer: its labels, in the order of its logits, and when it is unsure of one."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Band = tuple[float, float]
"""Scores between which a model is unsure, the ends excluded; see `Labels.score`."""

NEVER: Band = (0.5, 0.5)
"""The band of a model that nobody measured: it is never called unsure."""

UNSURE = "unsure"
"""The verdict where the model is often wrong about answers like this; no label of its own."""

DOUBTFUL = "doubtful"
"""What people are told where a text was hardly understood, whatever the model answers."""


@dataclass(frozen=True)
class Label:
    """A label: its name for programs, and what people see of it in two languages.

    `leaning` says where it lies on the way from negative to positive: below 0, 0 in the middle,
    above 0; None where it is no opinion at all.
    """

    name: str
    korean: str
    english: str
    leaning: int | None = None

    @property
    def both(self) -> str:
        """What a terminal shows: ``긍정 positive``, or a name of the model's own once."""
        if self.korean == self.english:
            return self.english
        return f"{self.korean} {self.english}"


@dataclass(frozen=True)
class Labels(Sequence[Label]):
    """The labels of a model in the order of its logits.

    `positive` and `negative` are the indices of those two, where there are any: what a label means
    is told by its name, never by its place.
    """

    labels: tuple[Label, ...]
    positive: int | None = None
    negative: int | None = None

    def __getitem__(self, index: int) -> Label:  # type: ignore[override]  # no slices
        return self.labels[index]

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(label.name for label in self.labels)

    @property
    def order(self) -> tuple[int, ...]:
        """Indices in the order in which people see them: what is positive comes first."""
        return tuple(sorted(range(len(self)), key=lambda index: -(self[index].leaning or 0)))

    @property
    def rising(self) -> tuple[int, ...]:
        """Indices in the order of tables of figures: what is negative comes first."""
        return tuple(sorted(range(len(self)), key=lambda index: self[index].leaning or 0))

    @property
    def shown(self) -> list[str]:
        """The names in that order."""
        return [self[index].name for index in self.order]

    @property
    def is_pair(self) -> bool:
        """Whether there are two, positive and negative, in whatever order."""
        return len(self) == 2 and self.positive is not None and self.negative is not None

    @property
    def is_called_pair(self) -> bool:
        """Whether those two are called so, and not ``good`` and ``bad``, say."""
        return set(self.names) == set(PAIR.names)

    def of(self, name: str) -> Label:
        """The label of that name; raises `KeyError`."""
        return {label.name: label for label in self.labels}[name]

    def verdict(self, probabilities: Sequence[float], band: Band) -> str:
        """What people are told: the name of the likeliest label, or `UNSURE` inside the band."""
        if self.unsure(probabilities, band):
            return UNSURE
        return self.likeliest(probabilities).name

    def likeliest(self, probabilities: Sequence[float]) -> Label:
        """The label that a model answers; of equals the first, as argmax has it."""
        return self[max(range(len(self)), key=probabilities.__getitem__)]

    def focus(self, probabilities: Sequence[float]) -> int:
        """The label that changes are told of: positive of the pair, else the likeliest."""
        if self.is_pair and self.positive is not None:
            return self.positive
        return max(range(len(self)), key=probabilities.__getitem__)

    def score(self, probabilities: Sequence[float]) -> float:
        """What a band is about: of the pair the probability of positive, else the confidence."""
        return probabilities[self.focus(probabilities)]

    def opinion(self, probabilities: Sequence[float]) -> float:
        """Where an answer lies between negative and positive: what its labels lean by, expected.

        NaN where no label leans.
        """
        leaning = [label.leaning for label in self]
        if all(lean is None for lean in leaning):
            return math.nan
        return sum((lean or 0) * share for lean, share in zip(leaning, probabilities, strict=True))

    def unsure(self, probabilities: Sequence[float], band: Band) -> bool:
        """Whether a model with that band is often wrong about probabilities like these."""
        return band[0] < self.score(probabilities) < band[1]

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Labels":
        """The labels that `dataclasses.asdict` made plain data of."""
        return cls(**{**kept, "labels": tuple(Label(**label) for label in kept["labels"])})


NEGATIVE, POSITIVE = 0, 1
"""Indices of the book's two labels in the logits, as it trains them."""

PAIR = Labels(
    (Label("negative", "부정", "negative", -1), Label("positive", "긍정", "positive", 1)),
    positive=POSITIVE,
    negative=NEGATIVE,
)
"""The book's two labels."""

KNOWN = {
    "negative": ("부정", -1, {"negative", "neg", "부정"}),
    "neutral": ("중립", 0, {"neutral", "neu", "중립"}),
    "positive": ("긍정", 1, {"positive", "pos", "긍정"}),
}
"""Names that are one and the same, in both languages, and how they lean."""

OPINIONS = {
    -1: {
        "bad",
        "unfavorable",
        "unfavourable",
        "dislike",
        "부정적",
        "나쁨",
        "싫음",
        "불만",
        "비추천",
    },
    0: {"mixed", "중립적", "보통"},
    1: {"good", "favorable", "favourable", "like", "긍정적", "좋음", "만족", "추천"},
}
"""Further words of which it is known how they lean."""

STRONGER = {"very", "strongly", "extremely", "highly", "매우", "아주"}
WEAKER = {"slightly", "somewhat", "mostly", "rather", "약간", "다소", "조금"}


def labels_of(names: Sequence[str]) -> Labels:
    """The labels that a model names, in the order of its logits.

    What is positive or negative is told by the name alone, in Korean or English, or by a whole
    scale of stars. The two of a pair get the names of `PAIR`, and so do two that nobody named
    (``LABEL_0``, ``LABEL_1``); all others keep their own. Raises `ValueError` for no names, blank
    ones, or one name twice.
    """
    names = [name.strip() for name in names]
    if not all(names) or not names or len({name.casefold() for name in names}) < len(names):
        raise ValueError(names)
    if len(names) == 2 and unnamed(names):
        return PAIR
    scale = stars(names)
    labels = [label_of(name, rank) for name, rank in zip(names, scale, strict=True)]
    positive, negative = (
        [index for index, label in enumerate(labels) if (label.leaning or 0) * side > 0]
        for side in (1, -1)
    )
    if len(labels) == 2 and [canonical(name) for name in names] in (
        ["negative", "positive"],
        ["positive", "negative"],
    ):
        labels = [PAIR.of(str(canonical(name))) for name in names]
    return Labels(
        tuple(labels),
        positive=positive[0] if len(positive) == 1 else None,
        negative=negative[0] if len(negative) == 1 else None,
    )


def unnamed(names: Sequence[str]) -> bool:
    """Whether these are the names that transformers makes up where nobody gave any."""
    return all(name.casefold() == f"label_{index}" for index, name in enumerate(names))


def canonical(name: str) -> str | None:
    """``negative``, ``neutral`` or ``positive`` for another spelling of one of them."""
    return next((key for key, (*_, same) in KNOWN.items() if name.casefold() in same), None)


def label_of(name: str, rank: int | None) -> Label:
    """A label under its own name; `rank` is how it leans on a scale of stars."""
    if same := canonical(name):
        korean, side, _ = KNOWN[same]
        return Label(name, korean, same, side)
    return Label(name, name, name, leaning(name) if rank is None else rank)


def leaning(name: str) -> int | None:
    """How a name leans, by its words: ``very positive`` 2, ``bad`` -1, ``hate`` None."""
    words = re.findall(r"[^\W_]+", name.casefold())
    adverbs = STRONGER | WEAKER
    rest = [word for word in words if word not in adverbs]
    if len(rest) != 1:
        return None
    same = canonical(rest[0])
    side = KNOWN[same][1] if same else None
    if side is None:
        side = next((side for side, known in OPINIONS.items() if rest[0] in known), None)
    return side * 2 if side and STRONGER & set(words) else side


def stars(names: Sequence[str]) -> list[int | None]:
    """How each name leans if together they are a scale that begins with one star; else None each.

    ``1 star`` to ``5 stars``, ``1점`` to ``5점``, ``1`` to ``5``; in any order, three or more.
    """
    pattern = r"(?:별점?\s*)?(\d+)\s*(?:[-_ ]?stars?|점|개|★|⭐)?"
    found = [re.fullmatch(pattern, name.casefold()) for name in names]
    numbers = [int(match[1]) for match in found if match]
    if len(names) < 3 or sorted(numbers) != list(range(1, len(names) + 1)):
        return [None] * len(names)
    doubled = [2 * number - len(names) - 1 for number in numbers]  # so that a middle is whole
    return [value // 2 if len(names) % 2 else value for value in doubled]
