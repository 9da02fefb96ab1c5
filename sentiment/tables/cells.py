"""What the XML of a workbook says: texts that cells share, and the cells of a sheet.

No tree is built: a row is all that is held.
"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from sentiment.tables import typed

LONGEST = 100_000
"""Characters of one cell; Excel itself stops at 32,767."""

LONGEST_ROW = 1_000_000
"""Characters of all cells of a row."""

MOST_COLUMNS = 16_384
MOST_WHOLE = 1e21
DIGITS = "0123456789"

VALUES = {"v", "t"}
"""Elements whose text is a value, or a run of one."""

WHOLE = {"c", "row", "si"}
"""Elements that are complete when they end: a cell, a row, a shared text."""

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a workbook writes characters that XML can't hold."""


class Reader:
    """Collects the text of ``<v>`` and ``<t>`` elements; nothing else of the XML is kept.

    `found` are the rows that are complete. What is said of how a text is pronounced is left out.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        self.found: list[list[str]] = []
        self.parts: list[str] = []
        self.listening = self.pronouncing = False
        self.length = 0
        self.cell: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        if name == "c":
            self.cell = attributes
        elif name in VALUES:
            self.listening = not self.pronouncing
        elif name == "rPh":
            self.pronouncing = True

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local(tag)
        if name in VALUES:
            self.listening = False
        elif name in WHOLE:
            self.complete(name)
        elif name == "rPh":
            self.pronouncing = False

    def text(self, text: str) -> None:
        """Some text of an element; raises `ValueError` for far more than a cell can hold."""
        if self.listening:
            self.parts.append(text)
            self.length += len(text)
            if self.length > LONGEST:
                raise ValueError("too much text in a cell")

    def taken(self) -> str:
        """The text so far, which begins anew."""
        text = "".join(self.parts)
        self.parts.clear()
        self.length = 0
        return ESCAPED.sub(unescaped, text) if "_x" in text else text

    def complete(self, name: str) -> None:
        """An element of those that are `WHOLE` ends."""


class Texts(Reader):
    """Finds the shared texts: rows of one value each."""

    def complete(self, name: str) -> None:
        """``<si>`` is a text, in one piece or in runs of several looks."""
        if name == "si":
            self.found.append([self.taken()])


class Shared:
    """The texts that cells name by number, read as far as they are asked for."""

    def __init__(self, coming: Iterator[str]) -> None:
        """`coming` are the texts, in their order."""
        self._found: list[str] = []
        self._coming = coming

    def at(self, place: int) -> str:
        """The text of a number; raises `IndexError` where there is none."""
        if place >= len(self._found):
            self._found += islice(self._coming, place + 1 - len(self._found))
        return self._found[place]


class Cells(Reader):
    """Finds the rows of a sheet: every cell at its place, as text."""

    def __init__(self, texts: Shared, dates: set[str], epoch: datetime.datetime) -> None:
        """`texts` are shared, cells of the styles `dates` show dates after `epoch`."""
        super().__init__()
        self.texts, self.dates, self.epoch = texts, dates, epoch
        self.values: list[str] = []
        self.row_length = 0

    def complete(self, name: str) -> None:
        """``<c>`` takes its place in the row, ``<row>`` is found."""
        if name == "c":
            self.put(self.cell.get("r", ""), self.value(self.taken()))
        elif name == "row":
            self.found.append(self.values)
            self.values, self.row_length = [], 0

    def put(self, reference: str, value: str) -> None:
        """Fill a cell; raises `ValueError` for far more than a row can hold."""
        if not value and reference:
            return  # formatted but empty: what comes next says itself where it stands
        self.row_length += len(value)
        if self.row_length > LONGEST_ROW:
            raise ValueError("too much text in a row")
        values = self.values
        place = column(reference.rstrip(DIGITS), len(values))
        if place >= len(values):
            values += [""] * (place - len(values))
            values.append(value)
        else:
            values[place] = value

    def value(self, text: str) -> str:
        """What a cell says; ``t`` is its type, which is that of a number where there is none."""
        kind = self.cell.get("t", "n")
        if kind == "s" and text:
            return typed.text(self.texts.at(int(text)))
        if kind == "n" and text:
            if self.cell.get("s") in self.dates:
                return day(text, self.epoch)
            return typed.number(number(text))
        if kind == "b":
            return typed.Truth({"1": "TRUE", "0": "FALSE"}.get(text, text))
        return typed.text(text)


@lru_cache(maxsize=256)
def local(tag: str) -> str:
    """The name of an element without namespace or prefix: there are two, and both mean the same."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def unescaped(match: re.Match[str]) -> str:
    """The character that XML could not hold."""
    return chr(int(match[1], 16))


@lru_cache(maxsize=MOST_COLUMNS)
def column(letters: str, following: int) -> int:
    """The column of letters such as ``AB``, from 0; without any, the `following` one."""
    if len(letters) > 3:
        raise ValueError(f"column {letters[:9]}")
    place = following + 1 if not letters else 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    if not 0 < place <= MOST_COLUMNS:
        raise ValueError(f"column {letters}")
    return place - 1


def number(text: str) -> str:
    """A number as people write it, with all its digits: 5 rather than 5.0 or 5E0."""
    if text.removeprefix("-").isdecimal():
        return text
    amount = float(text)
    if amount.is_integer() and abs(amount) < MOST_WHOLE:
        return str(int(Decimal(text)))
    return repr(amount)


def day(text: str, epoch: datetime.datetime) -> str:
    """A date, a time or both in ISO 8601; a number that is none stays one."""
    days = float(text)
    try:
        moment = epoch + datetime.timedelta(seconds=round(days * 86400))
    except OverflowError:
        return number(text)
    if 0 <= days < 1:
        return typed.Day(moment.time().isoformat())
    whole = days.is_integer()
    return typed.Day(moment.date().isoformat() if whole else moment.isoformat(" "))
