"""Find out how a file is read: what it is, where its table begins, which columns it has.

The content is trusted more than the name, and what the owner says more than both.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sentiment.errors import DataError
from sentiment.tables import beginning, books, chat, delimited, html, jsonl, kinds, nested, parquet
from sentiment.tables.described import described, empty, guessed, no_rows
from sentiment.tables.encodings import chosen, encoding_of, head, lines
from sentiment.tables.layout import SUFFIXES, Fields, Kind, Layout, Said, suffix
from sentiment.tables.limits import MOST_COLUMNS
from sentiment.tables.names import text_name
from sentiment.tables.reading import fitted, plain
from sentiment.tables.sheets import together
from sentiment.tables.style import Style

T = TypeVar("T")

SAMPLE, SAMPLE_TEXT = 1_000, 20_000_000
"""Rows, or lines, that guesses are made from, and their characters."""

DELIMITERS = {"csv": ",\t;|", "tsv": "\t,;|"}
RARE = ("^", "::", "~", "\x01")
"""Further delimiters, which are taken where the first line names columns by them."""


def examine(path: Path, name: str = "", said: Said = Said()) -> Layout:
    """Find out how to read a file; `name` is what its owner calls it, where that is another name.

    Raises `DataError` for a missing, empty or damaged file and for what is no table or text.
    """
    if not path.is_file():
        raise DataError("There is no file {path}. Check the path.", path=path)
    with kinds.unzipped(path) as (real, inside):
        return examined(real, inside or name or path.name, said)


def examined(path: Path, name: str, said: Said) -> Layout:
    """The layout of a file that is no archive."""
    start = head(path, 4096)
    if not start.strip():
        raise empty()
    kinds.refuse(start)
    if kind := kinds.book_kind(path, start):
        return examined_book(path, kind, said)
    if start.startswith(parquet.MARK):
        columns = parquet.columns(path)
        sample = list(islice(parquet.fields(path), SAMPLE))
        return replace(guessed("parquet", "", columns, sample, said), types=parquet.types(path))
    begun = plain_bytes(start)
    if html.is_html(begun):
        encoding = said.encoding or html.charset(path) or encoding_of(path)
        rows = list(limited(html.sheet_rows(path, encoding), cells))
        return described("html", encoding, whole(rows), said)
    if html.is_xml(begun):
        raise kinds.refused("XML")
    return examined_text(path, name, chosen(path, said.encoding), said)


def plain_bytes(start: bytes) -> bytes:
    """The first bytes of a text as UTF-8 has them, where a mark says that they are UTF-16."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return start


def examined_book(path: Path, kind: Kind, said: Said) -> Layout:
    """The layout of a workbook: of its sheet with texts, and of those that are like it."""
    with books.opened(path, kind) as book:
        names = book.visible or book.sheets
        if said.sheet:
            names = [said.sheet]
        if said.sheet and said.sheet not in book.sheets:
            raise DataError(
                "There is no sheet {sheet}. Choose one of: {sheets}.",
                sheet=said.sheet,
                sheets=", ".join(book.sheets),
            )
        found = {}
        for name in names:
            if sample := list(limited(books.narrow(book.rows(name)), cells)):
                found[name] = described(kind, "", whole(sample), said)
        others = [name for name in book.sheets if name not in names]
    if not found:
        raise no_rows()
    return together(found, [] if said.sheet else others)


def examined_text(path: Path, name: str, encoding: str, said: Said) -> Layout:
    """The layout of a file that is text."""
    kind = SUFFIXES.get(suffix(name), "txt")
    start = head(path).decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if is_document(start, kind) and (made := nested.document(path, encoding)) is not None:
        rows = nested.rows_of(made) or nested.records(path, encoding)
        columns = nested.columns(rows[:SAMPLE])
        return guessed("json", encoding, columns, list(nested.fields(rows[:SAMPLE], columns)), said)
    sample = list(limited(lines(path, encoding), len))
    filled = [bare for line in sample if (bare := line.strip("\ufeff \t\r\n"))]
    if not filled:
        raise empty()
    if jsonl.is_record(filled[0]) or (kind == "jsonl" and any(map(jsonl.is_record, filled))):
        columns = jsonl.columns(lines(path, encoding), MOST_COLUMNS)
        return guessed("jsonl", encoding, columns, list(jsonl.fields(sample, columns)), said)
    if kind in ("json", "jsonl"):
        nested.records(path, encoding)  # which says what is wrong
    if kind in ("txt", "csv") and not said.delimiter and chat.is_chat(sample):
        return guessed("chat", encoding, chat.COLUMNS, list(chat.messages(sample)), said)
    return examined_table(sample, kind, encoding, said)


