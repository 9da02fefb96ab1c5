"""Make probabilities mean what they say: one temperature, and a band where a model is unsure.

    python -m sentiment.evaluation.calibration --model models/ko-review-small \
        --data ../shared/data/naver-movie-reviews/dev.tsv.xz --write

Half of the labelled sentences, drawn with a fixed seed, are fitted on; what is printed was
measured on the other half. With ``--write`` the last layer of a Hugging Face folder is divided by
the temperature, so that nothing else has to know of it, and its config.json names the band.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import debug_option
from sentiment.errors import ModelError
from sentiment.evaluation import measures
from sentiment.evaluation.measures import Share, calibration_error, reliability
from sentiment.evaluation.table import aligned, number, percent, shown
from sentiment.model.checkpoints.restore import CLASSIFIER_BIAS
from sentiment.model.export.manifest import WEIGHTS
from sentiment.model.inference import NEVER, Band, Classifier
from sentiment.settings import SHIPPED_MODEL, Settings
from sentiment.tables.labelled import SEED, Table

HOTTEST = 20.0
"""The temperature is looked for between 1 / 20 and 20."""

SURE = 0.70
"""A model that is right less often than this is unsure."""


@dataclass(frozen=True)
class Fit:
    """What was fitted on one half, and how it does on the other."""

    temperature: float
    band: Band
    error_before: float | None
    error_after: float | None
    part: float
    inside: Share
    outside: Share


def fit(margins: np.ndarray, labels: np.ndarray) -> Fit:
    """Fit on a random half of the sentences, measure on the rest.

    `margins`, (n,): logit of positive less that of negative; `labels`, (n,): whether positive.
    """
    mixed = np.random.default_rng(SEED).permutation(len(labels))
    ours, theirs = np.array_split(mixed, 2)
    degrees = temperature(margins[ours], labels[ours])
    band = unsure_band(sigmoid(margins[ours] / degrees), labels[ours])
    before, after = sigmoid(margins[theirs]), sigmoid(margins[theirs] / degrees)
    right = (after > 1 / 2) == labels[theirs]
    inside = (band[0] < after) & (after < band[1])
    return Fit(
        degrees,
        band,
        calibration_error(reliability(before, labels[theirs])),
        calibration_error(reliability(after, labels[theirs])),
        float(inside.mean()),
        measures.share(right[inside]),
        measures.share(right[~inside]),
    )


def temperature(margins: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes the labels most likely: Guo et al. (2017), section 4.2.

    The negative log-likelihood is convex in 1 / temperature, so its slope is halved in on zero.
    """
    low, high = 1 / HOTTEST, HOTTEST
    while high / low > 1 + 1e-9:
        inverse = (low * high) ** 0.5
        slope = (margins * (sigmoid(inverse * margins) - labels)).mean()
        low, high = (inverse, high) if slope < 0 else (low, inverse)
    return float(1 / high)


def sigmoid(margins: np.ndarray) -> np.ndarray:
    """Probability of "positive"; by way of tanh, which can't overflow."""
    return np.asarray((1 + np.tanh(margins / 2)) / 2)


def unsure_band(positive: np.ndarray, labels: np.ndarray) -> Band:
    """The probabilities around 1/2 where the model is right less than `SURE` of the time.

    How often it is right is fitted as a function of its confidence, max(p, 1 - p), that never
    falls (isotonic regression); the band reaches up to the first confidence at which that function
    is at least `SURE`. `NEVER` if it is so from the start.
    """
    confidence, place = np.unique(np.maximum(positive, 1 - positive), return_inverse=True)
    right = np.bincount(place, (positive > 1 / 2) == labels)
    sure = np.flatnonzero(rising(right, np.bincount(place)) >= SURE)
    if sure.size and sure[0] == 0:
        return NEVER
    edge = float(confidence[sure[0]]) if sure.size else 1.0
    return round(1 - edge, 3), round(edge, 3)


def rising(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The means that never fall and lie closest to sums / counts, by least squares.

    Pool adjacent violators: Ayer et al. (1955), "An empirical distribution function for sampling
    with incomplete information".
    """
    pools: list[list[float]] = []  # sum, count, entries
    for total, count in zip(sums, counts, strict=True):
        pools.append([total, count, 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    return np.repeat([s / n for s, n, _ in pools], [int(entries) for _, _, entries in pools])


def margins_of(model: Classifier, texts: list[str]) -> np.ndarray:
    """Differences of the two logits, (texts,): what the log of the odds is."""
    answers = model.judge(texts)
    odds = np.array([(answer.positive, answer.negative) for answer in answers])
    return np.asarray(np.log(odds[:, 0]) - np.log(odds[:, 1]))


def described(found: Fit) -> Iterator[Sequence[str]]:
    """What was found, as rows of a table."""
    yield "온도 · Temperature", f"{found.temperature:.4f}"
    yield "보정 오차 전 · Calibration error before", number(found.error_before)
    yield "보정 오차 후 · Calibration error after", number(found.error_after)
    yield "애매한 구간 · Unsure between", f"{found.band[0]:g} – {found.band[1]:g}"
    yield "애매한 문장 · Unsure sentences", percent(found.part)
    yield "그 안의 정확도 · Accuracy inside", shown(found.inside)
    yield "그 밖의 정확도 · Accuracy outside", shown(found.outside)


def bake(folder: Path, degrees: float, band: Band) -> None:
    """Divide the last layer by a temperature and name the band; raises `ModelError`."""
    from safetensors import safe_open
    from safetensors.torch import load, save_file

    file, config = folder / WEIGHTS, folder / "config.json"
    if not (file.is_file() and config.is_file()):
        raise ModelError(
            "{folder} has no {weights} and config.json, so nothing can be written there. Name a "
            "Hugging Face folder, or leave out --write.",
            folder=folder,
            weights=WEIGHTS,
        )
    weights = load(file.read_bytes())  # not mapped: Windows would not replace the file
    bias = next(key for key in CLASSIFIER_BIAS if key in weights)
    for key in (bias, bias.removesuffix("bias") + "weight"):
        weights[key] = (weights[key].float() / degrees).to(weights[key].dtype)
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    part = file.with_suffix(".part")  # a run that is stopped leaves the old weights whole
    save_file(weights, part, metadata)
    part.replace(file)
    content = json.loads(config.read_text("utf-8")) | {"unsure": list(band)}
    config.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment.evaluation.calibration --data dev.tsv.xz",
        "python -m sentiment.evaluation.calibration --data dev.tsv.xz --model my-model --write",
    ),
)
@click.option("--model", default=str(SHIPPED_MODEL), show_default=SHIPPED_MODEL.name)
@click.option("--data", required=True, type=click.Path(path_type=Path), metavar="FILE")
@click.option("--write", is_flag=True, help="모델 폴더를 고칩니다. Change the model's folder.")
@debug_option
def main(model: str, data: Path, write: bool, debug: bool) -> None:
    """모델의 확률을 보정합니다 · Fit a model's probabilities to labelled sentences."""
    from sentiment.model.loader import load

    table = Table.of(data)
    sentences = list(table.sentences(table.balanced()))
    classifier = load(model, Settings.pretrained, Settings.max_seq_length, "torch", say)
    margins = margins_of(classifier, [text for text, _ in sentences])
    found = fit(margins, np.array([label for _, label in sentences]))
    click.echo("\n".join(aligned(described(found))))
    if write:
        bake(Path(model), found.temperature, found.band)
        click.echo(
            "썼습니다 · Written. 다시 내보내세요 · Export again: "
            f"python -m sentiment export {model} -o {model} --int8-only --sentences {data}"
        )


if __name__ == "__main__":
    main()
