"""Measure a model on a labelled file: `evaluate`, which the command of that name calls."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.evaluation.answers import Answers, Texts
from sentiment.evaluation.result import Evaluation, Origin, evaluation
from sentiment.model.inference import Classifier
from sentiment.tables.labelled import NEITHER, UNREADABLE, Labelled, Scan, texts
from sentiment.tables.layout import Said

CHUNK = 256
"""Sentences that are answered between two steps of the progress."""

LACKING = 20
"""Labels of a file that are told where the model lacks them."""

Steps = Iterable[Sequence[Labelled]]
"""Sentences with their labels, a chunk at a time."""

Follow = Callable[[Steps, int], Steps]
"""Hands the chunks on as they are taken, of so many sentences in all."""


def unseen(steps: Steps, _total: int) -> Steps:
    """Follow without a word."""
    return steps


def evaluate(
    file: Path | str | Scan,
    classifier: Classifier,
    against: Classifier | None = None,
    *,
    said: Said = Said(),
    balanced: bool = False,
    robust: bool = False,
    without: Path | None = None,
    follow: Follow = unseen,
) -> Evaluation:
    """How good a classifier is on the labelled sentences of a table, perhaps against another.

    `file` may be one that was looked through before. `said`: what is known of the table, such as
    its columns. `balanced`: as many sentences of each label, always the same ones. `robust`: also
    written in other ways. `without`: also on the texts alone that this file lacks. Shares are of 1,
    with intervals of 95 %; see `Evaluation`. Raises `DataError` for a table without labels, or with
    some that are not understood.
    """
    scan = file if isinstance(file, Scan) else Scan.of(Path(file), said)
    table = scan.table(classifier.labels)
    known = Texts(texts(without, said.text_column)) if without else None
    answers = Answers([classifier, *([against] if against else [])], robust, known)
    chosen = table.balanced() if balanced else table.usable()
    for chunk in follow(chunks(table.sentences(chosen), CHUNK), len(chosen)):
        answers.add(chunk)
    return evaluation(
        answers,
        Origin(
            file=table.path.name,
            unlabelled=table.count(NEITHER),
            unreadable=table.count(UNREADABLE),
            balanced=balanced,
            known=without.name if without else "",
            lacking=dict(table.lacking.most_common(LACKING)),
            text_column=table.layout.text,
            label_column=table.layout.label or "",
            meanings=table.layout.meanings or {},
        ),
    )
