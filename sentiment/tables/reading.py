"""The rows of a file whose layout is known, one at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from sentiment.chunks import chunks
from sentiment.errors import DataError
from sentiment.tables import books, chat, delimited, html, jsonl, kinds, nested, parquet
from sentiment.tables.encodings import HALF, lines
from sentiment.tables.layout import BOOKS, Fields, Layout, Row
from sentiment.tables.style import Style

CHUNK = 64
"""Rows that are looked at together."""


def rows(path: Path, layout: Layout, start: int = 0) -> Iterator[Row]:
    """The rows after the first `start`; raises `DataError` where the file turns out damaged."""
    with kinds.unzipped(path) as (real, _):
        found = islice(fields(real, layout), start, None)
        for number, (values, problem) in enumerate(whole(found), start + 1):
            yield Row(number, values, problem)


def whole(found: Iterator[Fields]) -> Iterator[Fields]:
    """Rows with what could not be decoded shown as that; most chunks have none of it."""
    for chunk in chunks(found, CHUNK):
        if not HALF.search("".join(chain.from_iterable(values for values, _ in chunk))):
            yield from chunk
            continue
        for values, problem in chunk:
            broken = any(map(HALF.search, values))
            yield list(map(shown, values)), problem or ("undecodable" if broken else None)


def fields(path: Path, layout: Layout) -> Iterator[Fields]:
    """The values of all rows but the header."""
    width, kind = len(layout.columns), layout.kind
    if kind in BOOKS:
        found = book_fields(path, layout)
    elif kind == "parquet":
        found = parquet.fields(path)
    elif kind == "json":
        found = nested.fields(nested.records(path, layout.encoding), layout.columns)
    elif kind == "html":
        found = body(fitted(html.sheet_rows(path, layout.encoding), width), layout)
    else:
        found = text_fields(below(lines(path, layout.encoding), layout.skip), layout)
    return found


def text_fields(text: Iterator[str], layout: Layout) -> Iterator[Fields]:
    """The values of all rows of lines."""
    if layout.kind == "jsonl":
        return jsonl.fields(text, layout.columns)
    if layout.kind == "txt":
        return plain(text)
    if layout.kind == "chat":
        return chat.messages(text)
    style = Style.of(layout)
    found = delimited.split(text, style, len(layout.columns))
    return islice(found, int(layout.header) + layout.units, None)


def body(found: Iterator[Fields], layout: Layout) -> Iterator[Fields]:
    """The rows of a sheet below its titles, names and units."""
    return islice(found, layout.skip + int(layout.header) + layout.units, None)


def book_fields(path: Path, layout: Layout) -> Iterator[Fields]:
    """The rows of the sheets of a workbook, one sheet after the other."""
    with books.opened(path, layout.kind) as book:
        for name in layout.sheets or (book.visible or book.sheets)[:1]:
            yield from body(fitted(books.narrow(book.rows(name)), len(layout.columns)), layout)


def below(found: Iterator[str], skip: int) -> Iterator[str]:
    """The lines below the first `skip` that are not blank."""
    while skip:
        skip -= bool(next(found, "-").strip())
    return found


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
