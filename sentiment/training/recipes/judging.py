"""What a model says of many texts, and how right and how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from sentiment.training.recipes.sets import Texts
from sentiment.training.recipes.stream import batches, padded

Judge: TypeAlias = Callable[[list[str]], np.ndarray]
"""From N texts to their logits of "positive" against "negative", (N,), float32."""

Band: TypeAlias = tuple[float, float]
PLAIN_BAND: Band = (0.3, 0.7)
BINS = 15


def judge_of(model: BertForSequenceClassification, tokenizer: Tokenizer) -> Judge:
    """A judge that runs `model` in bfloat16, in batches of like lengths."""

    @torch.inference_mode()
    def judge(texts: list[str]) -> np.ndarray:
        was_training = model.training
        model.eval()
        logits = np.empty(len(texts), np.float32)
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]
        lengths = np.array([len(row) for row in ids])
        for rows in batches(lengths, 4096, np.random.default_rng(0)):
            inputs, mask = padded([ids[row] for row in rows], model.config.pad_token_id)
            with torch.autocast("cpu", torch.bfloat16):
                pair = model(inputs, mask).logits.float()  # (rows, 2)
            logits[rows] = (pair[:, 1] - pair[:, 0]).numpy()
        model.train(was_training)
        return logits

    return judge


def probability(logits: np.ndarray) -> np.ndarray:
    """Probability of "positive"."""
    value: np.ndarray = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return value


@dataclass(frozen=True)
class Measure:
    """How a judge does on one set; shares are from 0 to 1, None where nothing can be counted."""

    name: str
    count: int
    accuracy: float | None
    low: float | None
    high: float | None
    calibration_error: float | None
    boldly_wrong: float | None
    neutral: int
    neutral_bold: float | None

    def __str__(self) -> str:
        """One short line for a log."""
        parts = [self.name]
        if self.accuracy is not None:
            parts.append(f"{self.accuracy:.2%} ({self.low:.1%}-{self.high:.1%}, {self.count})")
            parts.append(f"ECE {self.calibration_error:.3f}")
        if self.neutral_bold is not None:
            parts.append(f"neutral bold {self.neutral_bold:.1%} of {self.neutral}")
        return " ".join(parts)


def interval(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    return middle - reach, middle + reach


def calibration_error(chance: np.ndarray, positive: np.ndarray) -> float:
    """Expected calibration error over bins of equal width of the confidence in what is said."""
    sure = np.maximum(chance, 1 - chance)
    right = (chance > 0.5) == positive
    bins = np.minimum(((sure - 0.5) * 2 * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].mean() - sure[bins == b].mean()) * np.mean(bins == b)
            for b in np.unique(bins)]  # fmt: skip
    return float(sum(gaps))


def measured(texts: Texts, logits: np.ndarray, band: Band = PLAIN_BAND) -> Measure:
    """Compare what a judge said of `texts` with what their source says."""
    chance = probability(logits)
    bold = (chance < band[0]) | (chance > band[1])
    neutral = np.isclose(texts.targets, 0.5) & ~texts.sure & (texts.ratings == 0)
    share = float(bold[neutral].mean()) if neutral.any() else None
    if not texts.sure.any():
        return Measure(texts.name, 0, None, None, None, None, None, int(neutral.sum()), share)
    positive = texts.targets[texts.sure] > 0.5
    right = (chance[texts.sure] > 0.5) == positive
    low, high = interval(int(right.sum()), len(right))
    error = calibration_error(chance[texts.sure], positive)
    wrong = float((~right & bold[texts.sure]).mean())
    return Measure(texts.name, len(right), float(right.mean()), low, high, error, wrong,
                   int(neutral.sum()), share)  # fmt: skip


def dev_parts(dev: dict[str, Texts], most: int | None = None) -> dict[str, Texts]:
    """The dev parts to look at: films balanced, others whole; at most about `most` of each side."""
    parts = {}
    for name, texts in dev.items():
        rows = np.arange(len(texts))
        if name == "films":
            rows = texts.balanced(7, most)
        elif most is not None:
            rows = np.random.default_rng(7).permutation(len(texts))[: 2 * most]
        parts[name] = texts.take(rows)
    return parts


def judged_parts(judge: Judge, parts: dict[str, Texts], band: Band = PLAIN_BAND) -> list[Measure]:
    """One measure for each part."""
    return [measured(texts, judge(texts.texts), band) for texts in parts.values()]
