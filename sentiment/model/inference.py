"""Answer sentences: tokenise, run the model, softmax into probabilities."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import Unigram

from sentiment.errors import NotANumberError
from sentiment.labels import NEVER, PAIR, Band, Labels
from sentiment.model.prediction import Facts, Precision, Prediction
from sentiment.texts.checks import checked
from sentiment.texts.notices import share_of_letters
from sentiment.texts.spelling import Form, Span, aligned, spelled

__all__ = [
    "Backend",
    "Classifier",
    "Facts",
    "Precision",
    "Prediction",
    "Predictor",
    "Reading",
    "Tokens",
    "predictions",
    "softmax",
]

Tokens = tuple[list[int], int]
"""Token ids that a model reads of a sentence, and how many tokens the whole sentence has."""


@dataclass(frozen=True)
class Reading:
    """How far a text could be read, in characters as it was typed.

    `end`: where the part ends that the model reads. `unknown`: start and end of what in it the
    tokenizer has no tokens for, such as a run of over 100 characters; each is the same one unknown
    word to the model. `words`: start and end of each.
    """

    end: int
    unknown: list[Span]
    words: list[Span]


class Backend(Protocol):
    """What runs the model."""

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels), float32, of token ids without padding."""
        ...


class Predictor(Protocol):
    """What can answer sentences: a classifier, an engine over one, the book's own function.

    `id` tells models of one name apart. `unsure` is the band where it is often wrong.
    `max_seq_length`: tokens that it reads of a sentence, 0 where nobody knows. `form`: what it
    makes of a text before it reads it.
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

    @property
    def form(self) -> Form:
        """The form of a text that it reads."""
        ...

    @property
    def facts(self) -> Facts:
        """What is known of it beside its answers."""
        ...

    def tokenize(self, sentence: str) -> Tokens:
        """Token ids that are read, and how many tokens the whole sentence has."""
        ...

    def reading(self, sentence: str) -> Reading:
        """What of the sentence is read, and what of that is unknown."""
        ...

    def unknown(self, sentence: str, ids: Sequence[int]) -> float:
        """Share of the letters of a sentence, of which `ids` are read, in unknown words."""
        ...

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Probabilities, shape (sentences, labels), of what `tokenize` gave."""
        ...


def digest_of(model: Predictor) -> str:
    """Changes with whatever the answers of a model depend on: two of one digest agree."""
    reads = (model.id, model.max_seq_length, model.form, model.labels.names, model.unsure)
    runs = (model.facts.precision, model.facts.runs)
    return hashlib.sha256(repr((*reads, *runs)).encode()).hexdigest()[:32]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, in the precision of `logits`."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def unknown_id(tokenizer: Tokenizer) -> int | None:
    """The id of what a tokenizer can make nothing of; None where there is no such thing.

    A Unigram model names it nowhere, so it is asked for a character that no vocabulary has.
    """
    if name := getattr(tokenizer.model, "unk_token", None):
        return tokenizer.token_to_id(name)
    if not isinstance(tokenizer.model, Unigram):
        return None
    found = tokenizer.model.tokenize(NOBODYS)
    return found[0].id if len(found) == 1 else None  # several: it falls back to bytes


def cut(tokenizer: Tokenizer, most: int) -> None:
    """Let a tokenizer keep at most so many tokens, of the side that it keeps: mostly the first."""
    side = (tokenizer.truncation or {}).get("direction", "right")
    tokenizer.enable_truncation(most, direction=side)


NOBODYS = "\U0010fffd"
"""A character of private use."""


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
        form: Form = "as-typed",
    ) -> None:
        """Take over `tokenizer`: it is set to truncate and never to pad.

        `form`: what the model was made to read; see `sentiment.texts.spelling`.
        """
        tokenizer.no_padding()
        cut(tokenizer, max_seq_length)
        self.name = name
        self.id = id or name
        self.unsure = unsure
        self.labels = labels
        self.facts = facts
        self.form = form
        self.max_seq_length = max_seq_length
        self._tokenizer = tokenizer
        self._backend = backend
        self._special = tokenizer.num_special_tokens_to_add(is_pair=False)
        self._unknown = unknown_id(tokenizer)

    def tokenize(self, sentence: str) -> Tokens:
        """Token ids that the model reads, and how many tokens the whole sentence has."""
        encoding = self._tokenizer.encode(spelled(sentence, self.form))
        rest = sum(len(part) - self._special for part in encoding.overflowing)
        return encoding.ids, len(encoding) + rest

    def reading(self, sentence: str) -> Reading:
        """What of the sentence the model reads, and what of that it can make nothing of."""
        form = aligned(sentence, self.form)
        encoding = self._tokenizer.encode(form.text)
        read = max((end for _, end in encoding.offsets), default=0)
        pairs = zip(encoding.ids, encoding.offsets, strict=True)
        return Reading(
            form.place(0, read)[1] if encoding.overflowing else len(sentence),
            [form.place(*place) for token, place in pairs if token == self._unknown],
            form.words(),
        )

    def unknown(self, sentence: str, ids: Sequence[int]) -> float:
        """Share of the letters of a sentence, of which `ids` are read, in unknown words."""
        unknown = 0 if self._unknown is None else ids.count(self._unknown)
        if unknown * 4 < len(ids) - self._special:  # most texts: no second look
            return 0.0
        return share_of_letters(sentence, self.reading(sentence).unknown)

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
            unknown=model.unknown(text, ids),
        )
        for text, row, (ids, total) in zip(texts, probabilities.tolist(), tokens, strict=True)
    ]
