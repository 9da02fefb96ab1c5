"""How right and how sure a model is about each kind of text, on the dev parts.

    python -m benchmarks.domains models/ko-sentiment-small --data ../shared/data

Films, comments, shop reviews (also turned round by rule) and neutral questions, each with a 95 %
interval and its calibration error; the same texts written in other ways; and the everyday
sentences of ``tests/training/everyday_dev.tsv`` by kind.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification

from sentiment.texts.slips import with_slips
from sentiment.training.recipes.judging import (
    PLAIN_BAND,
    Band,
    Judge,
    Measure,
    dev_parts,
    judge_of,
    measured,
    probability,
)
from sentiment.training.recipes.reversing import NEGATED, turned_round
from sentiment.training.recipes.sets import KODOLI, KOTE, SENTINEG, Texts, read_splits
from sentiment.training.recipes.stream import tokenizer_of
from sentiment.training.recipes.variants import SLIPS

EVERYDAY = Path(__file__).parents[1] / "tests" / "training" / "everyday_dev.tsv"
TARGETS = {"positive": 1.0, "negative": 0.0, "neutral": 0.5}
FILMS_IN_VARIANTS = 750


def model_judge(folder: Path) -> Judge:
    """A judge that runs the model of a Hugging Face folder."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    most = min(128, model.config.max_position_embeddings)
    return judge_of(model.eval(), tokenizer_of(str(folder / "tokenizer.json"), most))


def band_of(folder: Path) -> Band:
    """Between which probabilities the model says that it is unsure."""
    low, high = json.loads((folder / "config.json").read_text("utf-8")).get("unsure", PLAIN_BAND)
    return low, high


def named(name: str, texts: list[str], targets: np.ndarray) -> Texts:
    """Texts under a name of their own."""
    sure = ~np.isclose(targets, 0.5)
    return Texts(name, texts, targets, sure, np.zeros(len(texts), np.int8))


def variants(dev: dict[str, Texts]) -> Iterator[Texts]:
    """Sure texts of all sets, as they are and written in other ways."""
    random = Random(7)  # noqa: S311 - nothing secret
    films = dev["films"].take(dev["films"].balanced(7, FILMS_IN_VARIANTS))
    parts = [films, *(dev[name] for name in (KOTE, KODOLI, SENTINEG) if name in dev)]
    rows = [part.take(np.flatnonzero(part.sure)) for part in parts]
    texts = [text for part in rows for text in part.texts]
    targets = np.concatenate([part.targets for part in rows])
    yield named("all together", texts, targets)
    yield named("without blanks", [text.replace(" ", "") for text in texts], targets)
    yield named("ㅠㅠ behind", [text + " ㅠㅠ" for text in texts], targets)
    yield named("ㅋㅋ behind", [text + " ㅋㅋ" for text in texts], targets)
    yield named("with slips", [with_slips(text, random, SLIPS) for text in texts], targets)
    negated = np.array([bool(NEGATED.search(text)) for text in texts])
    yield named("with a negation", [texts[i] for i in np.flatnonzero(negated)], targets[negated])


def everyday() -> Iterator[tuple[str, Texts]]:
    """The everyday sentences by kind."""
    rows = [line.split("\t") for line in EVERYDAY.read_text("utf-8").splitlines()[1:]]
    for kind in dict.fromkeys(row[2] for row in rows):
        mine = [row for row in rows if row[2] == kind]
        targets = np.array([TARGETS[row[1]] for row in mine], np.float32)
        yield kind, named(kind, [row[0] for row in mine], targets)


def share(value: float | None) -> str:
    """A share in percent, or a dash."""
    return "-" if value is None else f"{value:.1%}"


def row_of(measure: Measure) -> str:
    """One row of the printed table."""
    span = "-" if measure.low is None else f"{measure.low:.1%} to {measure.high:.1%}"
    error = "-" if measure.calibration_error is None else f"{measure.calibration_error:.3f}"
    return (
        f"| {measure.name} | {measure.count} | {share(measure.accuracy)} | {span} | {error}"
        f" | {share(measure.boldly_wrong)} | {measure.neutral} | {share(measure.neutral_bold)} |"
    )


def print_everyday(judge: Judge, band: Band, show: bool) -> None:
    """How many everyday sentences of each kind are right; of the neutral ones, how many unsure."""
    right = count = 0
    for kind, texts in everyday():
        chance = probability(judge(texts.texts))
        bold = (chance < band[0]) | (chance > band[1])
        good = np.where(texts.sure, (chance > 0.5) == (texts.targets > 0.5), ~bold)
        print(f"everyday, {kind}: {good.sum()} of {len(good)}")
        if texts.sure.any():
            right, count = right + int(good.sum()), count + len(good)
        if show:
            for row in np.flatnonzero(~good):
                print(f"    {chance[row]:.2f} {texts.texts[row]}")
    print(f"everyday, all that feel something: {right} of {count}")


def main() -> None:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path, help="a Hugging Face folder")
    parser.add_argument("--data", type=Path, required=True, help="folder with all sets")
    parser.add_argument("--most", type=int, help="at most about so many texts of each side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--wrong", action="store_true", help="show the everyday ones that are wrong"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    judge, band = model_judge(arguments.model), band_of(arguments.model)
    dev = read_splits(arguments.data).dev
    parts = list(dev_parts(dev, arguments.most).values())
    if SENTINEG in dev:
        parts.append(turned_round(dev[SENTINEG]))
    print(
        "| dev part | texts | right | 95 % interval | ECE | boldly wrong | neutral | bold there |"
    )
    print("|---|---:|---:|---|---:|---:|---:|---:|")
    for texts in [*parts, *variants(dev)]:
        print(row_of(measured(texts, judge(texts.texts), band)), flush=True)
    print()
    print_everyday(judge, band, arguments.wrong)


if __name__ == "__main__":
    main()
