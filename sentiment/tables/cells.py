"""What the XML of a workbook says: texts that cells share, and the cells of a sheet.

No tree is built: a row is all that is held.
"""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from sentiment.tables import typed

LONGEST = 100_000
"""Characters of one cell; Excel itself stops at 32,767."""

LONGEST_ROW = 1_000_000
"""Characters of all cells of a row."""

MOST_COLUMNS = 16_384
MOST_WHOLE = 1e21
DIGITS = "0123456789"

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

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        if name in ("v", "t"):
            self.listening = not self.pronouncing
        elif name == "rPh":
            self.pronouncing = True
        else:
            self.begin(name, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local(tag)
        if name in ("v", "t"):
            self.listening = False
        elif name == "rPh":
            self.pronouncing = False
        else:
            self.complete(name)

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

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Another element begins."""

    def complete(self, name: str) -> None:
        """Another element ends."""


class Texts(Reader):
    """Finds the shared texts: rows of one value each."""

    def complete(self, name: str) -> None:
        """``<si>`` is a text, in one piece or in runs of several looks."""
        if name == "si":
            self.found.append([self.taken()])


class Cells(Reader):
    """Finds the rows of a sheet: every cell at its place, as text."""

    def __init__(self, texts: list[str], dates: set[str], epoch: datetime.datetime) -> None:
        """`texts` are shared, cells of the styles `dates` show dates after `epoch`."""
        super().__init__()
        self.texts, self.dates, self.epoch = texts, dates, epoch
        self.values: list[str] = []
        self.row_length = 0
        self.kind = self.style = self.reference = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """``<c>`` says of which type and style its value is."""
        if name == "c":
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "")
            self.reference = attributes.get("r", "")

    def complete(self, name: str) -> None:
        """``<c>`` takes its place in the row, ``<row>`` is found."""
        if name == "c":
            self.put(column(self.reference.rstrip(DIGITS), len(self.values)))
        elif name == "row":
            self.found.append(self.values)
            self.values, self.row_length = [], 0

    def put(self, place: int) -> None:
        """Fill a cell; raises `ValueError` for far more than a row can hold."""
        value = self.value(self.taken())
        if not value and self.reference:
            return  # formatted but empty: what comes next says itself where it stands
        self.row_length += len(value)
        if self.row_length > LONGEST_ROW:
            raise ValueError("too much text in a row")
        self.values += [""] * (place + 1 - len(self.values))
        self.values[place] = value

    def value(self, text: str) -> str:
        """What a cell says."""
        if self.kind == "n" and text:
            return day(text, self.epoch) if self.style in self.dates else typed.number(number(text))
        if self.kind == "b":
            return typed.Truth({"1": "TRUE", "0": "FALSE"}.get(text, text))
        return typed.text(self.texts[int(text)] if self.kind == "s" and text else text)


def local(tag: str) -> str:
    """The name of an element without its namespace: there are two, and both mean the same."""
    return tag.rpartition("}")[2]


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
