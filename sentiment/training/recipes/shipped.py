"""Make the shipped models: one command from the data to their folders, in stages.

    python -m sentiment.training.recipes.shipped --data ../shared/data --work DIR

Every stage keeps what it made under ``--work`` and goes on where it was stopped; ``--stage`` runs
one alone. With ``--only-cc0`` nothing but the film reviews and our own sentences is learned from.
"""

import argparse
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from transformers import BertForSequenceClassification

from sentiment.training.recipes import base
from sentiment.training.recipes.judging import Judge, judge_of
from sentiment.training.recipes.loop import keep_freed_memory
from sentiment.training.recipes.opinions import opinions
from sentiment.training.recipes.own import own_sentences
from sentiment.training.recipes.pieces import MAX_TOKENS, cut
from sentiment.training.recipes.sets import FILMS, Splits, Texts, read_splits
from sentiment.training.recipes.stream import tokenizer_of

log = logging.getLogger(__name__)

SEED = 1
PIECE_LEAST, LETTER_LEAST = 20, 4


@dataclass(frozen=True)
class Work:
    """Where things are, and the sets, read once."""

    data: Path
    folder: Path
    encoder: Path
    small: Path
    only_cc0: bool

    @cached_property
    def splits(self) -> Splits:
        """The train and dev parts."""
        return read_splits(self.data, self.only_cc0)

    @cached_property
    def own(self) -> Texts:
        """Our own sentences."""
        return own_sentences(SEED)

    def judge(self, folder: Path) -> Judge:
        """A judge that runs the model in `folder`."""
        model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
        return judge_of(model, tokenizer_of(str(folder / "tokenizer.json"), MAX_TOKENS))


def cut_stage(work: Work) -> None:
    """The pretrained encoder, cut to the pieces that the training texts use."""
    if not (work.folder / "cut" / "model.safetensors").exists():
        texts = [text for part in work.splits.train.values() for text in part.texts]
        cut(work.encoder, texts, work.folder / "cut", PIECE_LEAST, LETTER_LEAST)


def small_stage(work: Work) -> None:
    """What the small model of the last release says of the films."""
    films = work.splits.train[FILMS].texts
    opinions(work.judge(work.small), films, work.folder / "small_films_z.npy")


def steady_stage(work: Work) -> None:
    """The base model at a rate that stays high."""
    tuned(work, "base-steady", base.STEADY, None, own=None)


def falling_stage(work: Work) -> None:
    """The base model while the rate falls; our own sentences join in."""
    run = tuned(work, "base-falling", base.FALLING, work.folder / "base-steady.pt", own=work.own)
    save(run.model, work.folder / "cut", work.folder / "base")


def tuned(
    work: Work, name: str, phase: base.Phase, begin: Path | None, own: Texts | None
) -> base.Run:
    """One phase of the base model."""
    file = work.folder / "small_films_z.npy"
    counts = base.Counts() if own is None else replace(base.Counts(), own=base.OWN)
    opinion = np.load(file) if file.exists() else None
    parts = base.sources(work.splits.train, opinion, counts, own)
    state = work.folder / f"{name}.pt"
    return base.tune(work.splits, work.folder / "cut", state, phase, parts, begin)


def save(model: BertForSequenceClassification, tokenizer: Path, output: Path) -> None:
    """Write a Hugging Face folder with the tokenizer of another."""
    model.save_pretrained(output)
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        if (tokenizer / name).exists():
            (output / name).write_bytes((tokenizer / name).read_bytes())


STAGES: dict[str, Callable[[Work], None]] = {
    "cut": cut_stage,
    "small": small_stage,
    "base-steady": steady_stage,
    "base-falling": falling_stage,
}


def main() -> None:
    """Read the arguments and run what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets")
    parser.add_argument("--work", type=Path, required=True, help="where a run keeps its state")
    parser.add_argument("--encoder", type=Path, help="the pretrained encoder; WORK/e5 without it")
    parser.add_argument("--small", type=Path, default=Path("models/ko-review-small"),
                        help="the small model that the student begins from")  # fmt: skip
    parser.add_argument("--only-cc0", action="store_true", help="learn from the films alone")
    parser.add_argument("--stage", choices=STAGES, help="run this stage alone")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    keep_freed_memory()
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    encoder = arguments.encoder or arguments.work / "e5"
    work = Work(arguments.data, arguments.work, encoder, arguments.small, arguments.only_cc0)
    for name in [arguments.stage] if arguments.stage else STAGES:
        log.info(f"stage {name}: {(STAGES[name].__doc__ or '').strip()}")
        STAGES[name](work)


if __name__ == "__main__":
    main()
