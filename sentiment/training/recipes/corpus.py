"""Texts as token ids, and batches of like lengths."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer

POOL = 64
"""Batches that are sorted by length together: more means less padding, less shuffling."""


@dataclass(frozen=True)
class Corpus:
    """Token ids of N texts, end to end: text i is ``ids[starts[i]:starts[i + 1]]``."""

    ids: np.ndarray
    starts: np.ndarray

    @classmethod
    def encode(cls, tokenizer: Tokenizer, texts: list[str]) -> "Corpus":
        """Tokenise with ``[CLS]`` and ``[SEP]``, truncated as the tokenizer is set."""
        rows: list[list[int]] = []
        for start in range(0, len(texts), 20_000):
            encodings = tokenizer.encode_batch_fast(texts[start : start + 20_000])
            rows += [encoding.ids for encoding in encodings]
        starts = np.cumsum([0] + [len(row) for row in rows])
        return cls(np.concatenate([np.array(row, np.uint16) for row in rows]), starts)

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each text, shape (N,)."""
        return np.diff(self.starts)

    def batch(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and attention mask of some texts, each (rows, longest), padded with 0."""
        longest = int(self.lengths[rows].max())
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros_like(ids)
        for out, row in enumerate(rows):
            text = self.ids[self.starts[row] : self.starts[row + 1]]
            ids[out, : len(text)] = text
            mask[out, : len(text)] = 1
        return torch.from_numpy(ids), torch.from_numpy(mask)


def batches(
    lengths: np.ndarray, rows: np.ndarray, tokens: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shuffle `rows` into batches of like lengths, each at most `tokens` with its padding."""
    pool = max(1, int(POOL * tokens / max(1.0, float(lengths[rows].mean()))))
    shuffled = rng.permutation(rows)
    made: list[np.ndarray] = []
    for start in range(0, len(shuffled), pool):
        part = shuffled[start : start + pool]
        made += cut(part[np.argsort(lengths[part], kind="stable")], lengths, tokens)
    return (made[i] for i in rng.permutation(len(made)))


def cut(rows: np.ndarray, lengths: np.ndarray, tokens: int) -> Iterator[np.ndarray]:
    """Rows that are sorted by length, in batches of at most `tokens` with their padding."""
    while len(rows):
        longest = lengths[rows[: max(1, tokens // max(1, int(lengths[rows[0]])))]]
        fits = longest * np.arange(1, len(longest) + 1) <= tokens
        size = max(1, int(np.flatnonzero(fits)[-1]) + 1) if fits.any() else 1
        yield rows[:size]
        rows = rows[size:]
