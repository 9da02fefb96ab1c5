"""The small model: begun from the one before, deeper, taught by the blend of all teachers."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from transformers import BertForSequenceClassification

from sentiment.training.recipes.base import Counts, watcher
from sentiment.training.recipes.loop import Model, Phase, Run, train
from sentiment.training.recipes.pool import Pool
from sentiment.training.recipes.sets import FILMS, NEGATIVE_TO, NO_LABEL, POSITIVE_FROM, Splits
from sentiment.training.recipes.stream import Source, Stream, tokenizer_of
from sentiment.training.recipes.variants import Shares

LAYERS = (0, 1, 2, 3, 2, 3)
"""Which layer of the model before each layer begins as."""
TRAINED_TOKENS = 96
BATCH_TOKENS = 4096
SHARES = Shares(unspaced=0.08, tail=0.10, slips=0.05)
STEADY = Phase(
    blocks=32, rate=4e-4, head_rate=4e-4, warmup=300, decay=0.0, dropout=0.0, masked=0.15,
    words=0.5, mask_id=4, special=5, seed=2,
)  # fmt: skip
LABELS = Phase(
    blocks=16, rate=3e-4, head_rate=3e-4, warmup=100, decay=1.0, dropout=0.1, masked=0.05,
    words=0.0, mask_id=4, special=5, seed=4,
)  # fmt: skip
"""A first student, of the old depth, on labels alone: a quarter of an hour on two idle cores."""
LABELS_COUNTS = Counts(
    film_sides=1500, film_between=500, kote=500, kote_balances=300, kodoli=2400, sentineg=350,
    questions=600,
)  # fmt: skip
LABELS_TOKENS = 2560
FALLING = replace(STEADY, blocks=20, decay=1.0, masked=0.05, words=0.0, dropout=0.1, warmup=1)


@dataclass(frozen=True)
class Taught:
    """What the student learns from one kind of text: how many in a block, the teacher's part."""

    share: int
    teacher: float


KINDS = {
    "negative": Taught(2600, 0.6), "positive": Taught(2600, 0.6), "between": Taught(1000, 0.7),
    "kote": Taught(450, 0.6), "kodoli": Taught(1500, 0.6), "sentineg": Taught(250, 0.5),
    "questions": Taught(450, 0.3), "comments": Taught(1200, 1.0), "own": Taught(500, 0.3),
    "sentineg turned": Taught(100, 0.5),
}  # fmt: skip


def grown(folder: Path, layers: tuple[int, ...]) -> Model:
    """The model in `folder` with other layers: copies of its own."""
    before = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    config = before.config
    config.num_hidden_layers = len(layers)
    config._attn_implementation = "eager"
    model: Model = BertForSequenceClassification(config)
    state = before.state_dict()
    plain = {name: value for name, value in state.items() if ".encoder.layer." not in name}
    for new, old in enumerate(layers):
        mark = f"bert.encoder.layer.{old}."
        for name, value in state.items():
            if name.startswith(mark):
                plain[f"bert.encoder.layer.{new}.{name.removeprefix(mark)}"] = value
    model.load_state_dict(plain)
    return model


def film_groups(pool: Pool) -> dict[str, np.ndarray]:
    """Rows of the pool: films that are negative, positive, in between."""
    films, start = pool.parts[FILMS], pool.starts[FILMS]
    middle = (films.ratings > NEGATIVE_TO) & (films.ratings < POSITIVE_FROM)
    return {
        "negative": films.negative + start,
        "positive": films.positive + start,
        "between": np.flatnonzero(middle) + start,
    }


def sources(pool: Pool, teacher: np.ndarray) -> list[Source]:
    """Texts with targets between what their source and what `teacher` (N,) says of them.

    Where the teacher says nothing (nan), nothing is learned.
    """
    texts, targets = pool.texts, pool.targets
    groups = film_groups(pool)
    for name in pool.parts:
        if name != FILMS:
            place = pool.rows(name)
            groups[name] = np.arange(place.start, place.stop)
    made = []
    for name, everything in groups.items():
        kind = KINDS[name]
        rows = everything[np.isfinite(teacher[everything])]
        own = np.where(targets[rows] == NO_LABEL, teacher[rows], targets[rows])
        mixed = ((1 - kind.teacher) * own + kind.teacher * teacher[rows]).astype(np.float32)
        made.append(Source(name, [texts[row] for row in rows], mixed, 1.0, kind.share))
    return made


def teach(
    splits: Splits,
    small: Path,
    state: Path,
    phase: Phase,
    parts: list[Source],
    begin: Path | None = None,
    layers: tuple[int, ...] = LAYERS,
) -> Run:
    """Train one phase of the student, from the small model before or the phase before."""
    run = Run(grown(small, layers), phase)
    if begin is not None and not state.exists():
        run.follow(begin)
    tokenizer = tokenizer_of(str(small / "tokenizer.json"), TRAINED_TOKENS)
    tokens = LABELS_TOKENS if phase is LABELS else BATCH_TOKENS
    stream = Stream(parts, tokenizer, SHARES, tokens, phase.seed, pad=0)
    train(run, stream, state, watcher(splits, small, 700))
    return run
