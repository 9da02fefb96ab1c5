"""What stands beside a row: its answer or its problem, and the columns that a result has for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sentiment.labels import Band, Labels

TOLD = ("problem", "notice", "model")
"""The last columns: why a row was not judged, or what was not understood of it and who judged."""


@dataclass(frozen=True)
class RowAnswer:
    """Probabilities in the order of the labels, or a row's problem, a key of `PROBLEMS`.

    `notices`: what was not understood of its text, keys of `sentiment.texts.notices.NOTICES`.
    """

    probabilities: tuple[float, ...] | None
    problem: str | None = None
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, probabilities: Sequence[float], notices: tuple[str, ...] = ()) -> "RowAnswer":
        """An answer as it is written; of two labels the first has exactly the rest of 1."""
        if len(probabilities) == 2:
            return cls((1 - probabilities[1], probabilities[1]), notices=notices)
        return cls(tuple(probabilities), notices=notices)


def result_columns(columns: Sequence[str], labels: Labels, corrected: bool = False) -> list[str]:
    """The columns of a file and those added, whose names change where they are taken: ``label_2``.

    They are ``label``, one for each label of the model, and `TOLD`; last where rows were
    `corrected` what people said.
    """
    names = list(columns)
    for name in ("label", *labels.shown, *TOLD, *(("correction",) if corrected else ())):
        count, free = 1, name
        while free in names:
            count += 1
            free = f"{name}_{count}"
        names.append(free)
    return names


def result_values(answer: RowAnswer, labels: Labels, band: Band, judge: str) -> list[object]:
    """The values of the columns added: the verdict, the probabilities, and what is told.

    `judge`: name and id of the model.
    """
    found, noticed = answer.probabilities, " ".join(answer.notices) or None
    if found is None:
        return [None, *[None] * len(labels), answer.problem, None, None]
    told = (None, noticed, judge or None)
    return [labels.verdict(found, band), *(found[index] for index in labels.order), *told]
