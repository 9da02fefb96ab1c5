"""Everything that an evaluation says, as plain data: the table, the page and the JSON show it."""

from dataclasses import dataclass, field

import numpy as np

from sentiment.evaluation import measures
from sentiment.evaluation.answers import Answers, Shown
from sentiment.evaluation.measures import Bin, LabelMeasures, Share
from sentiment.evaluation.slices import REWRITES, SLICES
from sentiment.labels import NEVER, Band
from sentiment.model.inference import Classifier

COLUMNS = 20
"""Bars of the histogram of scores, each 0.05 wide."""

POINTS = 200
"""Points of the ROC curve, at most."""


@dataclass(frozen=True)
class Group:
    """Accuracy on a kind of sentences, or on sentences written otherwise."""

    name: str
    korean: str
    english: str
    share: Share


@dataclass(frozen=True)
class Unsure:
    """The band of scores within which the model says "unsure", and how it does there."""

    band: Band
    part: float
    inside: Share
    outside: Share


@dataclass(frozen=True)
class Comparison:
    """The model against `other` on the same sentences.

    `difference` is accuracy less the other's, from `low` to `high` with 95 % confidence; `p` is
    of McNemar's exact test. `both`, `only_this`, `only_other` and `neither` count who was right.
    `flips` are answered (this, other); the clearest first.
    """

    other: str
    other_id: str
    accuracy: Share
    difference: float
    low: float
    high: float
    both: int
    only_this: int
    only_other: int
    neither: int
    p: float
    flips: list[Shown]


@dataclass(frozen=True)
class Evaluation:
    """A model on a file.

    `text_column` and `label_column` were read; `meanings`: what values of the latter were taken
    for. `sentences` were judged; `unlabelled` and `unreadable` rows of the file were not, nor those
    of `lacking`, labels that the model lacks. `labels` are those of the model, from negative to
    positive; `pair`: whether they are these two. `confusion` has a row for each true label and a
    column for each answer in their order. `histogram` counts scores in `COLUMNS` columns: of the
    pair the probability of positive for each true label, else the confidence of wrong and right
    answers. `roc_auc` is the mean over all labels, each against the rest; there is a curve of the
    pair alone. Mistakes are the most confident ones. Measures are None where a label is missing.
    """

    model: str
    model_id: str
    file: str
    sentences: int
    unlabelled: int
    unreadable: int
    balanced: bool
    lacking: dict[str, int]
    pair: bool
    text_column: str
    label_column: str
    meanings: dict[str, str]
    accuracy: Share
    macro_f1: float | None
    labels: list[LabelMeasures]
    confusion: list[list[int]]
    roc_auc: float | None
    roc: list[list[float]]
    calibration_error: float | None
    reliability: list[Bin]
    histogram: list[list[int]]
    unsure: Unsure | None
    slices: list[Group]
    rewritten: list[Group]
    mistakes: list[Shown]
    per_second: float
    against: Comparison | None


@dataclass(frozen=True)
class Origin:
    """Where the sentences came from; see `Evaluation`."""

    file: str
    unlabelled: int
    unreadable: int
    balanced: bool
    known: str = ""
    lacking: dict[str, int] = field(default_factory=dict)
    text_column: str = ""
    label_column: str = ""
    meanings: dict[str, str] = field(default_factory=dict)


def evaluation(answers: Answers, origin: Origin) -> Evaluation:
    """Work out every measure of at least one answer."""
    right, said = answers.right, answers.said(0)
    hit = said == right
    probabilities = answers.probabilities(0)
    counts = measures.confusion(said, right, len(answers.names))
    labels = measures.label_measures(counts, answers.names)
    model, pair = answers.models[0], answers.labels.is_pair
    score = scores(model, probabilities)
    bins = measures.reliability(np.maximum(score, 1 - score) if pair else score, hit)
    if pair:
        auc = measures.roc_auc(score, right == 1)
    else:
        auc = measures.macro_auc(probabilities[:, answers.labels.rising], right)
    return Evaluation(
        model=model.name,
        model_id=model.id,
        file=origin.file,
        sentences=len(right),
        unlabelled=origin.unlabelled,
        unreadable=origin.unreadable,
        balanced=origin.balanced,
        lacking=origin.lacking,
        pair=pair,
        text_column=origin.text_column,
        label_column=origin.label_column,
        meanings=origin.meanings,
        accuracy=measures.share(hit),
        macro_f1=measures.macro_f1(labels),
        labels=labels,
        confusion=counts.tolist(),
        roc_auc=auc,
        roc=list(measures.roc_curve(score, right == 1, POINTS)) if pair and auc is not None else [],
        calibration_error=measures.calibration_error(bins),
        reliability=bins,
        histogram=[histogram(score[(right if pair else hit) == side]) for side in (0, 1)],
        unsure=unsure(score, hit, model.unsure),
        slices=slices(answers, hit, origin.known),
        rewritten=rewritten(answers),
        mistakes=answers.mistakes.best,
        per_second=len(right) / answers.seconds,
        against=comparison(answers) if len(answers.models) > 1 else None,
    )


def scores(model: Classifier, probabilities: np.ndarray) -> np.ndarray:
    """What `Labels.score` says of each sentence, (n,), of probabilities (n, labels)."""
    if model.labels.is_pair:
        return np.asarray(probabilities[:, model.labels.positive])
    return np.asarray(probabilities.max(axis=1))


def histogram(score: np.ndarray) -> list[int]:
    """How many scores lie in each of `COLUMNS` columns between 0 and 1."""
    return list(map(int, np.histogram(score, COLUMNS, (0, 1))[0]))


def unsure(score: np.ndarray, right: np.ndarray, band: Band) -> Unsure | None:
    """Accuracy inside and outside the band; None for a model without one."""
    if band == NEVER:
        return None
    inside = (band[0] < score) & (score < band[1])
    return Unsure(
        band,
        float(inside.mean()),
        measures.share(right[inside]),
        measures.share(right[~inside]),
    )


def slices(answers: Answers, right: np.ndarray, known: str) -> list[Group]:
    """Accuracy on every slice that has sentences, and on texts that the file `known` lacks."""
    groups = [
        Group(each.name, each.korean, each.english, measures.share(right[inside]))
        for bit, each in enumerate(SLICES)
        if (inside := answers.inside(bit)).any()
    ]
    if known:
        new = measures.share(right[answers.new])
        groups.append(Group("new", "겹치지 않음", f"not in {known}", new))
    return groups


def rewritten(answers: Answers) -> list[Group]:
    """Accuracy on the same sentences, written otherwise."""
    return [
        Group(name, korean, english, measures.share(right))
        for name, korean, english, _ in REWRITES
        if name in answers.rewritten
        for right in [np.array(answers.rewritten[name]) == answers.right]
    ]


def comparison(answers: Answers) -> Comparison:
    """The first model against the second."""
    right, other = (answers.said(i) == answers.right for i in (0, 1))
    only_this, only_other = int((right & ~other).sum()), int((other & ~right).sum())
    difference, low, high = measures.paired_difference(only_this, only_other, len(right))
    return Comparison(
        other=answers.models[1].name,
        other_id=answers.models[1].id,
        accuracy=measures.share(other),
        difference=difference,
        low=low,
        high=high,
        both=int((right & other).sum()),
        only_this=only_this,
        only_other=only_other,
        neither=int((~right & ~other).sum()),
        p=measures.mcnemar(only_this, only_other),
        flips=answers.flips.best,
    )
