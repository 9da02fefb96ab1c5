"""What models say about many sentences; it grows by some twenty bytes a sentence.

Texts pass through: what remains are probabilities, slices as bits, and the few sentences that
are shown.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop
from random import Random
from time import perf_counter

import numpy as np

from sentiment.evaluation.slices import REWRITES, SEED, SLICES
from sentiment.model.export.agreement import rows
from sentiment.model.inference import Classifier
from sentiment.tables.labelled import Labelled

SHOWN = 20
"""Mistakes and flips that are kept: the clearest ones."""


@dataclass(frozen=True)
class Shown:
    """A sentence with its label, and what each model answers with which probability.

    `positive` is the probability of positive that each gave it, where its labels are the pair.
    """

    text: str
    label: str
    positive: tuple[float, ...]
    answers: tuple[str, ...]
    confidence: tuple[float, ...]


class Clearest:
    """The `SHOWN` sentences of the highest weight; of equals those that came first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Shown]] = []
        self._count = 0

    def add(self, weight: float, shown: Shown) -> None:
        """Keep it if it is among the clearest so far."""
        self._count += 1
        keep = heappush if len(self._heap) < SHOWN else heappushpop
        keep(self._heap, (weight, -self._count, shown))

    @property
    def best(self) -> list[Shown]:
        """Those that were kept, the clearest first."""
        return [shown for _, _, shown in sorted(self._heap, reverse=True)]


class Texts:
    """Which texts stand in a file; eight bytes each."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._hashes = np.unique(np.fromiter(map(hash, texts), np.int64))

    def __contains__(self, text: str) -> bool:
        place = int(np.searchsorted(self._hashes, hash(text)))
        return place < len(self._hashes) and bool(self._hashes[place] == hash(text))


class Answers:
    """The answers of one or two models to the same sentences, the first also to rewritten ones.

    `names` are the labels of the first model from negative to positive; figures have their order.
    """

    def __init__(self, models: Sequence[Classifier], rewrite: bool, known: Texts | None) -> None:
        """Of `known` texts it is remembered that they are; None: nobody asked."""
        self.models, self.known = models, known
        self.labels = models[0].labels
        self.names = tuple(self.labels[index].name for index in self.labels.rising)
        self.rewritten = {name: array("h") for name, *_ in REWRITES if rewrite}
        self.seconds = 0.0  # that the first model took for the sentences as they are
        self.mistakes, self.flips = Clearest(), Clearest()
        self._rows = [array("f") for _ in models]
        self._right, self._slices, self._new = array("h"), array("H"), array("b")

    def __len__(self) -> int:
        return len(self._right)

    def add(self, sentences: Sequence[Labelled]) -> None:
        """Ask about some more sentences, which the models take together."""
        texts = [text for text, _ in sentences]
        begun = perf_counter()
        found = [rows(self.models[0], texts)]
        self.seconds += perf_counter() - begun
        found += [rows(model, texts) for model in self.models[1:]]
        for name, _, _, way in REWRITES:
            if name in self.rewritten:
                # Each text has its own seed, so that it slips alike wherever it stands in a file.
                changed = [way(text, Random(f"{SEED} {text}")) for text in texts]  # noqa: S311
                answered = rows(self.models[0], changed)
                self.rewritten[name].extend(self._places(0, answered).tolist())
        for grown, row in zip(self._rows, found, strict=True):
            grown.extend(row.ravel())
        for index, (text, label) in enumerate(sentences):
            self._note(text, label, [row[index].tolist() for row in found])

    def _note(self, text: str, label: str, rows: Sequence[list[float]]) -> None:
        self._right.append(self.names.index(label))
        self._slices.append(sum(each.holds(text) << bit for bit, each in enumerate(SLICES)))
        self._new.append(self.known is not None and text not in self.known)
        labels = [model.labels for model in self.models]
        said = tuple(each.likeliest(row).name for each, row in zip(labels, rows, strict=True))
        scores = [each.score(row) for each, row in zip(labels, rows, strict=True)]
        sure = tuple(map(max, rows))
        pairs = all(each.is_pair for each in labels)
        shown = Shown(text, label, tuple(scores) if pairs else (), said, sure)
        if said[0] != label:
            self.mistakes.add(abs(scores[0] - 1 / 2) if pairs else sure[0], shown)
        if said[0] != said[-1]:
            self.flips.add(abs(scores[0] - scores[-1]) if pairs else min(sure), shown)

    def probabilities(self, model: int) -> np.ndarray:
        """The probabilities that a model gave each sentence, (n, labels)."""
        width = len(self.models[model].labels)
        return np.array(self._rows[model], float).reshape(-1, width)

    def _places(self, model: int, rows: np.ndarray) -> np.ndarray:
        """Which of `names` a model answers, (n,); -1 for a label that the first one lacks."""
        places = {name: place for place, name in enumerate(self.names)}
        each = [places.get(name, -1) for name in self.models[model].labels.names]
        return np.array(each)[rows.argmax(axis=1)] if len(rows) else np.empty(0, int)

    def said(self, model: int) -> np.ndarray:
        """Which of `names` a model answered each sentence, (n,); -1 for one of its own."""
        return self._places(model, self.probabilities(model))

    @property
    def right(self) -> np.ndarray:
        """Which of `names` is right for each sentence, (n,)."""
        return np.array(self._right, int)

    @property
    def new(self) -> np.ndarray:
        """Whether each sentence is none of those that are known, (n,)."""
        return np.array(self._new, bool)

    def inside(self, bit: int) -> np.ndarray:
        """Whether each sentence belongs to a slice of `SLICES`, (n,)."""
        return np.array(np.array(self._slices, np.uint16) >> bit & 1, bool)
