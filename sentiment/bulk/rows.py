"""Rows answered in chunks: the same answers however often a run is broken off and resumed.

An answer in 8 bits depends a little on the sentences beside it. Chunks therefore begin at
multiples of `CHUNK` rows, and who goes on must begin at one. Within a chunk the backends group
sentences of like length, or need no such groups.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.labels import Labels
from sentiment.model.inference import Prediction
from sentiment.tables.answers import RowAnswer
from sentiment.tables.labelled import MOST_VALUES, meanings_of
from sentiment.tables.layout import Layout, Row, cause
from sentiment.tables.matching import matched
from sentiment.tables.reading import rows

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
    path: Path, layout: Layout, label: str | None, labels: Labels
) -> Callable[[Row], str | None] | None:
    """Tells the label that a row has in the column `label`, None where that says nothing.

    It is one of a model's `labels`, or a name that they lack. None where there is no such column.

    The scale of ratings is told by all of them together.
    """
    if label is None:
        return None
    column = layout.columns.index(label)
    counts: Counter[str] = Counter()
    for row in rows(path, layout):
        if (value := row.values[column]) in counts or len(counts) <= MOST_VALUES:
            counts[value] += 1
    said = matched(counts, meanings_of(counts), labels)
    return lambda row: said.get(row.values[column])
