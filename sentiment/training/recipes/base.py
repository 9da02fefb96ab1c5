"""The larger model: a pretrained encoder tuned on all sets at once.

Two phases. In the first the rate stays high, so that it can be stretched as far as there is time;
in the second, which begins from any point of the first, it falls to nothing and the sentences of
our own join in.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from transformers import BertForSequenceClassification

from sentiment.training.recipes.judging import dev_parts, judge_of, judged_parts
from sentiment.training.recipes.loop import Model, Phase, Run, Watch, train
from sentiment.training.recipes.pieces import MASK, MAX_TOKENS
from sentiment.training.recipes.sets import (
    FILMS,
    KODOLI,
    KOTE,
    NEGATIVE_TO,
    POSITIVE_FROM,
    QUESTIONS,
    SENTINEG,
    Splits,
    Texts,
)
from sentiment.training.recipes.stream import Source, Stream, tokenizer_of
from sentiment.training.recipes.variants import Shares

log = logging.getLogger(__name__)

TRAINED_TOKENS = 96
"""Longer texts are cut in training: one in a hundred, and they cost the most."""

STEADY = Phase(
    blocks=11, rate=1.2e-4, head_rate=5e-4, warmup=200, decay=0.0, dropout=0.1, masked=0.05,
    mask_id=-1, special=4, seed=1,
)  # fmt: skip
FALLING = replace(STEADY, blocks=7, warmup=1, decay=1.0)
SHARES = Shares(unspaced=0.07, tail=0.10, slips=0.04)
BATCH_TOKENS = 2048
EXTRA = {"own": 700, "sentineg turned": 150}
"""Made sentences in a block, while the rate falls."""
TAUGHT = 0.5
"""Half of what a film review teaches is the opinion of the small model, where it has one."""


@dataclass(frozen=True)
class Counts:
    """How many texts of each kind a block of the stream takes."""

    film_sides: int = 2400
    film_between: int = 900
    kote: int = 450
    kote_balances: int = 200
    kodoli: int = 1800
    sentineg: int = 300
    questions: int = 450


def film_targets(films: Texts, opinion: np.ndarray | None) -> np.ndarray:
    """Ratings as soft labels, mixed with `opinion` (logits, nan where there is none)."""
    if opinion is None:
        return films.targets
    with np.errstate(over="ignore"):
        said = 1 / (1 + np.exp(-opinion.astype(np.float64)))
    mixed = (1 - TAUGHT) * films.targets + TAUGHT * said
    return np.where(np.isnan(said), films.targets, mixed).astype(np.float32)


def sources(
    train_part: dict[str, Texts], opinion: np.ndarray | None, counts: Counts, extra: list[Texts]
) -> list[Source]:
    """All that the base model learns from, as the shares of a block."""
    films = train_part[FILMS]
    targets = film_targets(films, opinion)
    middle = (films.ratings > NEGATIVE_TO) & (films.ratings < POSITIVE_FROM)
    groups = (
        ("negative", films.negative, counts.film_sides),
        ("positive", films.positive, counts.film_sides),
        ("between", np.flatnonzero(middle), counts.film_between),
    )
    made = [
        Source(name, [films.texts[row] for row in rows], targets[rows], 1.0, share)
        for name, rows, share in groups
    ]
    if KOTE in train_part:
        kote = train_part[KOTE]
        clear = kote.sure | np.isclose(kote.targets, 0.5)
        for rows, weight, share in (
            (np.flatnonzero(clear), 1.0, counts.kote),
            (np.flatnonzero(~clear), 0.3, counts.kote_balances),
        ):
            part = kote.take(rows)
            made.append(Source(KOTE, part.texts, part.targets, weight, share))
    for name, share in (
        (KODOLI, counts.kodoli), (SENTINEG, counts.sentineg), (QUESTIONS, counts.questions),
    ):  # fmt: skip
        if name in train_part:
            part = train_part[name]
            made.append(Source(name, part.texts, part.targets, 1.0, share))
    for part in extra:
        made.append(Source(part.name, part.texts, part.targets, 1.0, EXTRA[part.name]))
    return made


def watcher(splits: Splits, folder: Path, most: int) -> Watch:
    """A look at part of the dev texts during training."""
    tokenizer = tokenizer_of(str(folder / "tokenizer.json"), MAX_TOKENS)
    parts = dev_parts(splits.dev, most)

    def watch(model: Model) -> str:
        return "; ".join(map(str, judged_parts(judge_of(model, tokenizer), parts)))

    return watch


def opened(folder: Path) -> Model:
    """The classifier in `folder`, for training."""
    model: Model = BertForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    )
    return model


def tune(
    splits: Splits,
    cut: Path,
    state: Path,
    phase: Phase,
    parts: list[Source],
    begin: Path | None = None,
) -> Run:
    """Train one phase from the folder `cut`, or from the state `begin` of another phase."""
    model = opened(cut)
    tokenizer = tokenizer_of(str(cut / "tokenizer.json"), TRAINED_TOKENS)
    phase = replace(phase, mask_id=tokenizer.get_vocab()[MASK])
    run = Run(model, phase)
    if begin is not None and not state.exists():
        run.follow(begin)
    stream = Stream(parts, tokenizer, SHARES, BATCH_TOKENS, phase.seed)
    train(run, stream, state, watcher(splits, cut, 700))
    return run
