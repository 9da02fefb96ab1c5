"""One phase under way: its steps, and the state that a stopped run goes on from."""

import logging
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import BertForSequenceClassification
from transformers.models.bert.modeling_bert import BertOnlyMLMHead

from sentiment.training.recipes.data import Data
from sentiment.training.recipes.phases import MASK, SAVE_EVERY, SEED, SPECIAL, VOCABULARY, Phase

log = logging.getLogger(__name__)


def mask_tokens(ids: Tensor, share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Hide `share` of the ordinary tokens as BERT does (80 % [MASK], 10 % another, 10 % kept).

    Returns the changed ids and where tokens were chosen, both of the shape of `ids`.
    """
    chosen = (torch.rand(ids.shape, generator=generator) < share) & (ids >= len(SPECIAL))
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(len(SPECIAL), VOCABULARY, ids.shape, generator=generator)
    masked = torch.where(chosen & (fate < 0.8), MASK, ids)
    return torch.where(chosen & (fate >= 0.9), other, masked), chosen


class Run:
    """One phase under way: model, optimizer and schedule, and how many steps are done."""

    def __init__(
        self, model: BertForSequenceClassification, head: BertOnlyMLMHead, phase: Phase, steps: int
    ) -> None:
        """Set up a phase of `steps` steps from its beginning."""
        self.model, self.head, self.phase, self.done = model, head, phase, 0
        parameters = [*model.parameters(), *(head.parameters() if phase.language else ())]
        self.parameters = list(dict.fromkeys(parameters))  # the embeddings are shared
        self.optimizer = torch.optim.AdamW(
            self.parameters, phase.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / phase.warmup, max(0.02, 1 - step / steps)),
        )
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = phase.dropout

    def losses(
        self, ids: Tensor, attention: Tensor, target: Tensor, weight: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Loss of the labels and of the hidden tokens (0 where these are not trained).

        `ids` and `attention`: (rows, length); `target`, the probability of "positive", and
        `weight`: (rows,). What is hidden depends on the seed and the step alone.
        """
        torch.manual_seed(SEED * 1_000_003 + self.done)
        generator = torch.Generator().manual_seed(SEED * 1_000_003 + self.done)
        inputs, chosen = mask_tokens(ids, self.phase.masked, generator)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.model.bert(inputs, attention)
            logits = self.model.classifier(self.model.dropout(hidden.pooler_output))
        soft = torch.stack([1 - target, target], dim=1)
        label_losses = F.cross_entropy(logits.float(), soft, reduction="none")
        label_loss = (label_losses * weight).sum() / weight.sum()
        if not self.phase.language:
            return label_loss, torch.zeros(())
        with torch.autocast("cpu", torch.bfloat16):
            words = self.head(hidden.last_hidden_state[chosen])
        return label_loss, F.cross_entropy(words.float(), ids[chosen])

    def step(self, *batch: Tensor) -> tuple[float, float]:
        """One step of the optimizer; returns the two losses."""
        self.model.train()
        label_loss, word_loss = self.losses(*batch)
        (label_loss + word_loss).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.schedule.step()
        self.done += 1
        return label_loss.item(), word_loss.item()

    def save(self, file: Path) -> None:
        """Write everything that going on needs; the file is whole or not there."""
        parts = {name: getattr(self, name).state_dict() for name in self.PARTS}
        torch.save({**parts, "step": self.done}, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def restore(self, file: Path) -> None:
        """Go on from what `save` wrote."""
        saved = torch.load(file, weights_only=True)
        for name in self.PARTS:
            getattr(self, name).load_state_dict(saved[name])
        self.done = saved["step"]

    PARTS = ("model", "head", "optimizer", "schedule")


def train(run: Run, steps: list[np.ndarray], data: Data, state: Path) -> None:
    """Run one phase to its end, going on from the file `state` where it exists."""
    weights = data.rating_weights if run.phase.language else np.ones(11, np.float32)
    targets = data.targets(run.phase.taught)
    if state.exists():
        run.restore(state)
    losses: list[tuple[float, float]] = []
    for rows in steps[run.done :]:
        reviews = rows % len(data.reviews)
        losses.append(
            run.step(
                *data.corpus.batch(rows),
                torch.from_numpy(targets[reviews]),
                torch.from_numpy(weights[data.reviews.ratings[reviews]]),
            )
        )
        if run.done % SAVE_EVERY == 0 or run.done == len(steps):
            label, word = np.mean(losses, axis=0)
            accuracy = data.dev_accuracy(run.model)
            log.info(
                f"{state.stem} step {run.done}/{len(steps)} label loss {label:.4f} "
                f"word loss {word:.3f} dev accuracy {accuracy:.4f}"
            )
            losses.clear()
            run.save(state)
