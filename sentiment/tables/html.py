"""Tables in HTML, which many shops call .xls, and in the XML that Excel 2003 wrote."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from sentiment.errors import DataError
from sentiment.tables.encodings import head, text_of

BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|body|table|style|div)\b",
    re.I | re.S,
)
SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)

ROW, CELL = ("tr", "row"), ("td", "th", "cell")


def is_html(start: bytes) -> bool:
    """Whether a file that begins like this is HTML, or a spreadsheet in XML."""
    return bool(BEGINNING.match(start)) or (
        start.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and SPREADSHEET in start
    )


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
        self.wide = 1
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, row or cell begins; whatever was open ends."""
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
        elif self.depth == 1 and tag in ROW:
            self.close()
            self.tables[-1].append([])
        elif self.depth == 1 and tag in CELL and self.tables[-1]:
            self.close()
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.wide = min(int(span), 100) if span.isdecimal() else 1
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
        if self.cell is not None:
            self.tables[-1][-1] += [self.close_cell(), *[""] * (self.wide - 1)]
            self.cell = None


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
