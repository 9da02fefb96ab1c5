"""Tables in HTML, which many shops call .xls, and in the XML that Excel 2003 wrote."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from sentiment.errors import DataError
from sentiment.tables.encodings import head, text_of

BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|meta|body|table|style|div|script|title|link|center|form|thead|tr)\b",
    re.I | re.S,
)
XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg)\b", re.I)
SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)

MOST_SPAN = 100
"""Columns or rows that one cell takes, at most."""

ROW, CELL = ("tr", "row"), ("td", "th", "cell")


def is_html(start: bytes) -> bool:
    """Whether a file that begins like this is HTML, or a spreadsheet in XML."""
    return bool(BEGINNING.match(start)) or (
        start.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and SPREADSHEET in start
    )


def is_xml(start: bytes) -> bool:
    """Whether a file that begins like this is XML."""
    return bool(XML.match(start))


def charset(path: Path) -> str | None:
    """The encoding that the document names, where Python knows it."""
    found = CHARSET.search(head(path, 4096))
    name = found[1].decode().casefold() if found else ""
    return {"euc-kr": "cp949", "ks_c_5601-1987": "cp949", "utf-8": "utf-8"}.get(name)


class Tables(HTMLParser):
    """Collects the rows of every table that is not inside another."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.wide = self.high = 1
        self.below: dict[int, int] = {}
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, row or cell begins; whatever was open ends."""
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.below.clear()
        elif self.depth == 1 and tag in ROW:
            self.close()
            self.tables[-1].append([])
        elif self.depth == 1 and tag in CELL and self.tables[-1]:
            self.close()
            self.cell = []
            self.wide, self.high = (span(attrs, name) for name in ("colspan", "rowspan"))
        elif tag in ("br", "p", "div") and self.cell:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A table, row or cell ends."""
        if tag == "table" and self.depth:
            if self.depth == 1:
                self.close()
            self.depth -= 1
        elif self.depth == 1 and tag in ROW + CELL:
            self.close()

    def handle_data(self, data: str) -> None:
        """Some text, which counts inside a cell."""
        if self.cell is not None:
            self.cell.append(data)

    def close_cell(self) -> str:
        """The text of the cell, in which only line breaks count as such."""
        lines = "".join(self.cell or ()).split("\n")
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def close(self) -> None:
        """The cell that is open takes its place."""
        if self.cell is None:
            return
        row = self.tables[-1][-1]
        while self.below.get(len(row)):  # a cell of a row above goes on here
            self.below[len(row)] -= 1
            row.append("")
        for place in range(len(row), len(row) + self.wide):
            self.below[place] = self.high - 1
        row += [self.close_cell(), *[""] * (self.wide - 1)]
        self.cell = None


def span(attrs: list[tuple[str, str | None]], name: str) -> int:
    """How many columns or rows a cell takes."""
    found = dict(attrs).get(name) or "1"
    return max(1, min(int(found), MOST_SPAN)) if found.isdecimal() else 1


def sheet_rows(path: Path, encoding: str) -> Iterator[list[str]]:
    """The rows of the longest table that are not empty; raises `DataError` where there is none."""
    parser = Tables()
    parser.feed(text_of(path, encoding))
    parser.close()
    tables = [[row for row in table if any(row)] for table in parser.tables]
    if not any(tables):
        raise DataError(
            "The file is HTML without a table, whatever its name says. Open it in a browser or "
            "Excel, and save it as CSV or XLSX."
        )
    yield from max(tables, key=len)
