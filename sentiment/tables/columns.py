"""Guesses about the columns of a table: the texts and the right answers, with their reasons.

The values count as much as the names: texts are long, differ from row to row, and are Korean.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from sentiment.i18n import marked
from sentiment.tables.headers import NUMBER, numeric
from sentiment.tables.layout import Note, missing, note
from sentiment.tables.names import label_name, text_name
from sentiment.tables.scales import are_verdicts, counted, meanings, tells_by_itself

SURE, CLOSE = 0.9, 0.5
"""Score from which a column is taken for the texts, and by which it must lead."""

LETTERS = 15
"""Letters of a value at which it is two thirds of the way from a name to a sentence."""

CODE = re.compile(r"(https?:|www\.)\S+|\S+@\S+\.\S+|[@#]?[\x21-\x7e]*\d[\x21-\x7e]*")
"""Links, addresses, and what has a digit and no blank: ``Ugx01``, ``@user-1``."""

KOREAN_DATE = re.compile(r"\d{2,4}년\s*\d{1,2}월.{0,20}|.*(오전|오후)\s*\d{1,2}:\d\d.*")
TAG = re.compile(r"<[a-zA-Z/][^>]*>|&(?:lt|gt|amp|quot|nbsp|#\d+);")
HANGUL = re.compile("[가-힣ㄱ-ㆎ\u1100-\u11ff]")
NESTED = re.compile(r'(?:\[\s*)?\{\s*".*', re.S)
"""JSON in a cell: whatever texts are in there, they are not the cell."""

KOREAN, FOREIGN = 0.5, 0.05
"""Shares of Hangul that a column of Korean sentences has, and that one of another language has."""


@dataclass(frozen=True)
class Guess:
    """A column with its score, and figures for its reason; see `look`."""

    column: str
    score: float
    by_name: bool
    letters: float = 0.0
    different: float = 0.0
    sentences: float = 0.0
    hangul: float = 0.0

    @property
    def is_foreign(self) -> bool:
        """Whether it holds hardly any Korean."""
        return self.hangul < FOREIGN

    @property
    def is_korean(self) -> bool:
        """Whether it holds Korean sentences, which differ."""
        return (
            self.hangul > KOREAN
            and self.sentences > KOREAN
            and self.different > KOREAN
            and self.letters >= LETTERS / 2
        )


def look(column: str, values: list[str]) -> Guess | None:
    """How much a column speaks for being the text; None where it can't be."""
    values = [value for value in values if not missing(value)]
    if not values:
        return None
    name = text_name(column)

    def share(pattern: re.Pattern[str]) -> float:
        return sum(bool(pattern.fullmatch(value.strip())) for value in values) / len(values)

    if share(NUMBER) > 0.5 or share(KOREAN_DATE) > 0.8 or (name < 1 and share(CODE) > 0.8):
        return None
    if share(NESTED) > 0.8:
        return None
    different = len(set(values)) / len(values)
    constant = len(set(values)) == 1
    if len(values) > 2 and ((constant and name < 1) or are_verdicts(values)):
        return None
    letters = fmean(sum(map(str.isalpha, value)) for value in values)
    sentences = sum(len(value.split()) > 1 for value in values) / len(values)
    length = 1 - math.exp(-letters / LETTERS)
    whole = sum(map(len, values)) or 1
    hangul = sum(len(HANGUL.findall(value)) for value in values) / whole
    tags = sum(bool(TAG.search(value)) for value in values) / len(values)
    content = length * different * (0.6 + min(0.4, hangul)) * (0.6 + 0.4 * sentences)
    score = 2 * content + name - 0.6 * tags
    return Guess(column, score, name > 0, letters, different, sentences, hangul)


def text_column(
    columns: Sequence[str], by_column: dict[str, list[str]], named: bool = True
) -> tuple[str, Note]:
    """The column of the texts and why it is taken; empty, and what is unclear, where none is sure.

    `named`: whether the columns have names that say something.
    """
    found = [look(column, by_column[column]) for column in columns]
    guesses = sorted(filter(None, found), key=lambda guess: -guess.score)
    if not guesses:
        return "", note("no_text", marked("No column seems to hold texts."))
    best, *others = guesses
    alone = not others and (best.sentences >= 0.2 or best.letters >= 6 or len(columns) == 1)
    clearly = best.by_name and all(other.score < best.score - CLOSE for other in others)
    by_look = best.score > SURE and best.letters >= 6
    if not (alone or clearly or by_look) or (not named and not (alone or by_look)):
        return "", note(
            "text_unclear",
            marked("No column is clearly the one with the texts; the likeliest is {column}."),
            column=best.column,
        )
    close = [
        other.column
        for other in others
        if (other.score > best.score - CLOSE and not (other.is_foreign and best.is_korean))
        or (best.is_foreign and other.is_korean)
    ]
    if close:
        return "", note(
            "text_unclear",
            marked("The columns {columns} could all hold the texts."),
            columns=", ".join([best.column, *close]),
        )
    return best.column, because(best)


def because(best: Guess) -> Note:
    """Why a column is taken for the texts."""
    values = {
        "column": best.column,
        "letters": f"{best.letters:.0f}",
        "different": f"{best.different:.0%}",
    }
    if best.by_name:
        return note(
            "by_name",
            marked(
                "The name {column} is usual for texts, and the values look like some: {letters} "
                "letters on average, {different} of them different."
            ),
            **values,
        )
    return note(
        "by_values",
        marked(
            "The values of {column} look the most like texts: {letters} letters on average, "
            "{different} of them different."
        ),
        **values,
    )


def label_column(
    columns: Sequence[str], by_column: dict[str, list[str]], text: str, named: bool
) -> str | None:
    """The column of the right answers: by name, or by words; by numbers only without names."""
    others = [column for column in columns if column != text]
    understood = {
        column
        for column in others
        if meanings(counted(by_column[column]), column if named else "") is not None
    }
    by_name = [column for column in others if named and label_name(column)]
    by_name = [column for column in by_name if is_scale(by_column[column])]
    by_name.sort(key=lambda column: (column not in understood, label_name(column) != "label"))
    for column in by_name:
        return column
    for column in others:
        values = [value for value in by_column[column] if value]
        if column in understood and (
            not named or not all(numeric(v) or not tells_by_itself(v) for v in values)
        ):
            return column
    return None


def is_scale(values: list[str]) -> bool:
    """Whether values repeat, as labels do."""
    values = [value for value in values if not missing(value)]
    return bool(values) and len(set(values)) <= max(12, len(values) // 10)
