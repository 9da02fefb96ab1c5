"""What people said of answers: kept in the store, for the owner to read and to train on.

A sentence has one row for each model: who answers again changes it and is counted. Visitors never
change what the owner said.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sentiment.errors import StoreError
from sentiment.model.inference import Prediction
from sentiment.storage.database import Place, exists, forget, transaction
from sentiment.tables.writing import harmless

PAGE = 50
"""Rows of a page."""

MOST_OF_VISITORS = 10_000
"""Rows that visitors may fill, so that nobody fills the owner's disk: 300 MB at worst."""

KEEP = """
INSERT INTO feedback
    (time, model, model_id, sentence, positive, confidence, label, correct, owner)
VALUES
    (:time, :model, :model_id, :sentence, :positive, :confidence, :label, :correct, :owner)
ON CONFLICT (model_id, sentence) DO UPDATE SET
    time = excluded.time, model = excluded.model, positive = excluded.positive,
    confidence = excluded.confidence, label = excluded.label, correct = excluded.correct,
    owner = excluded.owner, times = feedback.times + 1
WHERE excluded.owner >= feedback.owner"""

MATCHING = "instr(lower(sentence), lower(:text)) > 0 AND (:wrong = 0 OR label <> correct)"

COUNT = f"""
SELECT count(*), count(*) FILTER (WHERE label <> correct), count(*) FILTER (WHERE {MATCHING})
FROM feedback"""  # noqa: S608 - both parts are our own words

SEARCH = f"""
SELECT * FROM feedback WHERE {MATCHING}
ORDER BY time DESC, id DESC LIMIT :most OFFSET :before"""  # noqa: S608

COLUMNS = (
    *("text", "label", "positive", "correct", "answer", "confidence"),
    *("model", "model_id", "time"),
)
"""Columns of an export; ``train`` and ``evaluate`` take the first two."""

EXPORT = """
SELECT sentence, correct, positive, CASE label WHEN correct THEN 1 ELSE 0 END, label,
    confidence, model, model_id, time
FROM feedback ORDER BY id"""


@dataclass(frozen=True)
class Page:
    """Rows of one page, the latest first, and where they stand.

    `matching` rows were asked for, on `pages` pages, of `stored`; the model was wrong in `wrong`
    of the stored ones.
    """

    rows: list[Any]
    number: int
    pages: int
    matching: int
    stored: int
    wrong: int


def keep(
    place: Place, prediction: Prediction, correct: str, model: tuple[str, str], owner: bool
) -> None:
    """Keep that `correct` is the right label; `model` is the name and id of what predicted.

    Raises `StoreError` where that is impossible, or visitors have filled their share.
    """
    values = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": model[0],
        "model_id": model[1],
        "sentence": prediction.sentence,
        "positive": prediction.positive if prediction.labels.is_pair else None,
        "confidence": prediction.confidence,
        "label": prediction.label,
        "correct": correct,
        "owner": int(owner),
    }
    with transaction(place) as connection:
        full = "SELECT count(*) >= ? FROM feedback WHERE owner = 0"
        if not owner and connection.execute(full, (MOST_OF_VISITORS,)).fetchone()[0]:
            raise StoreError(
                "There is no room for more answers of visitors. Export them on the page "
                "/feedback and delete them there."
            )
        connection.execute(KEEP, values)


def search(place: Place, text: str = "", wrong: bool = False, number: int = 1) -> Page:
    """A page of what is kept: sentences with `text` in them, or only where the model was wrong.

    A page that is not there is the nearest that is. Makes no store; raises `StoreError`.
    """
    if not exists(place):
        return Page([], 1, 1, 0, 0, 0)
    asked = {"text": text, "wrong": int(wrong)}
    with transaction(place) as connection:
        stored, wrongs, matching = connection.execute(COUNT, asked).fetchone()
        pages = max(1, -(-matching // PAGE))
        number = min(max(1, number), pages)
        rows = connection.execute(
            SEARCH, {**asked, "most": PAGE, "before": (number - 1) * PAGE}
        ).fetchall()
    return Page(rows, number, pages, matching, stored, wrongs)


def delete(place: Place, number: str | None = None) -> None:
    """Forget the row of that `id`, or all of them; nothing of it stays in the file."""
    if not exists(place):
        return
    with transaction(place) as connection:
        if number is None:
            connection.execute("DELETE FROM feedback")
        elif number.isdecimal() and len(number) < 19:
            connection.execute("DELETE FROM feedback WHERE id = ?", (int(number),))
    forget(place)


def exported(place: Place) -> str:
    """Everything as a TSV table with a header: no quotes, what would break a line is a space."""
    lines = ["\t".join(COLUMNS)]
    if exists(place):
        with transaction(place) as connection:
            lines += ["\t".join(map(flat, row)) for row in connection.execute(EXPORT)]
    return "\n".join(lines) + "\n"


def flat(value: object) -> str:
    """A value as one field of a TSV table that a spreadsheet takes for nothing but text."""
    if value is None:
        return ""
    return str(harmless(" ".join(str(value).replace("\t", " ").splitlines())))
