"""Make the shipped models: one command from the data to their folders, in stages.

    python -m sentiment.training.recipes.domains --data ../shared/data --work DIR

Every stage keeps what it made under ``--work`` and goes on where it was stopped; ``--stage`` runs
one alone. With ``--only-cc0`` nothing but the film reviews and our own sentences is learned from,
and what comes out is the first student: of films alone the encoder knows less than the film model.
"""

import argparse
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from sentiment.training.recipes import base, larger, student
from sentiment.training.recipes.blending import Said, blended, taught_rows
from sentiment.training.recipes.calibrating import calibrate, save
from sentiment.training.recipes.judging import dev_parts
from sentiment.training.recipes.loop import Phase, Run, keep_freed_memory
from sentiment.training.recipes.opinions import opinions, write_array
from sentiment.training.recipes.pieces import cut
from sentiment.training.recipes.sets import FILMS, Texts
from sentiment.training.recipes.work import SEED, Work

log = logging.getLogger(__name__)

PIECE_LEAST, LETTER_LEAST = 20, 4
ALL = 1_000_000
ASKED = {
    "base": (0, 0), "small": (0, 0), "labels": (60_000, 20_000), "student": (ALL, ALL),
    "larger": (100_000, 30_000),
}  # fmt: skip
"""Film reviews of either side, and in between, that each teacher judges beside all other texts. The
base model knows films less well and is slow; what the small one says of them is there already."""

TEACHERS = {
    "student": ("base", "small", "labels"),
    "larger": ("base", "small", "student"),
    "larger-again": ("base", "small", "student", "larger"),
}
"""Who teaches each model."""


def cut_stage(work: Work) -> None:
    """The pretrained encoder, cut to the pieces that the training texts use."""
    if not (work.folder / "cut" / "model.safetensors").exists():
        texts = [text for part in work.splits.train.values() for text in part.texts]
        cut(work.encoder, texts, work.folder / "cut", PIECE_LEAST, LETTER_LEAST)


def small_stage(work: Work) -> None:
    """What the small model of the last release says of the films."""
    films = work.splits.train[FILMS].texts
    opinions(work.judge(work.small), films, work.folder / "small_films_z.npy")


def labels_stage(work: Work) -> None:
    """A first student that learns all sets from their labels: good already, and soon made."""
    opinion = np.load(work.folder / "small_films_z.npy")
    extra = [work.own, *work.turned]
    parts = base.sources(work.splits.train, opinion, student.LABELS_COUNTS, extra)
    state = work.folder / "student-labels.pt"
    run = student.teach(work.splits, work.small, state, student.LABELS, parts)
    save(run.model, work.small, work.folder / "student-labels")


def steady_stage(work: Work) -> None:
    """The base model at a rate that stays high."""
    tuned(work, "base-steady", base.STEADY, None, [])


def falling_stage(work: Work) -> None:
    """The base model while the rate falls; our own sentences join in."""
    begin = work.folder / "base-steady.pt"
    run = tuned(work, "base-falling", base.FALLING, begin, [work.own, *work.turned])
    save(run.model, work.folder / "cut", work.folder / "base")


def tuned(work: Work, name: str, phase: Phase, begin: Path | None, extra: list[Texts]) -> Run:
    """One phase of the base model."""
    file = work.folder / "small_films_z.npy"
    opinion = np.load(file) if file.exists() else None
    parts = base.sources(work.splits.train, opinion, base.Counts(), extra)
    state = work.folder / f"{name}.pt"
    return base.tune(work.splits, work.folder / "cut", state, phase, parts, begin)


def soft_stage(work: Work) -> None:
    """What each teacher says of the dev parts and of the texts that the student learns from."""
    heard(work, TEACHERS["student"])


def heard(work: Work, names: tuple[str, ...]) -> None:
    """Keep what these teachers say."""
    films, file = np.load(work.folder / "small_films_z.npy"), work.folder / "small-pool.npy"
    if not file.exists():
        known = np.full(len(work.pool), np.nan, np.float32)
        known[work.pool.rows(FILMS)] = films
        write_array(file, known)
    for name in names:
        judge = work.judge(work.model(name))
        opinions(judge, work.dev.texts, work.folder / f"{name}-dev.npy")
        rows = taught_rows(work.pool, *ASKED[name], SEED)
        opinions(judge, work.pool.texts, work.folder / f"{name}-pool.npy", rows)


def blend_stage(work: Work) -> None:
    """The teachers added up, with weights for films and for the rest that fit the dev parts."""
    write_array(work.folder / "teacher.npy", added_up(work, TEACHERS["student"]))


def added_up(work: Work, names: tuple[str, ...]) -> np.ndarray:
    """Probability of "positive" for every text of the pool by these teachers together."""
    files = [work.folder / f"{name}-{{}}.npy" for name in names]
    dev, pool = ([np.load(str(file).format(part)) for file in files] for part in ("dev", "pool"))
    said = Said(work.dev, np.stack(dev, axis=1))
    return blended(said, Said(work.pool, np.stack(pool, axis=1)))


