"""Where a run of the recipe keeps its things, and the sets that it learns from, read once."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from transformers import BertForSequenceClassification

from sentiment.training.recipes.judging import Judge, dev_parts, judge_of
from sentiment.training.recipes.own import more_sentences, own_sentences
from sentiment.training.recipes.pieces import MAX_TOKENS
from sentiment.training.recipes.pool import Pool
from sentiment.training.recipes.reversing import turned_round
from sentiment.training.recipes.sets import SENTINEG, Splits, Texts, read_splits
from sentiment.training.recipes.stream import tokenizer_of

SEED = 1


@dataclass(frozen=True)
class Work:
    """Where things are, and the sets, read once."""

    data: Path
    folder: Path
    encoder: Path
    small: Path
    only_cc0: bool

    @cached_property
    def splits(self) -> Splits:
        """The train and dev parts."""
        return read_splits(self.data, self.only_cc0)

    @cached_property
    def own(self) -> Texts:
        """Our own sentences."""
        return own_sentences(SEED)

    @cached_property
    def turned(self) -> list[Texts]:
        """Shop reviews turned round by rule, where there are any."""
        train = self.splits.train
        return [turned_round(train[SENTINEG])] if SENTINEG in train else []

    @cached_property
    def pool(self) -> Pool:
        """All that the student and the larger model learn from."""
        parts = [*self.splits.train.values(), self.own, *self.turned]
        return Pool.of([*parts, more_sentences()])

    @cached_property
    def dev(self) -> Pool:
        """All dev parts, films balanced."""
        return Pool.of(dev_parts(self.splits.dev).values())

    def model(self, name: str) -> Path:
        """The folder of a teacher."""
        known = {"small": self.small, "labels": self.folder / "student-labels"}
        return known.get(name, self.folder / name)

    def judge(self, folder: Path) -> Judge:
        """A judge that runs the model in `folder`."""
        model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
        return judge_of(model, tokenizer_of(str(folder / "tokenizer.json"), MAX_TOKENS))
