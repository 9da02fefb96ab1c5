"""How sure a model may be: a temperature in its weights, and the band where it says so."""

import logging
from pathlib import Path

import numpy as np
import torch
from transformers import BertForSequenceClassification

from sentiment.training.recipes.blending import band_of, temperature_of
from sentiment.training.recipes.judging import dev_parts, judge_of, judged_parts, probability
from sentiment.training.recipes.pieces import MAX_TOKENS
from sentiment.training.recipes.sets import Texts
from sentiment.training.recipes.stream import tokenizer_of

log = logging.getLogger(__name__)


def calibrate(folder: Path, output: Path, dev: dict[str, Texts]) -> None:
    """Write the model of `folder` into `output`, calibrated on all dev parts alike."""
    model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    judge = judge_of(model, tokenizer_of(str(folder / "tokenizer.json"), MAX_TOKENS))
    parts = [part for part in dev_parts(dev).values() if part.sure.any()]
    sure = [part.take(np.flatnonzero(part.sure)) for part in parts]
    logits = [judge(part.texts).astype(np.float64) for part in sure]
    positive = [part.targets > 0.5 for part in sure]
    importance = np.concatenate([np.full(len(part), 1 / len(part)) for part in sure])
    labels = np.concatenate(positive).astype(np.float64)
    temperature = temperature_of(np.concatenate(logits), labels, importance)
    chances = [probability(values / temperature) for values in logits]
    band = band_of(list(zip(chances, positive, strict=True)))
    with torch.no_grad():
        model.classifier.weight /= temperature
        model.classifier.bias /= temperature
    model.config.unsure = list(band)
    log.info(f"{folder.name}: temperature {temperature:.3f}, unsure from {band[0]} to {band[1]}")
    for measure in judged_parts(judge, dev_parts(dev), band):
        log.info(str(measure))
    save(model.half(), folder, output)


def save(model: BertForSequenceClassification, tokenizer: Path, output: Path) -> None:
    """Write a Hugging Face folder with the tokenizer of another."""
    model.save_pretrained(output)
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        if (tokenizer / name).exists():
            (output / name).write_bytes((tokenizer / name).read_bytes())
