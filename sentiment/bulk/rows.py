"""Rows answered in chunks: the same answers however often a run is broken off and resumed.

An answer of a large model in 8 bits depends a little on the sentences beside it. Chunks therefore
begin at multiples of `CHUNK` rows, and who goes on must begin at one. Within a chunk the backends
group sentences of like length, or need no such groups.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.labels import Labels
from sentiment.model.inference import Prediction
from sentiment.tables.answers import RowAnswer
from sentiment.tables.apart import rows, surveyed
from sentiment.tables.layout import Layout, Row, cause
from sentiment.tables.lists import text_of
from sentiment.tables.matching import matched
from sentiment.tables.scales import counted

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
    return RowAnswer.of(answer.probabilities, answer.notices)


def right_answers(
    path: Path, layout: Layout, label: str | None, labels: Labels
) -> Callable[[Row], str | None] | None:
    """Tells the label that a row has in the column `label`, None where that says nothing.

    It is one of a model's `labels`, or a name that they lack. None where there is no such column,
    or where what its values mean is not understood: then nothing is counted over it.
    """
    said = meant(path, layout, label, labels)
    if label is None or said is None:
        return None
    column = layout.columns.index(label)
    return lambda row: said.get(row.values[column])


def meant(
    path: Path, layout: Layout, label: str | None, labels: Labels
) -> Mapping[str, str | None] | None:
    """The label that each value of the column `label` means; see `right_answers`."""
    if label is None:
        return None
    if label != layout.label or layout.rows is None:
        layout = surveyed(path, replace(layout, label=label))
    column = layout.columns.index(label)
    if labels.is_pair and layout.meanings is not None:
        counts: Mapping[str, int] = dict.fromkeys(layout.meanings, 1)
    else:
        counts = counted(row.values[column] for row in rows(path, layout))
    return matched(counts, layout, labels)
