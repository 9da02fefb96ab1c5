"""Rows judged in chunks: the same answers however often a run is broken off and resumed.

An answer in 8 bits depends a little on the sentences beside it. Chunks therefore begin at
multiples of `CHUNK` rows, and who goes on must begin at one. Within a chunk the backends group
sentences of like length, or need no such groups.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sentiment.chunks import chunks
from sentiment.model.inference import Band, Prediction, is_unsure, problem
from sentiment.settings import MAX_CHARACTERS
from sentiment.tables.reading import Row

CHUNK = 256
"""Rows that are judged, and kept, together."""

Judge = Callable[[list[str]], Sequence[Prediction]]
"""Judges texts in order, such as `Classifier.judge`."""


@dataclass(frozen=True)
class Judged:
    """The probability of "positive" of a row, or its problem, a key of `PROBLEMS`."""

    positive: float | None
    problem: str | None = None


def judged(rows: Iterable[Row], column: int, judge: Judge) -> Iterator[list[Judged]]:
    """What `judge` says about the text in `column` of each row, a chunk of rows at a time."""
    for chunk in chunks(rows, CHUNK):
        causes = [cause(row, column) for row in chunk]
        texts = [row.values[column] for row, why in zip(chunk, causes, strict=True) if not why]
        answers = iter(judge(texts))
        yield [Judged(None, why) if why else Judged(next(answers).positive) for why in causes]


def cause(row: Row, column: int) -> str | None:
    """Why a row can't be judged, a key of `PROBLEMS`; None where it can."""
    text = row.values[column]
    if row.problem or problem(text) is None:
        return row.problem
    if not text.strip():
        return "empty"
    return "too long" if len(text) > MAX_CHARACTERS else "characters"


def verdict(positive: float, band: Band) -> str:
    """``positive``, ``negative``, or ``unsure`` inside the model's band."""
    if is_unsure(positive, band):
        return "unsure"
    return "positive" if positive > 1 / 2 else "negative"


def added(answer: Judged, band: Band) -> tuple[object, ...]:
    """The values of `sentiment.tables.writing.ADDED`."""
    if answer.positive is None:
        return None, None, None, answer.problem
    return verdict(answer.positive, band), answer.positive, 1 - answer.positive, None
