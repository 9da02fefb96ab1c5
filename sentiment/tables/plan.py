"""Find out how a file is read: what it is, which columns it has, and which of them matter.

The content is trusted more than the name. CSV, TSV, XLSX, JSON lines and plain text need nothing
beside Python; Parquet needs pyarrow.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sentiment.errors import DataError
from sentiment.tables import delimited, jsonl, parquet, xlsx
from sentiment.tables.columns import has_header, label_column, text_column, unique
from sentiment.tables.delimited import Style
from sentiment.tables.encodings import encoding_of, head, lines, not_text
from sentiment.tables.layout import SUFFIXES, Fields, Kind, Layout, suffix
from sentiment.tables.reading import fitted, plain, shown
from sentiment.tables.scales import LABEL_NAMES, TEXT_NAMES, named, scale_of

T = TypeVar("T")

SAMPLE, SAMPLE_TEXT = 1_000, 20_000_000
"""Rows, or lines, that guesses are made from, and their characters."""

DELIMITERS = {"csv": ",\t;|", "tsv": "\t,;|"}
SHOWN, SHOWN_TEXT = 8, 1_000
"""Rows of a preview, and characters of their values."""

MOST_COLUMNS, MOST_NAMES = 500, 20_000
"""Columns, and characters of their names: JSON lines repeat the names in every row."""


def examine(path: Path, name: str = "") -> Layout:
    """Find out how to read a file; `name` is what its owner calls it, where that is another name.

    Raises `DataError` for a missing, empty or damaged file and for what is no table or text.
    """
    if not path.is_file():
        raise DataError("There is no file {path}. Check the path.", path=path)
    name = name or path.name
    start = head(path, 4096)
    if not start.strip():
        raise DataError("The file is empty. Choose one with a row of data or more.")
    if start.startswith(b"PK\x03\x04") and xlsx.is_workbook(path):
        return described("xlsx", "", workbook_sample(path))
    if start.startswith(parquet.MARK):
        columns = unique(parquet.columns(path))
        sample = list(islice(parquet.fields(path), SAMPLE))
        return guessed("parquet", "", columns, sample)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            "The file is a workbook of Excel 97-2003, or one with a password. Save it as XLSX "
            "without a password, or as CSV, and try again."
        )
    if start.startswith((b"PK\x03\x04", b"%PDF")):
        raise not_text()
    return examined_text(path, name, encoding_of(path))


def examined_text(path: Path, name: str, encoding: str) -> Layout:
    """The layout of a file that is text."""
    sample = list(limited(lines(path, encoding), len))
    first = next((line.strip() for line in sample if line.strip()), "")
    if not first:
        raise DataError("The file is empty. Choose one with a row of data or more.")
    if jsonl.is_record(first):
        columns = jsonl.columns(lines(path, encoding), MOST_COLUMNS)
        return guessed("jsonl", encoding, columns, list(jsonl.fields(sample, columns)))
    if first.startswith(("[", "{")) and suffix(name) in (".json", ".jsonl", ".ndjson"):
        raise DataError(
            "The file is JSON, but not one object a line. Convert it, for example with: "
            "jq -c '.[]' in.json > out.jsonl"
        )
    kind = SUFFIXES.get(suffix(name), "txt")
    style, width = style_of(sample, kind)
    if width == 1 and kind not in ("csv", "tsv"):
        return guessed("txt", encoding, ["text"], list(plain(sample)))
    table = list(delimited.split(sample, style, width))
    return described("tsv" if style.delimiter == "\t" else "csv", encoding, table, style)


def limited(found: Iterable[T], length: Callable[[T], int]) -> Iterator[T]:
    """The first lines or rows, up to about `SAMPLE_TEXT` characters."""
    left = SAMPLE_TEXT
    for each in islice(found, SAMPLE):
        yield each
        left -= length(each)
        if left < 0:
            return


def style_of(sample: list[str], kind: Kind) -> tuple[Style, int]:
    """How the lines of a table are split, and into how many fields; 1 for plain text.

    Commas are common in sentences: only a name that ends in .csv or a first line that names its
    columns makes them delimiters. Tabs are not.
    """
    if kind in ("csv", "tsv"):
        return delimited.style_of(sample, DELIMITERS[kind], quoted=kind == "csv")
    style, width = delimited.style_of(sample, "\t", quoted=False)
    if width == 1 and (found := delimited.style_of(sample, ",;|", quoted=True))[1] > 1:
        names = next(delimited.split(sample, *found))[0]
        if named(names, TEXT_NAMES) or named(names, LABEL_NAMES):
            return found
    return style, width


def described(kind: Kind, encoding: str, table: list[Fields], style: Style | None = None) -> Layout:
    """The layout of a table whose first row may name the columns."""
    values = [values for values, _ in table]
    header = has_header(values)
    columns = (
        unique(map(shown, values[0]))
        if header
        else [str(place + 1) for place in range(len(values[0]))]
    )
    return guessed(kind, encoding, columns, table[header:], header, style)


def guessed(
    kind: Kind,
    encoding: str,
    columns: list[str],
    sample: list[Fields],
    header: bool = False,
    style: Style | None = None,
) -> Layout:
    """The layout with guesses about its columns; raises `DataError` where there is no data."""
    if not sample or not columns:
        raise DataError("The file has no row of data. Choose one with a row or more.")
    if len(columns) > MOST_COLUMNS:
        raise DataError(
            "The file has {count:,} columns, and at most {most} are taken. Leave out what is not "
            "needed.",
            count=len(columns),
            most=MOST_COLUMNS,
        )
    if sum(map(len, columns)) > MOST_NAMES:
        raise DataError(
            "The names of the columns have more than {most:,} characters together. Check that the "
            "first row names the columns, or shorten it.",
            most=MOST_NAMES,
        )
    sample = [(list(map(shown, values)), problem) for values, problem in sample]
    good = [values for values, problem in sample if not problem] or [sample[0][0]]
    by_column = {column: [values[place] for values in good] for place, column in enumerate(columns)}
    scales = {column: scale for column, values in by_column.items() if (scale := scale_of(values))}
    label = label_column(columns, scales, by_column, header or kind in ("jsonl", "parquet"))
    style = style or Style("", False)
    return Layout(
        kind=kind,
        encoding=encoding,
        columns=columns,
        header=header,
        preview=[[value[:SHOWN_TEXT] for value in values] for values, _ in sample[:SHOWN]],
        text=text_column(columns, by_column),
        label=label,
        scales=scales,
        delimiter=style.delimiter,
        quoted=style.quoted,
    )


def workbook_sample(path: Path) -> list[Fields]:
    """The first rows of a workbook, all as wide as the widest."""
    sample = list(limited(xlsx.sheet_rows(path), lambda values: sum(map(len, values))))
    if not sample:
        raise DataError("The file has no row of data. Choose one with a row or more.")
    return list(fitted(sample, max(map(len, sample))))
