"""Fine-tune a pretrained model as the book does, on Lightning 2.

The output folder holds the checkpoint of the lowest val_loss under ratsnlp's name, the config and
tokenizer that it needs, and ``training.json``: how it was made. While a run is under way
``resume/`` holds all it needs to go on after a kill.
"""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import torch
from pytorch_lightning import seed_everything
from pytorch_lightning.callbacks import ModelCheckpoint

from sentiment.errors import DataError
from sentiment.model.checkpoints.words import read_tokenizer
from sentiment.texts.spelling import form_of
from sentiment.training.base import keep_config, pretrained_folder, pretrained_model
from sentiment.training.examples import Split
from sentiment.training.module import Data, FineTuning, Tokens
from sentiment.training.plan import STATE, Plan, claim, record
from sentiment.training.trainer import SAVE_EVERY, is_first_process, quietly, trainer


def finetune(
    plan: Plan,
    split: Split,
    output: Path,
    resume: bool,
    say: Callable[[str], None],
    save_every: timedelta = SAVE_EVERY,
) -> Path:
    """Train, and return the checkpoint with the lowest val_loss; `say` is told of each epoch.

    `save_every`: time between two states to resume from. Raises `ModelError`, `DataError` or
    `SettingsError`.
    """
    folder = pretrained_folder(plan.pretrained)
    seed_everything(plan.seed, verbose=False)
    model = pretrained_model(folder, split.labels)
    if is_first_process():
        claim(output, record(plan, split), resume)
        keep_config(model, folder, output)
    tokenizer = read_tokenizer(folder)
    tokenizer.enable_truncation(min(plan.max_seq_length, model.config.max_position_embeddings))
    form = form_of(model.config)  # goes into the checkpoint's folder, so that it is served so
    train, valid = (Tokens.of(tokenizer, part, form) for part in (split.train, split.valid))
    keep = ModelCheckpoint(
        output,
        "{epoch}-{val_loss:.2f}",
        monitor="val_loss",
        mode="min",
        enable_version_counter=False,  # an epoch that ends twice, after a kill, is written over
    )
    with quietly():
        trainer(plan, output, keep, save_every, say).fit(
            FineTuning(model, plan.learning_rate, plan.seed),
            datamodule=Data(train, valid, plan.batch, plan.seed),
            ckpt_path=output / STATE if resume else None,
            weights_only=True,
        )
    return finished(output, keep)


def finished(output: Path, keep: ModelCheckpoint) -> Path:
    """The best checkpoint; raises `DataError` where training came to nothing."""
    score = keep.best_model_score
    if score is None or not bool(torch.isfinite(score)):
        raise DataError(
            "The training came to nothing: the loss is no number. Start again in another folder "
            "with a lower --learning-rate."
        )
    if is_first_process():
        shutil.rmtree(output / STATE.parent, ignore_errors=True)
    return Path(keep.best_model_path)
