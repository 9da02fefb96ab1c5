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
from sentiment.model.export.agreement import positives
from sentiment.model.inference import Classifier
from sentiment.tables.labelled import Labelled

SHOWN = 20
"""Mistakes and flips that are kept: the clearest ones."""


@dataclass(frozen=True)
class Shown:
    """A sentence with its label, and the probability of "positive" that each model gave it."""

    text: str
    label: str
    positive: tuple[float, ...]


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
    """The answers of one or two models to the same sentences, the first also to rewritten ones."""

    def __init__(self, models: Sequence[Classifier], rewrite: bool, known: Texts | None) -> None:
        """Of `known` texts it is remembered that they are; None: nobody asked."""
        self.models, self.known = models, known
        self.rewritten = {name: array("f") for name, *_ in REWRITES if rewrite}
        self.seconds = 0.0  # that the first model took for the sentences as they are
        self.mistakes, self.flips = Clearest(), Clearest()
        self._positive = [array("f") for _ in models]
        self._labels, self._slices, self._new = array("b"), array("H"), array("b")

    def __len__(self) -> int:
        return len(self._labels)

    def add(self, sentences: Sequence[Labelled]) -> None:
        """Ask about some more sentences, which the models take together."""
        texts = [text for text, _ in sentences]
        begun = perf_counter()
        rows = [positives(self.models[0], texts)]
        self.seconds += perf_counter() - begun
        rows += [positives(model, texts) for model in self.models[1:]]
        for name, _, _, way in REWRITES:
            if name in self.rewritten:
                # Each text has its own seed, so that it slips alike wherever it stands in a file.
                changed = [way(text, Random(f"{SEED} {text}")) for text in texts]  # noqa: S311
                self.rewritten[name].extend(positives(self.models[0], changed))
        for grown, row in zip(self._positive, rows, strict=True):
            grown.extend(row)
        for (text, label), answers in zip(sentences, zip(*rows, strict=True), strict=True):
            self._note(text, label, answers)

    def _note(self, text: str, label: bool, answers: tuple[float, ...]) -> None:
        self._labels.append(label)
        self._slices.append(sum(each.holds(text) << bit for bit, each in enumerate(SLICES)))
        self._new.append(self.known is not None and text not in self.known)
        shown = Shown(text, "positive" if label else "negative", answers)
        said = [positive > 1 / 2 for positive in answers]
        if said[0] != label:
            self.mistakes.add(abs(answers[0] - 1 / 2), shown)
        if said[0] != said[-1]:
            self.flips.add(abs(answers[0] - answers[-1]), shown)

    def positive(self, model: int) -> np.ndarray:
        """The probability of "positive" that a model gave each sentence, (n,)."""
        return np.array(self._positive[model], float)

    @property
    def labels(self) -> np.ndarray:
        """Whether each sentence is positive, (n,)."""
        return np.array(self._labels, bool)

    @property
    def new(self) -> np.ndarray:
        """Whether each sentence is none of those that are known, (n,)."""
        return np.array(self._new, bool)

    def inside(self, bit: int) -> np.ndarray:
        """Whether each sentence belongs to a slice of `SLICES`, (n,)."""
        return np.array(np.array(self._slices, np.uint16) >> bit & 1, bool)