def student_stage(work: Work) -> None:
    """The student on what labels and teachers say."""
    parts = student.sources(work.pool, np.load(work.folder / "teacher.npy"))
    first, state = work.folder / "student-labels", work.folder / "student.pt"
    run = student.teach(work.splits, first, state, student.TAUGHT, parts)
    save(run.model, work.small, work.folder / "student")


def larger_soft_stage(work: Work) -> None:
    """What the encoder and the student say together, for the larger model."""
    taught_larger(work, "larger")


def larger_stage(work: Work) -> None:
    """The encoder with fewer layers, on what labels and those teachers say."""
    short = work.folder / "short"
    if not (short / "config.json").exists():
        larger.shorten(work.folder / "base", larger.LAYERS, short)
    learned_larger(work, "larger", larger.TAUGHT, None)


def again_soft_stage(work: Work) -> None:
    """The same with what the larger model itself says by now."""
    taught_larger(work, "larger-again")


def again_stage(work: Work) -> None:
    """The larger model goes on, on what it and its teachers say together."""
    learned_larger(work, "larger-again", larger.AGAIN, work.folder / "larger.pt")


def taught_larger(work: Work, name: str) -> None:
    """Keep what the teachers of `name` say together."""
    heard(work, TEACHERS[name])
    write_array(work.folder / f"teacher-{name}.npy", added_up(work, TEACHERS[name]))


def learned_larger(work: Work, name: str, phase: Phase, begin: Path | None) -> None:
    """One phase of the larger model, from its beginning or from the state `begin`."""
    teacher = np.load(work.folder / f"teacher-{name}.npy")
    parts = student.sources(work.pool, teacher, larger.KINDS)
    short, state = work.folder / "short", work.folder / f"{name}.pt"
    run = base.tune(work.splits, short, state, phase, parts, begin)
    save(run.model, short, work.folder / name)


def calibrate_stage(work: Work) -> None:
    """One temperature for each model, folded into its weights, and one unsure band."""
    for name in ("student-labels", "student", "larger-again"):
        output = work.folder / f"{name}-calibrated"
        if (work.folder / name).exists() and not (output / "config.json").exists():
            calibrate(work.folder / name, output, work.splits.dev)


def dev_stage(work: Work) -> None:
    """The dev parts as files, for ``evaluate --write`` and for whoever wants to look."""
    (work.folder / "dev").mkdir(exist_ok=True)
    head, every = ["text\tlabel"], []
    for name, part in dev_parts(work.splits.dev).items():
        if not part.sure.any():
            continue
        lines = [
            f"{' '.join(text.split())}\t{'positive' if target > 0.5 else 'negative'}"
            for text, target, sure in zip(part.texts, part.targets, part.sure, strict=True)
            if sure
        ]
        every += lines
        (work.folder / "dev" / f"{name}.tsv").write_text("\n".join([*head, *lines]) + "\n", "utf-8")
    (work.folder / "dev" / "all.tsv").write_text("\n".join([*head, *every]) + "\n", "utf-8")


STAGES: dict[str, Callable[[Work], None]] = {
    "cut": cut_stage,
    "small": small_stage,
    "student-labels": labels_stage,
    "base-steady": steady_stage,
    "base-falling": falling_stage,
    "soft": soft_stage,
    "blend": blend_stage,
    "student": student_stage,
    "larger-soft": larger_soft_stage,
    "larger": larger_stage,
    "larger-again-soft": again_soft_stage,
    "larger-again": again_stage,
    "calibrate": calibrate_stage,
    "dev": dev_stage,
}


ONLY_CC0 = ("small", "student-labels", "calibrate", "dev")
"""The stages that are left where the encoder has nothing to teach."""


def main() -> None:
    """Read the arguments and run what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets")
    parser.add_argument("--work", type=Path, required=True, help="where a run keeps its state")
    parser.add_argument("--encoder", type=Path, help="the pretrained encoder; WORK/e5 without it")
    begins = "the model of film reviews that the student begins from, made by recipes.shipped"
    parser.add_argument("--small", type=Path, help=f"{begins}; WORK/ko-review-small without it")
    parser.add_argument("--only-cc0", action="store_true", help="learn from the films alone")
    parser.add_argument("--stage", choices=STAGES, help="run this stage alone")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    keep_freed_memory()
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    encoder = arguments.encoder or arguments.work / "e5"
    small = arguments.small or arguments.work / "ko-review-small"
    work = Work(arguments.data, arguments.work, encoder, small, arguments.only_cc0)
    stages = ONLY_CC0 if arguments.only_cc0 else STAGES
    for name in [arguments.stage] if arguments.stage else stages:
        log.info(f"stage {name}: {(STAGES[name].__doc__ or '').strip()}")
        STAGES[name](work)


if __name__ == "__main__":
    main()
