"""Tables written row by row in constant memory: CSV and TSV, XLSX, JSON lines, Parquet.

CSV and TSV begin with a byte order mark, without which Excel shows Korean as mojibake. A text that
begins with ``=`` is one in every format: in XLSX its cell is of type text, and Excel calculates
nothing. In CSV and TSV, where Excel would, a field that it would take for a formula gets an
apostrophe in front (OWASP's advice); JSON lines and Parquet keep the text to the letter.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sentiment.tables import parquet, typed
from sentiment.tables.answers import TOLD

FORMATS = ("csv", "tsv", "xlsx", "jsonl", "parquet")
"""What can be written."""

FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]|[\t\r\n]")
"""Beginnings that spreadsheet programs take for a formula, also behind blanks and in full width."""

SHEET = 1_048_575
"""Rows of a sheet below its header."""

CELL = 32_767
"""Characters of a cell; Excel refuses a workbook with a longer one."""

BATCH = 4096

ALWAYS = datetime(2000, 1, 1)
"""When every workbook says it was made: the same rows are the same bytes, whenever."""

NO_TYPES: Mapping[str, str] = {}
"""All columns hold text."""

Write = Callable[[Sequence[object]], None]
"""Writes a row: strings, floats or None, as many as there are columns."""


@contextmanager
def writer(
    path: Path, kind: str, columns: list[str], numbers: int, types: Mapping[str, str] = NO_TYPES
) -> Iterator[Write]:
    """Make a file of one of `FORMATS`, of which Parquet raises `DataError` without pyarrow.

    `numbers` columns before those of `TOLD` hold numbers, the others text, or in Parquet values of
    their `types`.
    The file is complete when the block is left.
    """
    if kind == "parquet":
        made = parquet_file(path, columns, numbers, types)
    elif kind in ("xlsx", "jsonl"):
        made = workbook(path, columns) if kind == "xlsx" else json_lines(path, columns)
    else:
        made = delimited(path, kind, columns)
    with made as write:
        yield write


@contextmanager
def delimited(path: Path, kind: str, columns: list[str]) -> Iterator[Write]:
    """CSV or TSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, delimiter="\t" if kind == "tsv" else ",")
        rows.writerow(map(harmless, columns))
        yield lambda values: rows.writerow(map(harmless, values))


def harmless(value: object) -> object:
    """A text that a spreadsheet program takes for nothing but text; numbers stay."""
    if isinstance(value, str) and FORMULA.match(value) and not is_number(value):
        return "'" + value
    return value


def is_number(value: str) -> bool:
    """Whether a text is a plain number such as -1.5, in which no formula can hide."""
    return bool(re.fullmatch(r" *[-+]\d+(\.\d*)? *", value, re.ASCII))


@contextmanager
def workbook(path: Path, columns: list[str]) -> Iterator[Write]:
    """XLSX, on as many sheets as it takes."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),  # a system's own is often small
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": ALWAYS})
        sheet: Any = None
        count = 0
        dates = {name: book.add_format({"num_format": code}) for name, code in DATES.items()}

        def write(values: Sequence[object]) -> None:
            nonlocal sheet, count
            if count % SHEET == 0:
                sheet = book.add_worksheet()
                put(sheet, 0, columns, dates)
            put(sheet, count % SHEET + 1, values, dates)
            count += 1

        yield write
        if sheet is None:
            put(book.add_worksheet(), 0, columns, dates)


def put(sheet: Any, row: int, values: Sequence[Any], dates: dict[str, Any]) -> None:
    """Fill the cells of a row; what is a number, Excel can sort and add up.

    `dates`: formats by the length of a date or time.
    """
    for place, value in enumerate(values):
        if isinstance(value, typed.Day):
            sheet.write_datetime(row, place, typed.moment(value), dates[shape(value)])
        elif isinstance(value, typed.Truth):
            sheet.write_boolean(row, place, value == "TRUE")
        elif isinstance(value, str) and not is_amount(value):
            sheet.write_string(row, place, value[:CELL])
        elif value is not None:
            sheet.write_number(row, place, float(value))


DATES = {"date": "yyyy-mm-dd", "time": "hh:mm:ss", "both": "yyyy-mm-dd hh:mm:ss"}
"""How a workbook shows what a cell of dates says."""


def shape(value: str) -> str:
    """Which of `DATES` a value is."""
    return "date" if ":" not in value else "both" if "-" in value else "time"


def is_amount(value: str) -> bool:
    """Whether a cell of numbers should hold a value, which came from one or looks like one."""
    if isinstance(value, typed.Typed):
        return isinstance(value, typed.Number)
    return bool(typed.PLAIN_NUMBER.fullmatch(value))


@contextmanager
def json_lines(path: Path, columns: list[str]) -> Iterator[Write]:
    """One object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(values: Sequence[object]) -> None:
            fields = dict(zip(columns, values, strict=True))
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")

        yield write


@contextmanager
def parquet_file(
    path: Path, columns: list[str], numbers: int, types: Mapping[str, str]
) -> Iterator[Write]:
    """Parquet: `numbers` columns before those of `TOLD` are numbers, all others typed or text."""
    library = parquet.library()
    import pyarrow

    file: Any = None
    rows: list[Sequence[object]] = []

    def flush() -> None:
        nonlocal file
        if file is None:
            kinds = [(name, parquet.type_of(types.get(name, "string"))) for name in columns]
            part = slice(-len(TOLD) - numbers, -len(TOLD))
            kinds[part] = [(name, pyarrow.float64()) for name in columns[part]]
            file = library.ParquetWriter(path, pyarrow.schema(kinds))
        if rows:
            values = map(list, zip(*rows, strict=True))
            found = [parquet.column(*each) for each in zip(values, file.schema.types, strict=True)]
            file.write_table(pyarrow.table(found, schema=file.schema))
            rows.clear()

    def write(values: Sequence[object]) -> None:
        rows.append(tuple(values))
        if len(rows) == BATCH:
            flush()

    try:
        yield write
        flush()
    finally:
        if file is not None:
            file.close()
