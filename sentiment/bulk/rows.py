"""Rows answered in chunks: the same answers however often a run is broken off and resumed.

An answer of a large model in 8 bits depends a little on the sentences beside it. Chunks therefore
begin at multiples of `CHUNK` rows, and who goes on must begin at one. Within a chunk the backends
group sentences of like length, or need no such groups.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.model.inference import Prediction
from sentiment.tables.answers import RowAnswer
from sentiment.tables.apart import surveyed
from sentiment.tables.layout import Layout, Row, cause
from sentiment.tables.lists import text_of
from sentiment.tables.scales import NEITHER, NEUTRAL

CHUNK = 256
"""Rows that are answered, and kept, together."""

Predict = Callable[[list[str]], Sequence[Prediction]]
"""Answers any texts in order, such as `Classifier.predict_any`."""


def answered(found: Iterable[Row], column: int, predict: Predict) -> Iterator[list[RowAnswer]]:
    """What `predict` says about the text in `column` of each row, a chunk of rows at a time."""
    for chunk in chunks(found, CHUNK):
        causes = [cause(row, column) for row in chunk]
        texts = [
            text_of(row.values[column]) for row, why in zip(chunk, causes, strict=True) if not why
        ]
        answers = iter(predict(texts))
        yield [RowAnswer(None, why) if why else row_answer(next(answers)) for why in causes]


def row_answer(answer: Prediction) -> RowAnswer:
    """What is kept of a prediction."""
    return RowAnswer.restored(answer.probabilities[1:], answer.notices)


def right_answers(
    path: Path, layout: Layout, label: str | None
) -> Callable[[Row], str | None] | None:
    """Tells the label that a row has in the column `label`, None where that says neither.

    None where there is no such column, or where what its values mean is not understood: then
    nothing is counted over it.
    """
    if label is None:
        return None
    if label != layout.label or layout.rows is None:
        layout = surveyed(path, replace(layout, label=label))
    if layout.meanings is None:
        return None
    column = layout.columns.index(label)
    meanings = {v: said for v, said in layout.meanings.items() if said not in (NEITHER, NEUTRAL)}
    return lambda row: meanings.get(row.values[column])
