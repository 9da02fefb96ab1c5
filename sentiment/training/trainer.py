"""Lightning's trainer, set up as the book's: what it saves, tells and leaves unsaid."""

import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint, TQDMProgressBar

from sentiment.errors import SettingsError
from sentiment.training.plan import STATE, Plan

SAVE_EVERY = timedelta(minutes=10)
"""Time between two states; one of kcbert-base's size is 1.3 GB."""

PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed", "16": "16-mixed"}
"""Lightning's names of the precisions that can be asked for."""


def trainer(
    plan: Plan,
    output: Path,
    keep: ModelCheckpoint,
    save_every: timedelta,
    say: Callable[[str], None],
) -> Trainer:
    """Lightning's trainer, set up as the book's, on whatever devices there are."""
    state = State(
        output / STATE.parent,
        STATE.stem,
        train_time_interval=save_every,
        enable_version_counter=False,
    )
    watched = sys.stderr.isatty()
    progress = TQDMProgressBar(leave=True) if watched else Report(say)
    callbacks: list[Callback] = [keep, state, progress]
    if plan.patience:
        callbacks.append(EarlyStopping("val_loss", patience=plan.patience))
    return Trainer(
        max_epochs=plan.epochs,
        precision=precision(plan.precision),
        gradient_clip_val=plan.clip or None,
        callbacks=callbacks,
        num_sanity_val_steps=0,  # as in the book
        use_distributed_sampler=False,  # `Batches` shares out by itself
        default_root_dir=output,
        logger=False,
        enable_model_summary=False,
        enable_progress_bar=watched,
    )


class State(ModelCheckpoint):
    """Saves what a run needs to go on, but never after the last step of an epoch.

    Of a run that goes on from there Lightning takes the epoch for validated.
    """

    def on_train_batch_end(self, trainer: Trainer, *about: Any) -> None:
        """Save if it is time."""
        if not trainer.is_last_batch:
            super().on_train_batch_end(trainer, *about)


class Report(Callback):
    """Tells after each epoch how good the model is, where no progress bar does."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Say loss and accuracy, once whatever the number of devices."""
        found = {name: float(value) for name, value in trainer.callback_metrics.items()}
        if trainer.is_global_zero:
            self.say(
                f"epoch={trainer.current_epoch} val_loss={found['val_loss']:.4f} "
                f"val_acc={found['val_acc']:.2%}"
            )


NOISE = (
    ".*does not have many workers.*",  # the ids are in memory
    ".*your dataloader is not resumable.*",  # `Batches` is, in its own way
    ".*exists and is not empty.*",  # the config lies there
    ".*LeafSpec.*",  # Lightning has yet to follow torch
)
"""Warnings of Lightning that are of no use to anyone who trains here."""


@contextmanager
def quietly() -> Iterator[None]:
    """Keep Lightning's advertisements and `NOISE` from the terminal."""
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        for known in NOISE:
            warnings.filterwarnings("ignore", known)
        yield


def precision(asked: str) -> Any:
    """Lightning's name of a precision; ``auto`` is what this machine computes fastest in.

    Raises `SettingsError` for 16 bits without a GPU.
    """
    if asked == "16" and not torch.cuda.is_available():
        raise SettingsError(
            "--precision 16 needs a GPU, and none was found. Use --precision bf16 or auto."
        )
    if asked != "auto":
        return PRECISIONS[asked]
    if torch.cuda.is_available():
        return (
            "bf16-mixed" if torch.cuda.is_bf16_supported(including_emulation=False) else "16-mixed"
        )
    able = torch.cpu.get_capabilities()
    return "bf16-mixed" if able.get("avx512_bf16") or able.get("amx_bf16") else "32-true"


def is_first_process() -> bool:
    """Whether this process writes and tells: Lightning starts one more for each further device."""
    return os.environ.get("LOCAL_RANK", "0") == "0" and os.environ.get("NODE_RANK", "0") == "0"
