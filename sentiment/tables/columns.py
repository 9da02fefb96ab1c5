"""Guesses about the columns of a table: the texts and the right answers, with their reasons.

The values count as much as the names: texts are long, differ from row to row, and are Korean.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import fmean

from sentiment.i18n import marked
from sentiment.tables.layout import Note, missing, note
from sentiment.tables.names import label_name, names_columns, text_name
from sentiment.tables.scales import (
    MEANING,
    counted,
    meanings,
    number,
    plain,
    tells_by_itself,
)

MOSTLY = 0.8
"""Share of numbers in a column from which a first value that is none is its name."""

SURE, CLOSE = 0.9, 0.5
"""Score from which a column is taken for the texts, and by which it must lead."""

LETTERS = 15
"""Letters of a value at which it is two thirds of the way from a name to a sentence."""

NUMBER = re.compile(r"[-+]?[\d.,:/ T-]*\d[\d.,:/ TZ%-]*")
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
    if len(values) > 2 and ((constant and name < 1) or all(plain(v) in MEANING for v in values)):
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


def own_columns(columns: Sequence[str], by_column: dict[str, list[str]]) -> set[str]:
    """The columns that a result of ours added: ``label`` with shares of 1, or up to ``problem``."""
    taken: set[str] = set()
    plain_names = [re.sub(r"_\d+$", "", column) for column in columns]
    for end, name in enumerate(plain_names):
        if name != "problem" or "label" not in plain_names[:end]:
            continue
        begin = end - 1 - plain_names[:end][::-1].index("label")
        between = columns[begin + 1 : end]
        if between and all(map(shares, (by_column[column] for column in between))):
            taken |= set(columns[begin : end + 1])
    for begin, name in enumerate(plain_names):
        more = columns[begin + 1 :]
        between = list(takewhile(lambda column: shares(by_column[column]), more))
        if name == "label" and len(between) > 1 and whole([by_column[each] for each in between]):
            taken |= {columns[begin], *between}
    if taken:
        taken |= {c for c, n in zip(columns, plain_names, strict=True) if n in OWN}
    return taken


def whole(parts: list[list[str]]) -> bool:
    """Whether the shares of every row make 1, as those of all labels do."""
    rows = zip(*parts, strict=True)
    amounts = [sum(map(float, row)) for row in rows if not any(map(missing, row))]
    return all(abs(amount - 1) < 0.01 for amount in amounts)


OWN = ("notice", "notices", "model")
"""Names of other columns that a result may have."""


def shares(values: list[str]) -> bool:
    """Whether values are numbers from 0 to 1, some of them between, or missing."""
    try:
        amounts = [float(value) for value in values if not missing(value)]
    except ValueError:
        return False
    return any(0 < amount < 1 for amount in amounts) and all(0 <= each <= 1 for each in amounts)


def has_header(table: list[list[str]]) -> bool:
    """Whether the first row names the columns.

    It does if one of its names is usual for a text or label, if it has none of the numbers that a
    column otherwise consists of, or if it is short where the others are long.
    """
    first, rest = table[0], table[1:]
    if names_columns(first) or is_counted(first, rest):
        return True
    if any(numeric(value) for value in first) or not rest:
        return False
    if not all(value.strip() for value in first[1:]) or not (first[0].strip() or first[1:]):
        return False
    columns = [[value for value in column if value.strip()] for column in zip(*rest, strict=True)]
    if any(column and fmean(map(amount, column)) >= MOSTLY for column in columns):
        return not any(map(amount, first))
    return len(rest) > 2 and len(set(first)) == len(first) and stands_apart(first, columns)


def is_counted(first: list[str], rest: list[list[str]]) -> bool:
    """Whether a first row counts the columns from 0, above texts, as pandas does without names."""
    counted_from = int(len(first) > 1 and not first[0].strip())
    return first[counted_from:] == [str(n) for n in range(len(first) - counted_from)] and any(
        value.strip() and not numeric(value) for row in rest[:1] for value in row[counted_from:]
    )


def is_second_header(above: list[str], row: list[str], rest: list[list[str]]) -> bool:
    """Whether a row below names has more names: under merged ones, or of another kind.

    It is above numbers or texts, and looks like neither.
    """
    if any(map(amount, row)) or not any(value.strip() for value in row) or len(rest) < 2:
        return False
    filled = [value.strip() for value in above]
    merged = "" in filled[1:] or len(set(filled)) < len(filled)
    fits = all(name or value.strip() for name, value in zip(filled, row, strict=True))
    if not (merged and fits) and not names_columns(row):
        return False
    columns = [[value for value in column if value.strip()] for column in zip(*rest, strict=True)]
    pairs = [(v, c) for v, c in zip(row, columns, strict=True) if c and not missing(v)]
    texts = [(v, c) for v, c in pairs if fmean(map(len, c)) >= 8 and not amount(c[0])]
    if any(len(value) * 2 > fmean(map(len, column)) for value, column in texts):
        return False
    return names_columns(row) or any(all(map(amount, column)) for _, column in pairs)


def both_rows(above: list[str], below: list[str]) -> list[str]:
    """Names of two rows as one: those of the first where each is its own, else of the second.

    Where those are not enough either, both are taken; the first go on over merged cells.
    """
    filled = [value.strip() for value in above]
    if "" not in filled[1:] and len(set(filled)) == len(filled):
        return above
    own = [value.strip() or name for name, value in zip(filled, below, strict=True)]
    if len(set(own)) == len(own):
        return own
    made, group = [], ""
    for name, value in zip(filled, map(str.strip, below), strict=True):
        group = name or (group if value else "")
        made.append(group if value == group else f"{group} {value}".strip())
    return made


def stands_apart(first: list[str], columns: list[list[str]]) -> bool:
    """Whether a first row is shorter than the texts below it, or above words that are labels."""
    pairs = [(name, column) for name, column in zip(first, columns, strict=True) if column]
    if any(
        all(plain(value) in MEANING for value in column) and plain(name) not in MEANING
        for name, column in pairs
    ):
        return True
    texts = [(name, fmean(map(len, column)), column) for name, column in pairs]
    texts = [each for each in texts if each[1] >= 8]
    if any(text_name(name) > 0 and len(name) < 0.7 * mean for name, mean, _ in texts):
        return True
    short = [len(name) < min(mean / 2, *map(len, column)) for name, mean, column in texts]
    return bool(short) and all(short) and len(columns[0]) > 4


def amount(value: str) -> bool:
    """Whether a value is a number, a date, or a number of stars or points."""
    return numeric(value) or number(value) is not None


def numeric(value: str) -> bool:
    """Whether a value is a number or a date."""
    return bool(NUMBER.fullmatch(value.strip()))


def unique(names: Iterable[str]) -> list[str]:
    """The names, each different from all others: ``text``, ``text_2``, ``text_3``."""
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        wanted = base = name.strip() or str(place)
        while wanted in found:
            counts[base] = counts.get(base, 1) + 1
            wanted = f"{base}_{counts[base]}"
        found[wanted] = None
    return list(found)
