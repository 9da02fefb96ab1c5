"""Rows of an Excel workbook, one at a time.

Ours instead of a library's because it streams and keeps the text of every cell: python-calamine
makes room for the whole rectangle of a sheet, which a file of 5 KB with one far-off cell turns into
terabytes, and makes every number a float. Only the texts that cells share are held in memory.
"""

import datetime
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from sentiment.errors import DataError
from sentiment.tables.cells import Cells, Reader, Shared, Texts, local
from sentiment.tables.encodings import UNPACKING

MOST_TEXT = 200_000_000
"""Characters of shared texts, which then take about 500 MB; a million reviews have a quarter."""

BLOCK = 1 << 16
MOST_SHEET = 4 << 30
"""Bytes of a sheet, unpacked; one of a million rows has about half of one GiB."""

MOST_PART = 50_000_000
"""Bytes of a part that is read as a whole; those are small."""

DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Numbers of the built-in formats that show a date or time; 27-36 and 50-58 are Korean ones."""

DAMAGE = (
    zipfile.BadZipFile,
    ParseError,
    expat.ExpatError,
    LookupError,
    ValueError,
    RuntimeError,  # a password, or a way of packing that zipfile does not know
    *UNPACKING,
)
"""What reading a workbook can fail with."""


class Book:
    """A workbook that is open: ``sheets`` are the names of those with cells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Read the table of sheets."""
        self._archive = archive
        self._cells: tuple[Shared, set[str], datetime.datetime] | None = None
        self._parts, self.visible = worksheets(archive)
        self.sheets = list(self._parts)

    def rows(self, name: str) -> Iterator[list[str]]:
        """The rows of a sheet as text, without empty cells at their ends or empty rows.

        Dates are ISO 8601.
        """
        if self._cells is None:
            archive = self._archive
            self._cells = Shared(shared_texts(archive)), date_styles(archive), first_day(archive)
        for values in parsed(self._archive, self._parts[name], Cells(*self._cells)):
            while values and not values[-1].strip():
                values.pop()
            if values:
                yield values


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """A workbook; raises `DataError` for a damaged one, also while it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Book(archive)
    except DAMAGE as error:
        raise DataError(
            "The workbook can't be read ({cause}). Open it in Excel, save it again as XLSX or "
            "CSV, and try again.",
            cause=error,
        ) from error


def sheet_rows(path: Path) -> Iterator[list[str]]:
    """The rows of the first visible sheet; raises `DataError` for a damaged workbook."""
    with opened(path) as book:
        yield from book.rows((book.visible or book.sheets)[0])


def shared_texts(archive: zipfile.ZipFile) -> Iterator[str]:
    """The texts that cells name by number, in their order."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    length = 0
    for [text] in parsed(archive, "xl/sharedStrings.xml", Texts()):
        yield text
        length += len(text) + 50
        if length > MOST_TEXT:
            raise ValueError("too much text")


def parsed(archive: zipfile.ZipFile, name: str, reader: Reader) -> Iterator[list[str]]:
    """What `reader` makes of a part, as soon as it is there."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    if archive.getinfo(name).file_size > MOST_SHEET:
        raise ValueError(f"{name} is too large")
    with archive.open(name) as stream:
        while block := stream.read(BLOCK):
            parser.Parse(block)
            yield from reader.found
            reader.found.clear()
        parser.Parse(b"", True)


def part(archive: zipfile.ZipFile, name: str) -> Element:
    """A small part as a tree."""
    if archive.getinfo(name).file_size > MOST_PART:
        raise ValueError(f"{name} is too large")
    return fromstring(archive.read(name))  # noqa: S314 - expat itself bounds what entities expand to


def worksheets(archive: zipfile.ZipFile) -> tuple[dict[str, str], list[str]]:
    """The parts of the sheets that have cells by name, and the names of those that are visible."""
    targets = {
        relation.get("Id"): relation.attrib["Target"]
        for relation in part(archive, "xl/_rels/workbook.xml.rels")
        if relation.get("Type", "").endswith("/worksheet")
    }
    parts, visible = {}, []
    for sheet in part(archive, "xl/workbook.xml").iter():
        wanted = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
        if local(sheet.tag) == "sheet" and wanted and (target := targets.get(wanted[0])):
            name = sheet.get("name", "")
            parts[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            visible += [name] if sheet.get("state", "visible") == "visible" else []
    if not parts:
        raise KeyError("no sheet with cells")
    return parts, visible


def first_day(archive: zipfile.ZipFile) -> datetime.datetime:
    """The day 0 of this workbook; 1900 was no leap year, but to Excel it was."""
    properties = [
        e for e in part(archive, "xl/workbook.xml").iter() if local(e.tag) == "workbookPr"
    ]
    if any(e.get("date1904") in ("1", "true") for e in properties):
        return datetime.datetime(1904, 1, 1)
    return datetime.datetime(1899, 12, 30)


def date_styles(archive: zipfile.ZipFile) -> set[str]:
    """Numbers of the cell styles that show a date or time."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = part(archive, "xl/styles.xml")
    formats = {
        e.get("numFmtId"): e.get("formatCode", "") for e in root.iter() if local(e.tag) == "numFmt"
    }
    dates = {str(number) for number in DATES}
    dates |= {number for number, code in formats.items() if number and shows_date(code)}
    styles = [e for group in root if local(group.tag) == "cellXfs" for e in group]
    return {str(index) for index, e in enumerate(styles) if e.get("numFmtId") in dates}


def shows_date(code: str) -> bool:
    """Whether a number format has a year, month, day, hour, minute or second in it."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^]]*\]', "", code.lower())
    return bool(re.search("[ymdhs]", bare.replace("general", "")))
