"""Judge sentences: tokenise, run the model, softmax into two probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from sentiment.errors import InputError, TooLongError
from sentiment.settings import MAX_CHARACTERS

Band = tuple[float, float]
"""Probabilities of "positive" between which a model is unsure, the ends excluded."""

NEVER: Band = (0.5, 0.5)
"""The band of a model that nobody measured: it is never called unsure."""

NEGATIVE, POSITIVE = 0, 1
"""Indices of the two labels in the logits, as the book trains them."""


@dataclass(frozen=True)
class Prediction:
    """The answer to one sentence; the two probabilities are at full precision, their sum is 1.

    `tokens_read` of `tokens_total` were read, ``[CLS]`` and ``[SEP]`` included. `unsure` says
    that the model is often wrong about probabilities like these.
    """

    sentence: str
    negative: float
    positive: float
    tokens_read: int
    tokens_total: int
    unsure: bool = False

    @property
    def label(self) -> str:
        """``positive`` or ``negative``; a tie is negative, as argmax has it."""
        return "positive" if self.positive > self.negative else "negative"

    @property
    def verdict(self) -> str:
        """The label, or ``unsure``: what people are told."""
        return "unsure" if self.unsure else self.label

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
        """Logits, shape (sentences, 2), float32, of token ids without padding."""
        ...


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, in the precision of `logits`."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def checked(sentence: str) -> str:
    """The sentence as it is, or an `InputError` that says what is wrong with it."""
    if not sentence.strip():
        raise InputError("There is no text to judge. Type a sentence and try again.")
    if "\0" in sentence:
        raise InputError(
            "The text holds a NUL character, which no sentence has. Remove it and try again."
        )
    if any("\ud800" <= character <= "\udfff" for character in sentence):
        raise InputError(
            "The text holds half a character (a lone surrogate). Send it as UTF-8 and try again."
        )
    if len(sentence) > MAX_CHARACTERS:
        raise TooLongError(
            "The text has {count:,} characters; at most {most:,} are taken. Shorten it.",
            count=len(sentence),
            most=MAX_CHARACTERS,
        )
    return sentence


def problem(sentence: str) -> InputError | None:
    """What is wrong with a sentence, for callers that go on with the others."""
    try:
        checked(sentence)
    except InputError as error:
        return error
    return None


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
    ) -> None:
        """Take over `tokenizer`: it is set to truncate and never to pad."""
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_seq_length)
        self.name = name
        self.id = id or name
        self.unsure = unsure
        self.max_seq_length = max_seq_length
        self._tokenizer = tokenizer
        self._backend = backend
        self._special = tokenizer.num_special_tokens_to_add(is_pair=False)

    def tokenize(self, sentence: str) -> tuple[list[int], int]:
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

    def predict(self, sentences: Sequence[str]) -> list[Prediction]:
        """Judge sentences in order; raises `InputError` for one that cannot be judged."""
        return self.judge([checked(sentence) for sentence in sentences])

    def judge(self, sentences: Sequence[str]) -> list[Prediction]:
        """Judge any text, blank or endless too: the model has an answer to everything."""
        if not sentences:
            return []
        tokens = [self.tokenize(sentence) for sentence in sentences]
        rows = self.probabilities([ids for ids, _ in tokens])
        return predictions(sentences, tokens, rows, self.unsure)

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Probabilities of the two labels, shape (sentences, 2), of what `tokenize` gave."""
        return softmax(self._backend.logits(ids))


def is_unsure(positive: float, band: Band) -> bool:
    """Whether a model is often wrong about a probability of "positive" like this."""
    return band[0] < positive < band[1]


def predictions(
    sentences: Sequence[str],
    tokens: Sequence[tuple[list[int], int]],
    probabilities: np.ndarray,
    band: Band,
) -> list[Prediction]:
    """Put together what `Classifier.tokenize` and `Classifier.probabilities` said."""
    return [
        Prediction(
            sentence,
            negative,
            positive,
            tokens_read=len(ids),
            tokens_total=total,
            unsure=is_unsure(positive, band),
        )
        for sentence, (negative, positive), (ids, total) in zip(
            sentences, probabilities.tolist(), tokens, strict=True
        )
    ]
