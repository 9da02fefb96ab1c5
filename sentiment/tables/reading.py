"""The rows of a file whose layout is known, one at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sentiment.errors import DataError
from sentiment.tables import delimited, jsonl, parquet, xlsx
from sentiment.tables.delimited import Style
from sentiment.tables.encodings import HALF, lines
from sentiment.tables.layout import Fields, Layout, Row


def rows(path: Path, layout: Layout, start: int = 0) -> Iterator[Row]:
    """The rows after the first `start`; raises `DataError` where the file turns out damaged."""
    found = fields(path, layout)
    for number, (values, problem) in enumerate(islice(found, start, None), start + 1):
        if any(map(HALF.search, values)):
            yield Row(number, list(map(shown, values)), problem or "undecodable")
        else:
            yield Row(number, values, problem)


def fields(path: Path, layout: Layout) -> Iterator[Fields]:
    """The values of all rows but the header."""
    width = len(layout.columns)
    if layout.kind == "parquet":
        return parquet.fields(path)
    if layout.kind == "xlsx":
        found = fitted(xlsx.sheet_rows(path), width)
    elif layout.kind == "jsonl":
        return jsonl.fields(lines(path, layout.encoding), layout.columns)
    elif layout.kind == "txt":
        return plain(lines(path, layout.encoding))
    else:
        style = Style(layout.delimiter, layout.quoted)
        found = delimited.split(lines(path, layout.encoding), style, width)
    return islice(found, int(layout.header), None)


def plain(found: Iterable[str]) -> Iterator[Fields]:
    """Every line of plain text is a row."""
    return (([line.rstrip("\r\n")], None) for line in found)


def fitted(found: Iterable[list[str]], width: int) -> Iterator[Fields]:
    """Rows of a workbook, where empty cells at the end are missing."""
    for values in found:
        if len(values) > width:
            yield [*values[: width - 1], " ".join(values[width - 1 :])], "fields"
        else:
            yield values + [""] * (width - len(values)), None


def shown(value: str) -> str:
    """The value with U+FFFD for what could not be decoded."""
    return HALF.sub("\ufffd", value)


@contextmanager
def about(name: str) -> Iterator[None]:
    """Notes on a `DataError` which file it is about."""
    try:
        yield
    except DataError as error:
        error.add_note(name)
        raise
