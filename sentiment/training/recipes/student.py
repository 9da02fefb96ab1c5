"""The small model: begun from the one before, taught by labels, then by the blend of teachers."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sentiment.training.recipes.base import Counts, opened, watcher
from sentiment.training.recipes.loop import Phase, Run, train
from sentiment.training.recipes.pool import Pool
from sentiment.training.recipes.sets import FILMS, NEGATIVE_TO, NO_LABEL, POSITIVE_FROM, Splits
from sentiment.training.recipes.stream import Source, Stream, tokenizer_of
from sentiment.training.recipes.variants import Shares

TRAINED_TOKENS = 96
BATCH_TOKENS = 2560
SHARES = Shares(unspaced=0.08, tail=0.10, slips=0.05)
LABELS = Phase(
    blocks=16, rate=3e-4, head_rate=3e-4, warmup=100, decay=1.0, dropout=0.1, masked=0.05,
    mask_id=4, special=5, seed=4,
)  # fmt: skip
"""A first student, on labels alone: a quarter of an hour on two idle cores."""
LABELS_COUNTS = Counts(
    film_sides=1500, film_between=500, kote=500, kote_balances=300, kodoli=2400, sentineg=350,
    questions=600,
)  # fmt: skip
TAUGHT = replace(LABELS, blocks=34, seed=2)
"""The same student on what labels and the teachers say."""


@dataclass(frozen=True)
class Kind:
    """What the student learns from one kind of text: how many in a block, the teacher's part."""

    share: int
    teacher: float


KINDS = {
    "negative": Kind(2600, 0.6), "positive": Kind(2600, 0.6), "between": Kind(1000, 0.7),
    "kote": Kind(450, 0.6), "kodoli": Kind(1500, 0.6), "sentineg": Kind(300, 0.5),
    "questions": Kind(500, 0.3), "comments": Kind(1200, 1.0), "own": Kind(700, 0.3),
    "sentineg turned": Kind(100, 0.5), "own more": Kind(0, 0.0),
}  # fmt: skip


def film_groups(pool: Pool) -> dict[str, np.ndarray]:
    """Rows of the pool: films that are negative, positive, in between."""
    films, start = pool.parts[FILMS], pool.starts[FILMS]
    middle = (films.ratings > NEGATIVE_TO) & (films.ratings < POSITIVE_FROM)
    return {
        "negative": films.negative + start,
        "positive": films.positive + start,
        "between": np.flatnonzero(middle) + start,
    }


def sources(pool: Pool, teacher: np.ndarray, kinds: dict[str, Kind] = KINDS) -> list[Source]:
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
        kind = kinds[name]
        rows = everything[np.isfinite(teacher[everything])]
        own = np.where(targets[rows] == NO_LABEL, teacher[rows], targets[rows])
        mixed = ((1 - kind.teacher) * own + kind.teacher * teacher[rows]).astype(np.float32)
        made.append(Source(name, [texts[row] for row in rows], mixed, 1.0, kind.share))
    return made


def teach(splits: Splits, begin: Path, state: Path, phase: Phase, parts: list[Source]) -> Run:
    """Train one phase of the student, from the model in the folder `begin`."""
    run = Run(opened(begin), phase)
    tokenizer = tokenizer_of(str(begin / "tokenizer.json"), TRAINED_TOKENS)
    stream = Stream(parts, tokenizer, SHARES, BATCH_TOKENS, phase.seed, pad=0)
    train(run, stream, state, watcher(splits, begin, 700))
    return run
