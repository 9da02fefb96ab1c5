"""The reviews as tokens, and the order in which a phase takes them."""

from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from sentiment.tables.scales import NEGATIVE_TO, POSITIVE_FROM
from sentiment.texts.slips import augmented
from sentiment.training.recipes.corpus import Corpus, batches
from sentiment.training.recipes.phases import SEED, Phase
from sentiment.training.recipes.reviews import SOFT_LABELS, Reviews
from sentiment.training.recipes.teacher import opinions


def epoch_rows(reviews: Reviews, phase: Phase, rng: np.random.Generator) -> np.ndarray:
    """The reviews of one epoch: every one in pretraining, a balanced draw in fine-tuning."""
    if phase.language:
        return np.arange(len(reviews))
    count = len(reviews.negative)
    return np.concatenate(
        [
            reviews.negative,
            rng.choice(reviews.positive, count, replace=False),
            rng.choice(reviews.between, min(count // 3, len(reviews.between)), replace=False),
        ]
    )


def plan(data: "Data", phase: Phase) -> list[np.ndarray]:
    """All batches of a phase in order; the same for the same seed, so that a run can go on."""
    rng = np.random.default_rng(SEED)
    steps: list[np.ndarray] = []
    for _ in range(phase.epochs):
        rows = epoch_rows(data.reviews, phase, rng)
        rows = rows + len(data.reviews) * (rng.random(len(rows)) < phase.augmented)
        steps += batches(data.corpus.lengths, rows, phase.tokens, rng)
    return steps


class Data:
    """The reviews as tokens, and the balanced dev reviews to watch; nothing is chosen by them."""

    def __init__(self, tokenizer: Tokenizer, reviews: Reviews, dev: Reviews, teacher: Path) -> None:
        """Tokenise everything once: row ``len(reviews) + i`` is another way to write review i."""
        self.reviews = reviews
        self.teacher = teacher
        random = Random(SEED)  # noqa: S311 - nothing secret
        others = [augmented(text, random) if text else text for text in reviews.texts]
        self.corpus = Corpus.encode(tokenizer, reviews.texts + others)
        rows = dev.balanced(SEED)
        self.dev = Corpus.encode(tokenizer, [dev.texts[i] for i in rows])
        self.dev_labels = torch.from_numpy((dev.ratings[rows] >= POSITIVE_FROM).astype(np.int64))

    @property
    def rating_weights(self) -> np.ndarray:
        """Weight of a rating's label (11 entries): positives weigh as much as negatives."""
        weights = np.full(11, 0.5, np.float32)
        weights[1 : NEGATIVE_TO + 1] = 1.0
        weights[POSITIVE_FROM:] = len(self.reviews.negative) / max(1, len(self.reviews.positive))
        return weights

    def targets(self, taught: float) -> np.ndarray:
        """Probability of "positive" that each review is trained towards, shape (reviews,)."""
        soft: np.ndarray = SOFT_LABELS[self.reviews.ratings]
        if not taught:
            return soft
        teacher = opinions(self.reviews, self.rating_weights, SEED, self.teacher)
        return (1 - taught) * soft + taught * teacher

    @torch.no_grad()
    def dev_accuracy(self, model: BertForSequenceClassification) -> float:
        """Share of the balanced dev reviews that the model gets right as it is now."""
        model.eval()
        right = 0
        rows = np.arange(len(self.dev_labels))
        for part in batches(self.dev.lengths, rows, 8192, np.random.default_rng(0)):
            ids, attention = self.dev.batch(part)
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(ids, attention).logits
            right += int((logits.argmax(1) == self.dev_labels[part]).sum())
        return right / len(self.dev_labels)
