"""The answer to a sentence, and what is known of the model that gave it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from sentiment.labels import DOUBTFUL, PAIR, UNSURE, Labels
from sentiment.texts.notices import notices

Precision = Literal["exact", "fast"]
"""Full precision, or 8 bits."""

MOSTLY = 0.5
"""Share of its letters in unknown words from which a text counts as not understood."""


@dataclass(frozen=True)
class Prediction:
    """The answer to one sentence: probabilities of `labels` at full precision, their sum is 1.

    `tokens_read` of `tokens_total` were read, ``[CLS]`` and ``[SEP]`` included. `unsure` says
    that the model is often wrong about probabilities like these. `unknown` is the share of the
    letters that stand in words which the tokenizer does not know. `windows`: in how many parts a
    text was judged that is longer than the model reads; see `sentiment.model.windows`.
    """

    sentence: str
    probabilities: tuple[float, ...]
    tokens_read: int
    tokens_total: int
    unsure: bool = False
    labels: Labels = PAIR
    unknown: float = 0.0
    windows: int = 1

    @property
    def label(self) -> str:
        """The name of the likeliest label; a tie is the first, as argmax has it."""
        return self.labels.likeliest(self.probabilities).name

    @property
    def confidence(self) -> float:
        """The probability of `label`."""
        return max(self.probabilities)

    @property
    def verdict(self) -> str:
        """The label, or ``unsure``: what people are told."""
        return UNSURE if self.unsure else self.label

    @property
    def told(self) -> str:
        """The verdict as a page heads it: `DOUBTFUL` where the text was hardly understood."""
        return DOUBTFUL if self.doubtful else self.verdict

    @property
    def doubtful(self) -> bool:
        """Whether the text was hardly understood, so that the answer means little."""
        return any(code != "truncated" for code in self.notices)

    @property
    def by_name(self) -> dict[str, float]:
        """The probability of each label, in their order."""
        return dict(zip(self.labels.names, self.probabilities, strict=True))

    @property
    def positive(self) -> float:
        """The probability of "positive"; raises `LookupError` where no label is that."""
        return self._of(self.labels.positive)

    @property
    def negative(self) -> float:
        """The probability of "negative"; raises `LookupError` where no label is that."""
        return self._of(self.labels.negative)

    def _of(self, index: int | None) -> float:
        if index is None:
            raise LookupError(f"none of {self.labels.names} is meant")
        return self.probabilities[index]

    @property
    def truncated(self) -> bool:
        """Whether the end of the sentence was not read."""
        return self.tokens_read < self.tokens_total

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """What was not understood: keys of `sentiment.texts.notices.NOTICES`."""
        found = notices(self.sentence)
        if self.unknown > MOSTLY and not found:
            found = ("unknown_words",)
        return (*found, "truncated") if self.truncated else found


@dataclass(frozen=True)
class Facts:
    """What is known of a model beside its answers.

    `runs` is what runs it, empty where nobody knows; `kind` that of transformers, such as
    ``bert``; `labels_from` says who named the labels, ``-`` where nobody did; `unknown` is the
    share of [UNK] on everyday sentences; `shift` how far a probability was at most from full
    precision on some sentences, and `same_labels` the share of these with the same label, both
    None where that was not measured. `folder` is where it lies, with what was measured of it.
    """

    precision: Precision = "exact"
    runs: str = "torch"
    kind: str = ""
    parameters: int = 0
    labels_from: str = "-"
    unknown: float = 0.0
    shift: float | None = None
    same_labels: float | None = None
    folder: Path | None = None
