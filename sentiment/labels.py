"""What a model can answer: its labels, in the order of its logits, and when it is unsure of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Band = tuple[float, float]
"""Probabilities of "positive" between which a model is unsure, the ends excluded."""

NEVER: Band = (0.5, 0.5)
"""The band of a model that nobody measured: it is never called unsure."""

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
        """What a terminal shows: ``긍정 positive``."""
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
        return tuple(sorted(range(len(self)), key=lambda index: index != self.positive))

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

    def unsure(self, probabilities: Sequence[float], band: Band) -> bool:
        """Whether a model with that band is often wrong about probabilities like these."""
        return self.positive is not None and band[0] < probabilities[self.positive] < band[1]


NEGATIVE, POSITIVE = 0, 1
"""Indices of the book's two labels in the logits, as it trains them."""

PAIR = Labels(
    (Label("negative", "부정", "negative"), Label("positive", "긍정", "positive")),
    positive=POSITIVE,
    negative=NEGATIVE,
)
"""The book's two labels."""
