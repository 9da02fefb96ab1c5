"""What a model can answer: its labels, in the order of its logits, and when it is unsure of one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Band = tuple[float, float]
"""Scores between which a model is unsure, the ends excluded; see `Labels.score`."""

NEVER: Band = (0.5, 0.5)
"""The band of a model that nobody measured: it is never called unsure."""

STARS = re.compile(r"\D*([1-9])\s*(?:stars?|점|개|★)", re.IGNORECASE)
"""Labels such as ``4 stars``, ``별 4개`` and ``4점``; five of them may be the bare numbers."""

UNSURE = "unsure"
"""The verdict where the model is often wrong about answers like this; no label of its own."""


@dataclass(frozen=True)
class Label:
    """A label: its name for programs, and what people see of it in two languages."""

    name: str
    korean: str
    english: str

    @property
    def both(self) -> str:
        """What a terminal shows: ``긍정 positive``; one word where both are the same."""
        return " ".join(dict.fromkeys((self.korean, self.english)))


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

    @cached_property
    def pair(self) -> bool:
        """Whether these are the two of the book, positive and negative, whatever their order."""
        return len(self) == 2 and {self.positive, self.negative} == {0, 1}

    @cached_property
    def tones(self) -> tuple[int | None, ...]:
        """Where each label lies between positive, 2, and negative, -2; None: it has no such side.

        Of stars the outer two on each side lie there. A label beside positive and negative lies
        in the middle.
        """
        if (stars := self.stars) and (top := max(stars)) > 1:
            return tuple(round(4 * (number - 1) / (top - 1)) - 2 for number in stars)
        if self.positive is None or self.negative is None:
            return (None,) * len(self)
        sides = {self.positive: 2, self.negative: -2}
        return tuple(sides.get(index, 0) for index in range(len(self)))

    @property
    def stars(self) -> tuple[int, ...] | None:
        """The number of stars of each label; None where the labels are no stars."""
        if sorted(self.names) == ["1", "2", "3", "4", "5"]:
            return tuple(map(int, self.names))
        found = [STARS.fullmatch(label.name.strip()) for label in self]
        numbers = tuple(int(each[1]) for each in found if each)
        return numbers if len(set(numbers)) == len(self) > 2 else None

    @property
    def order(self) -> tuple[int, ...]:
        """Indices in the order in which people see them: what is positive comes first."""
        tones = [tone or 0 for tone in self.tones]
        return tuple(sorted(range(len(self)), key=lambda index: -tones[index]))

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Labels":
        """The labels that `dataclasses.asdict` made plain data of."""
        return cls(**{**kept, "labels": tuple(Label(**label) for label in kept["labels"])})

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

    def score(self, probabilities: Sequence[float]) -> float:
        """What a band is about: of the pair the probability of positive, else the confidence."""
        if self.pair and self.positive is not None:
            return probabilities[self.positive]
        return max(probabilities)

    def unsure(self, probabilities: Sequence[float], band: Band) -> bool:
        """Whether a model with that band is often wrong about probabilities like these."""
        return band[0] < self.score(probabilities) < band[1]


NEGATIVE, POSITIVE = 0, 1
"""Indices of the book's two labels in the logits, as it trains them."""

PAIR = Labels(
    (Label("negative", "부정", "negative"), Label("positive", "긍정", "positive")),
    positive=POSITIVE,
    negative=NEGATIVE,
)
"""The book's two labels."""
