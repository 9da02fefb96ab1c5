"""The book's task on Lightning 2: its optimizer and loss, and data in batches of like lengths.

A checkpoint has the layout of ratsnlp's, because the attribute that holds the model is ``model``.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from pytorch_lightning import LightningDataModule, LightningModule
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from transformers import PreTrainedModel

from sentiment.texts.spelling import Form, spelled
from sentiment.training.examples import Examples

PORTION = 20_000
"""Texts that are tokenised at once."""

POOL = 64
"""Batches that are sorted by length together: more means less padding, less shuffling."""

DECAY = 0.9
"""Factor of the learning rate after each epoch. The book means it; its own code hands the schedule
to Lightning under a key that is ignored."""

Inputs = dict[str, Tensor]
"""``input_ids`` and ``attention_mask``, (rows, longest), and ``labels``, (rows,)."""


@dataclass(frozen=True)
class Tokens(Dataset[tuple[np.ndarray, int]]):
    """Token ids of N texts, one array each, and their labels, shape (N,)."""

    ids: list[np.ndarray]
    labels: np.ndarray

    @classmethod
    def of(cls, tokenizer: Tokenizer, examples: Examples, form: Form) -> "Tokens":
        """Tokenise as the model does that serves, truncated as the tokenizer is set."""
        ids: list[np.ndarray] = []
        for start in range(0, len(examples), PORTION):
            texts = [spelled(text, form) for text in examples.texts[start : start + PORTION]]
            encodings = tokenizer.encode_batch_fast(texts)
            ids += [np.array(encoding.ids, np.int32) for encoding in encodings]
        return cls(ids, examples.labels)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        return self.ids[index], int(self.labels[index])

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each text, shape (N,)."""
        return np.array([len(row) for row in self.ids])


def padded(rows: list[tuple[np.ndarray, int]]) -> Inputs:
    """A batch, padded with 0 to its longest text and no further."""
    longest = max(len(ids) for ids, _ in rows)
    input_ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(input_ids)
    for place, (ids, _) in enumerate(rows):
        input_ids[place, : len(ids)] = torch.from_numpy(ids)
        mask[place, : len(ids)] = 1
    labels = torch.tensor([label for _, label in rows])
    return {"input_ids": input_ids, "attention_mask": mask, "labels": labels}


class Batches(Sampler[list[int]]):
    """Batches of like lengths in an order that depends on the seed and the epoch alone.

    `step` tells how many steps the whole run has done, so that a resumed one goes on in the
    middle of an epoch. Of several devices each takes its share of every batch, so that the
    batches are the same on any number of them.
    """

    def __init__(
        self,
        lengths: np.ndarray,
        size: int,
        seed: int,
        step: Callable[[], int],
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.lengths, self.size, self.seed, self.step = lengths, size, seed, step
        self.rank, self.world = rank, world

    def __len__(self) -> int:
        return math.ceil(len(self.lengths) / self.size)

    def __iter__(self) -> Iterator[list[int]]:
        epoch, done = divmod(self.step(), len(self))
        for batch in self.of_epoch(epoch)[done:]:
            whole = np.resize(batch, max(len(batch), self.world))  # no device goes without
            yield whole[self.rank :: self.world].tolist()

    def of_epoch(self, epoch: int) -> list[np.ndarray]:
        """All batches of an epoch: every text once."""
        rng = np.random.default_rng((self.seed, epoch))
        rows = rng.permutation(len(self.lengths))
        pools = [rows[i : i + POOL * self.size] for i in range(0, len(rows), POOL * self.size)]
        batches = [
            pool[i : i + self.size]
            for pool in (pool[np.argsort(self.lengths[pool], kind="stable")] for pool in pools)
            for i in range(0, len(pool), self.size)
        ]
        return [batches[i] for i in rng.permutation(len(batches))]


class Data(LightningDataModule):
    """What is trained and validated on, handed out in batches."""

    def __init__(self, train: Tokens, valid: Tokens, size: int, seed: int) -> None:
        super().__init__()
        self.train, self.valid, self.size, self.seed = train, valid, size, seed

    def train_dataloader(self) -> DataLoader[Any]:
        """Batches from where the trainer stands."""
        return self.loader(self.train, lambda: self.on.global_step)

    def val_dataloader(self) -> DataLoader[Any]:
        """The same batches every time."""
        return self.loader(self.valid, lambda: 0)

    def loader(self, tokens: Tokens, step: Callable[[], int]) -> DataLoader[Any]:
        """Batches of some texts; without workers, for the ids are in memory already."""
        rank, world = self.on.global_rank, self.on.world_size
        batches = Batches(tokens.lengths, self.size, self.seed, step, rank, world)
        return DataLoader(tokens, batch_sampler=batches, collate_fn=padded)

    @property
    def on(self) -> Any:
        """The trainer that asks for the data."""
        return self.trainer


class FineTuning(LightningModule):
    """A classifier in training."""

    def __init__(self, model: PreTrainedModel, learning_rate: float, seed: int) -> None:
        super().__init__()
        self.model = model
        self.learning_rate = learning_rate
        self.seed = seed

    def configure_optimizers(self) -> Any:
        """AdamW with the values of the book's version, of which torch's default is another."""
        optimizer = torch.optim.AdamW(
            self.parameters(), lr=self.learning_rate, eps=1e-6, weight_decay=0.0
        )
        schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, DECAY)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "epoch"},
        }

    def on_train_batch_start(self, batch: Inputs, batch_idx: int) -> None:
        """Dropout depends on the seed and the step alone, so that a run can be resumed."""
        torch.manual_seed((self.seed * 1_000_003 + self.global_step) * 1009 + self.global_rank)

    def training_step(self, batch: Inputs, batch_idx: int) -> Tensor:
        """The loss of a batch."""
        loss: Tensor = self.model(**batch).loss
        self.log("loss", loss.detach(), prog_bar=True)
        return loss

    def validation_step(self, batch: Inputs, batch_idx: int) -> None:
        """Loss and accuracy of a batch; Lightning averages them over all rows."""
        output = self.model(**batch)
        right = (output.logits.argmax(dim=-1) == batch["labels"]).float().mean()
        self.log_dict(
            {"val_loss": output.loss.float(), "val_acc": right},
            prog_bar=True,
            sync_dist=True,
            batch_size=len(batch["labels"]),
        )