def is_document(start: str, kind: Kind) -> bool:
    """Whether a text that begins like this is one JSON document rather than lines of objects."""
    if start.startswith("["):
        return start[1:].lstrip()[:1] in ("{", "[", '"') or kind == "json"
    if not start.startswith("{"):
        return False
    first, *more = filter(str.strip, start.splitlines())
    record = jsonl.parsed(first)
    if record is None or more:
        return record is None or not more[0].lstrip().startswith("{")
    return nested.rows_of(record) != [record]


def examined_table(sample: list[str], kind: Kind, encoding: str, said: Said) -> Layout:
    """The layout of lines that are a table, or plain text."""
    skip, mark = beginning.of(sample, said)
    sample = beginning.below(sample, skip)
    style, width = style_of(sample, kind, said.delimiter or mark)
    if width == 1 and said.skip_rows is None and not mark and not said.delimiter:
        more = beginning.titles(sample, lambda rest: style_of(rest, kind, ""))
        skip, sample = skip + more, beginning.below(sample, more)
        style, width = style_of(sample, kind, "") if more else (style, width)
    named = bool(sample) and text_name(sample[0].strip("\ufeff \t\r\n")) > 1
    if (
        width == 1
        and kind not in ("csv", "tsv")
        and not (named if said.header is None else said.header)
    ):
        rest = list(plain(sample))
        return replace(guessed("txt", encoding, ["text"], rest, said), skip=skip)
    table = list(delimited.split(sample, style, width))
    made = described("tsv" if style.delimiter == "\t" else "csv", encoding, table, said, style)
    return replace(made, skip=skip + made.skip)


def style_of(sample: list[str], kind: Kind, mark: str) -> tuple[Style, int]:
    """How the lines of a table are split, and into how many fields; 1 for plain text.

    Commas are common in sentences: only a name that ends in .csv or a first line that names its
    columns makes them delimiters. Tabs are not. `mark` is a delimiter that is known.
    """
    if mark:
        return delimited.style_of(sample, [mark], quoted=True)
    if not sample:
        raise no_rows()
    found = delimited.style_of(sample, DELIMITERS.get(kind, "\t"), quoted=kind == "csv")
    if found[1] == 1 and sum(line.startswith('"') for line in sample) > 0.9 * len(sample):
        spaced = delimited.style_of(sample, " ", quoted=True)
        if spaced[0].quoted and spaced[1] > 1:
            return spaced
    if found[1] > 1:
        return found
    if kind not in ("csv", "tsv"):
        style, width = delimited.style_of(sample, ",;|", quoted=True)
        enough = sum(count >= width for count in delimited.widths(sample, style, width))
        if width > 1 and delimited.names(sample, style) and 2 * enough > len(sample):
            return style, width
    style, width = delimited.style_of(sample, RARE, quoted=True)
    agreed = delimited.agreement(sample, style)[0] > 1 / 2
    if width > 1 and agreed and delimited.names(sample, style, least=2):
        return style, width
    return found


def limited(found: Iterable[T], length: Callable[[T], int]) -> Iterator[T]:
    """The first lines or rows, up to about `SAMPLE_TEXT` characters."""
    left = SAMPLE_TEXT
    for each in islice(found, SAMPLE):
        yield each
        left -= length(each)
        if left < 0:
            return


def cells(values: list[str]) -> int:
    """Characters of a row."""
    return sum(map(len, values))


def whole(sample: list[list[str]]) -> list[Fields]:
    """The first rows of a sheet, all as wide as the widest."""
    return list(fitted(sample, max(map(len, sample), default=0)))
