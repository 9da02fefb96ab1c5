"""All training texts end to end, so that what a teacher says of them is one array."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sentiment.training.recipes.sets import FILMS, NO_LABEL, Texts


@dataclass(frozen=True)
class Pool:
    """Parts by name in a fixed order; part `name` is rows ``starts[name]`` and on."""

    parts: dict[str, Texts]
    starts: dict[str, int]

    @classmethod
    def of(cls, parts: Iterable[Texts]) -> "Pool":
        """Put parts end to end, in this order."""
        starts: dict[str, int] = {}
        kept: dict[str, Texts] = {}
        at = 0
        for part in parts:
            kept[part.name], starts[part.name] = part, at
            at += len(part)
        return cls(kept, starts)

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts.values())

    @property
    def texts(self) -> list[str]:
        """All texts."""
        return [text for part in self.parts.values() for text in part.texts]

    @property
    def targets(self) -> np.ndarray:
        """All targets, (N,)."""
        values: np.ndarray = np.concatenate([part.targets for part in self.parts.values()])
        return values

    @property
    def importance(self) -> np.ndarray:
        """How much each text counts, (N,): films by side, a set like another; unknown ones 0."""
        values = np.zeros(len(self))
        for name, part in self.parts.items():
            known = part.targets != NO_LABEL
            mine = np.where(known, 1.0, 0.0)
            for side in (part.negative, part.positive):
                mine[side] = len(part) / (2 * max(1, len(side)))
            values[self.rows(name)] = mine
        return values

    def chosen(self, films: bool) -> np.ndarray:
        """Rows of the films, or all the others, as a mask (N,)."""
        mask = np.full(len(self), not films)
        if FILMS in self.parts:
            mask[self.rows(FILMS)] = films
        return mask

    def rows(self, name: str) -> slice:
        """Where a part lies."""
        return slice(self.starts[name], self.starts[name] + len(self.parts[name]))
