"""Answer sentences: tokenise, run the model, softmax into probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from tokenizers import Tokenizer

from sentiment.errors import NotANumberError
from sentiment.labels import NEVER, PAIR, Band, Labels
from sentiment.texts.checks import checked

Precision = Literal["exact", "fast"]
"""Full precision, or 8 bits."""

Tokens = tuple[list[int], int]
"""Token ids that a model reads of a sentence, and how many tokens the whole sentence has."""


@dataclass(frozen=True)
class Prediction:
    """The answer to one sentence: probabilities of `labels` at full precision, their sum is 1.

    `tokens_read` of `tokens_total` were read, ``[CLS]`` and ``[SEP]`` included. `unsure` says
    that the model is often wrong about probabilities like these.
    """

    sentence: str
    probabilities: tuple[float, ...]
    tokens_read: int
    tokens_total: int
    unsure: bool = False
    labels: Labels = PAIR

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
        return "unsure" if self.unsure else self.label

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


@dataclass(frozen=True)
class Reading:
    """How far a text could be read, in characters.

    `end`: where the part ends that the model reads. `unknown`: start and end of what in it the
    tokenizer has no tokens for, such as a run of over 100 characters; each is the same one unknown
    word to the model.
    """

    end: int
    unknown: list[tuple[int, int]]


class Backend(Protocol):
    """What runs the model."""

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels), float32, of token ids without padding."""
        ...


class Predictor(Protocol):
    """What can answer sentences: a classifier, an engine over one, the book's own function.

    `id` tells models of one name apart. `unsure` is the band where it is often wrong.
    `max_seq_length`: tokens that it reads of a sentence, 0 where nobody knows.
    """

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    @property
    def id(self) -> str:
        """Made from the weights, so that it changes with them."""
        ...

    @property
    def labels(self) -> Labels:
        """What it can answer, in the order of the probabilities."""
        ...

    @property
    def unsure(self) -> Band:
        """Where it is often wrong."""
        ...

    @property
    def max_seq_length(self) -> int:
        """Most tokens of a sentence that are read."""
        ...

    def tokenize(self, sentence: str) -> Tokens:
        """Token ids that are read, and how many tokens the whole sentence has."""
        ...

    def reading(self, sentence: str) -> Reading:
        """What of the sentence is read, and what of that is unknown."""
        ...

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Probabilities, shape (sentences, labels), of what `tokenize` gave."""
        ...


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, in the precision of `logits`."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


@dataclass(frozen=True)
class Facts:
    """What is known of a model beside its answers.

    `kind` is that of transformers, such as ``bert``; `labels_from` says who named the labels, ``-``
    where nobody did; `unknown` is the share of [UNK] on everyday sentences; `shift` how far a
    probability was at most from full precision on some sentences, and `same_labels` the share of
    these with the same label, both None where that was not measured.
    """

    precision: Precision = "exact"
    runs: str = "torch"
    kind: str = ""
    parameters: int = 0
    labels_from: str = "-"
    unknown: float = 0.0
    shift: float | None = None
    same_labels: float | None = None


class Classifier:
    """A tokenizer and a backend that belong together, under the name people see.

    `id` tells models of one name apart: it is made from the weights.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Tokenizer,
        backend: Backend,
        max_seq_length: int,
        id: str = "",  # noqa: A002 - what it is called everywhere
        unsure: Band = NEVER,
        labels: Labels = PAIR,
        facts: Facts = Facts(),
    ) -> None:
        """Take over `tokenizer`: it is set to truncate and never to pad."""
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_seq_length)
        self.name = name
        self.id = id or name
        self.unsure = unsure
        self.labels = labels
        self.facts = facts
        self.max_seq_length = max_seq_length
        self._tokenizer = tokenizer
        self._backend = backend
        self._special = tokenizer.num_special_tokens_to_add(is_pair=False)

    def tokenize(self, sentence: str) -> Tokens:
        """Token ids that the model reads, and how many tokens the whole sentence has."""
        encoding = self._tokenizer.encode(sentence)
        rest = sum(len(part) - self._special for part in encoding.overflowing)
        return encoding.ids, len(encoding) + rest

    def reading(self, sentence: str) -> Reading:
        """What of the sentence the model reads, and what of that it can make nothing of."""
        encoding = self._tokenizer.encode(sentence)
        end = max(end for _, end in encoding.offsets) if encoding.overflowing else len(sentence)
        unknown = getattr(self._tokenizer.model, "unk_token", None)
        pairs = zip(encoding.tokens, encoding.offsets, strict=True)
        return Reading(end, [place for token, place in pairs if token == unknown])

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Probabilities, shape (sentences, labels), of what `tokenize` gave.

        Raises `NotANumberError`.
        """
        logits = self._backend.logits(ids)
        if not np.isfinite(logits).all():
            raise NotANumberError(
                "The model {name} answers with no number (NaN or infinity), so its weights are"
                " damaged or its training went wrong. Name another checkpoint with --model.",
                name=self.name,
            )
        return softmax(logits)

    def predict(self, sentences: Sequence[str]) -> list[Prediction]:
        """Answer sentences in order; raises `InputError` for one that is no sentence."""
        return self.predict_any([checked(sentence) for sentence in sentences])

    def predict_any(self, texts: Sequence[str]) -> list[Prediction]:
        """Answer any text in order, blank or endless too: the model has an answer to everything."""
        if not texts:
            return []
        tokens = [self.tokenize(text) for text in texts]
        return predictions(self, texts, tokens, self.probabilities([ids for ids, _ in tokens]))


def predictions(
    model: Predictor, texts: Sequence[str], tokens: Sequence[Tokens], probabilities: np.ndarray
) -> list[Prediction]:
    """Put together what the `tokenize` and `probabilities` of a model said of some texts."""
    return [
        Prediction(
            text,
            tuple(row),
            tokens_read=len(ids),
            tokens_total=total,
            unsure=model.labels.unsure(row, model.unsure),
            labels=model.labels,
        )
        for text, row, (ids, total) in zip(texts, probabilities.tolist(), tokens, strict=True)
    ]
