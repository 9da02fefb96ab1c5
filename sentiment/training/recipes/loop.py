"""The training loop: resumable at any step, saved every few minutes."""

import ctypes
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import Identity
from torch.nn import functional as F
from transformers import BertForSequenceClassification

from sentiment.training.recipes.stream import Batch, Stream

log = logging.getLogger(__name__)

Model: TypeAlias = BertForSequenceClassification
Watch: TypeAlias = Callable[[Model], str]

SAVE_SECONDS = 240


@dataclass(frozen=True)
class Phase:
    """How one phase is trained.

    `blocks` of the stream are seen. The rate rises over `warmup` steps, stays, and falls in a line
    to 0 over the last `decay` (0 to 1) of the phase. `masked` is the share of tokens hidden;
    `special`: ids below it never are.
    """

    blocks: int
    rate: float
    head_rate: float
    warmup: int
    decay: float
    dropout: float
    masked: float
    mask_id: int
    special: int
    seed: int


def keep_freed_memory() -> None:
    """Tell glibc not to give freed memory back: every step would fault it in again.

    It halves the time of a step; other systems' allocators are left alone.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for option, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**28)):
            libc.mallopt(option, value)  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD


class QuickDropout(torch.nn.Module):
    """Dropout whose masks are cut from one pool of random numbers, at a random place each time.

    Drawing numbers anew takes a quarter of a training step on a processor.
    """

    POOL = 2**23

    def __init__(self, share: float) -> None:
        """Make the pool for dropping `share` of the values."""
        super().__init__()
        kept = torch.rand(self.POOL, generator=torch.Generator().manual_seed(5)) >= share
        self.pool = kept.float() / (1 - share)

    def forward(self, values: Tensor) -> Tensor:
        """Drop some of `values` in training."""
        if not self.training or values.numel() > self.POOL // 2:
            return values
        start = int(torch.randint(self.POOL - values.numel(), ()))
        mask = self.pool[start : start + values.numel()].view(values.shape)
        return values * mask.to(values.dtype)


def use_quick_dropout(module: torch.nn.Module, dropout: torch.nn.Module) -> None:
    """Put `dropout` in the place of every dropout layer; attention goes without."""
    for name, child in list(module.named_children()):
        if hasattr(module, "query"):
            vars(child)["p"] = 0.0
            continue
        if isinstance(child, (torch.nn.Dropout, QuickDropout)):
            setattr(module, name, dropout)
        else:
            use_quick_dropout(child, dropout)


def hide(ids: Tensor, phase: Phase, size: int, generator: torch.Generator) -> Tensor:
    """The ids with some tokens hidden as BERT does (80 % mask, 10 % another, 10 % kept)."""
    ordinary = (ids >= phase.special) & (ids != phase.mask_id)
    chosen = (torch.rand(ids.shape, generator=generator) < phase.masked) & ordinary
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(phase.special, size, ids.shape, generator=generator)
    masked = torch.where(chosen & (fate < 0.8), phase.mask_id, ids)
    return torch.where(chosen & (fate >= 0.9), other, masked)


class Run:
    """One phase under way: model, optimizer, how far it is."""

    def __init__(self, model: Model, phase: Phase) -> None:
        """Set up a phase from its beginning."""
        self.model, self.phase = model, phase
        self.first = self.block = self.inside = self.steps = 0
        torch.manual_seed(phase.seed)
        new = [*model.bert.pooler.parameters(), *model.classifier.parameters()]
        known = {id(parameter) for parameter in new}
        old = [p for p in model.bert.parameters() if id(p) not in known]
        self.parameters = [*old, *new]
        self.optimizer = torch.optim.AdamW(
            [{"params": old, "rate": phase.rate}, {"params": new, "rate": phase.head_rate}],
            phase.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True,
        )  # fmt: skip
        use_quick_dropout(model, QuickDropout(phase.dropout) if phase.dropout else Identity())

    def progress(self, batches: int) -> float:
        """Share of the phase that is done, 0 to 1."""
        return (self.block + self.inside / max(1, batches)) / self.phase.blocks

    def set_rate(self, done: float) -> None:
        """The learning rate where `done` (0 to 1) of the phase is over."""
        rise = min(1.0, (self.steps + 1) / self.phase.warmup)
        fall = min(1.0, (1 - done) / self.phase.decay) if self.phase.decay else 1.0
        for group in self.optimizer.param_groups:
            group["lr"] = group["rate"] * rise * max(0.005, fall)

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy with the soft labels of a batch."""
        seed = self.phase.seed * 1_000_003 + self.steps
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        inputs = hide(batch.ids, self.phase, self.model.config.vocab_size, generator)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.model.bert(inputs, batch.mask)
            logits = self.model.classifier(self.model.dropout(hidden.pooler_output))
        soft = torch.stack([1 - batch.target, batch.target], dim=1)
        each = F.cross_entropy(logits.float(), soft, reduction="none")
        return (each * batch.weight).sum() / batch.weight.sum().clamp(min=1.0)

    def step(self, batch: Batch, batches: int) -> float:
        """One step of the optimizer; returns the loss."""
        self.model.train()
        self.set_rate(self.progress(batches))
        loss = self.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
        self.inside += 1
        return loss.item()

    PARTS = ("model", "optimizer")
    PLACE = ("first", "block", "inside", "steps")

    def save(self, file: Path) -> None:
        """Write everything that going on needs; the file is whole or not there."""
        parts = {name: getattr(self, name).state_dict() for name in self.PARTS}
        place = {name: getattr(self, name) for name in self.PLACE}
        torch.save({**parts, "place": place}, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def restore(self, file: Path) -> None:
        """Go on from what `save` wrote."""
        saved = torch.load(file, weights_only=True)
        for name in self.PARTS:
            getattr(self, name).load_state_dict(saved[name])
        for name in self.PLACE:
            setattr(self, name, saved["place"][name])

    def follow(self, file: Path) -> None:
        """Begin this phase where another, saved in `file`, ended: on texts that it did not see."""
        self.restore(file)
        self.first += self.block + (self.inside > 0)
        self.block = self.inside = self.steps = 0


def train(run: Run, stream: Stream, state: Path, watch: Watch, watch_seconds: float = 900) -> None:
    """Run one phase to its end, going on from the file `state` where it exists."""
    if state.exists():
        run.restore(state)
    saved = watched = begun = time.monotonic()
    total = 0.0
    count = texts = 0
    while run.block < run.phase.blocks:
        batches = stream.block(run.first + run.block)
        while run.inside < len(batches):
            texts += len(batches[run.inside].ids)
            total += run.step(batches[run.inside], len(batches))
            count += 1
            if time.monotonic() - saved > SAVE_SECONDS:
                run.save(state)
                saved = time.monotonic()
                log.info(
                    f"{state.stem} block {run.block}+{run.inside}/{len(batches)} step {run.steps}"
                    f" loss {total / count:.4f} {texts / (saved - begun):.0f} texts/s"
                )
                total, count = 0.0, 0
        run.block, run.inside = run.block + 1, 0
        if time.monotonic() - watched > watch_seconds:
            log.info(f"{state.stem} block {run.block}/{run.phase.blocks} {watch(run.model)}")
            watched = time.monotonic()
    run.save(state)
    log.info(f"{state.stem} done after {run.steps} steps: {watch(run.model)}")
