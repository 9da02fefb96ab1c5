"""Rows answered in chunks: the same answers however often a run is broken off and resumed.

An answer in 8 bits depends a little on the sentences beside it. Chunks therefore begin at
multiples of `CHUNK` rows, and who goes on must begin at one. Within a chunk the backends group
sentences of like length, or need no such groups.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.model.inference import Prediction
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Layout, Row, cause
from sentiment.tables.reading import rows
from sentiment.tables.scales import scale_of_column, truth

CHUNK = 256
"""Rows that are answered, and kept, together."""

Predict = Callable[[list[str]], Sequence[Prediction]]
"""Answers any texts in order, such as `Classifier.predict_any`."""


def answered(found: Iterable[Row], column: int, predict: Predict) -> Iterator[list[RowAnswer]]:
    """What `predict` says about the text in `column` of each row, a chunk of rows at a time."""
    for chunk in chunks(found, CHUNK):
        causes = [cause(row, column) for row in chunk]
        texts = [row.values[column] for row, why in zip(chunk, causes, strict=True) if not why]
        answers = iter(predict(texts))
        yield [
            RowAnswer(None, why) if why else RowAnswer.of(next(answers).probabilities)
            for why in causes
        ]


def right_answers(
    path: Path, layout: Layout, label: str | None
) -> Callable[[Row], str | None] | None:
    """Tells the label that a row has in the column `label`, None where that says neither.

    None where there is no such column.

    The scale of ratings is told by all of them together.
    """
    if label is None:
        return None
    column = layout.columns.index(label)
    scale = scale_of_column(row.values[column] for row in rows(path, layout))
    names = {True: "positive", False: "negative", None: None}
    return lambda row: names[truth(row.values[column], scale)]
