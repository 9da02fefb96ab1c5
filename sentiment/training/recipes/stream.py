"""An endless, repeatable stream of training batches, mixed from several sources.

Everything about batch number i follows from the seed and i, so that a run which was cut off goes
on with what it would have seen.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from sentiment.training.recipes.corpus import cut
from sentiment.training.recipes.variants import Shares, varied


@dataclass(frozen=True)
class Source:
    """Texts of one kind: their targets (N,), how much each counts, how many a block takes."""

    name: str
    texts: list[str]
    targets: np.ndarray
    weight: float
    share: int


@dataclass(frozen=True)
class Batch:
    """`ids` and `mask`: (rows, longest); `target` and `weight`: (rows,)."""

    ids: Tensor
    mask: Tensor
    target: Tensor
    weight: Tensor


def drawn(source: Source, block: int, seed: int) -> np.ndarray:
    """The rows of a source in a block: each pass over it is another order, nothing is skipped."""
    if not source.texts:
        return np.empty(0, np.int64)
    positions = np.arange(block * source.share, (block + 1) * source.share)
    passes, places = np.divmod(positions, len(source.texts))
    rows = np.empty(len(positions), np.int64)
    for number in np.unique(passes):
        order = np.random.default_rng([seed, int(number)]).permutation(len(source.texts))
        rows[passes == number] = order[places[passes == number]]
    return rows


@dataclass(frozen=True)
class Stream:
    """Sources mixed in blocks; a batch holds at most `tokens` tokens with its padding."""

    sources: list[Source]
    tokenizer: Tokenizer
    shares: Shares
    tokens: int
    seed: int
    pad: int = 1

    def block(self, number: int) -> list[Batch]:
        """One block: the shares of all sources, changed, tokenised, in batches of like lengths."""
        random = Random(self.seed * 1_000_003 + number)  # noqa: S311 - nothing secret
        texts: list[str] = []
        targets: list[np.ndarray] = []
        weights: list[np.ndarray] = []
        for source in self.sources:
            rows = drawn(source, number, self.seed)
            texts += [varied(source.texts[row], self.shares, random) for row in rows]
            targets.append(source.targets[rows])
            weights.append(np.full(len(rows), source.weight, np.float32))
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]
        target, weight = np.concatenate(targets), np.concatenate(weights)
        rng = np.random.default_rng([self.seed, number])
        return [
            Batch(*padded([ids[row] for row in rows], self.pad),
                  torch.from_numpy(target[rows]), torch.from_numpy(weight[rows]))
            for rows in batches(np.array([len(row) for row in ids]), self.tokens, rng)
        ]  # fmt: skip


def padded(rows: list[list[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask, each (rows, longest)."""
    longest = max(len(row) for row in rows)
    ids = np.full((len(rows), longest), pad, np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def batches(lengths: np.ndarray, tokens: int, rng: np.random.Generator) -> list[np.ndarray]:
    """All rows in batches of like lengths, each at most `tokens` with its padding, shuffled."""
    order = np.lexsort((rng.random(len(lengths)), lengths))
    made = list(cut(order, lengths, tokens))
    return [made[i] for i in rng.permutation(len(made))]


def tokenizer_of(folder_file: str, most: int) -> Tokenizer:
    """The tokenizer of a ``tokenizer.json``, cutting texts at `most` tokens."""
    tokenizer = Tokenizer.from_file(folder_file)
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return tokenizer
