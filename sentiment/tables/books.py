"""Workbooks: their sheets, and the rows of one as text.

XLSX is read by ours: it streams, and keeps the text of a number cell, so that no digit is lost.
The older and the open formats are read by python-calamine, which holds a whole sheet in memory.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentiment.errors import DataError
from sentiment.tables import limits, typed, xlsx
from sentiment.tables.cells import number


class Book:
    """A workbook that is open: ``sheets`` are the names of those with cells, visible ones first."""

    def __init__(self, found: Any) -> None:
        """Around a workbook of python-calamine."""
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        sheets = [each for each in found.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        self.visible = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
        self.sheets = [each.name for each in sheets]
        self._found = found

    def rows(self, name: str) -> Iterator[list[str]]:
        """The rows of a sheet as text, without empty cells at their ends or empty rows."""
        for cells in self._found.get_sheet_by_name(name).iter_rows():
            values = list(map(shown, cells))
            while values and not values[-1].strip():
                values.pop()
            if values:
                yield values


def shown(value: Any) -> str:
    """A cell as people write it: whole numbers without a point, dates in ISO 8601."""
    if isinstance(value, bool):
        return typed.Truth(str(value).upper())
    if isinstance(value, int | float):
        return typed.number(number(repr(value)))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return typed.Day(value.date().isoformat() if midnight else value.isoformat(" "))
    if isinstance(value, datetime.date | datetime.time):
        return typed.Day(value.isoformat())
    return typed.text(str(value))


def narrow(found: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows, as long as only a few of them are far too wide; raises `DataError`."""
    wide = 0
    for values in found:
        wide += len(values) > limits.MOST_COLUMNS
        if wide > limits.WIDE_ROWS:
            raise DataError(
                "The file has {count:,} columns, and at most {most} are taken. Leave out what is "
                "not needed.",
                count=len(values),
                most=limits.MOST_COLUMNS,
            )
        yield values


@contextmanager
def opened(path: Path, kind: str) -> Iterator["Book | xlsx.Book"]:
    """A workbook; raises `DataError` for a damaged one, also while it is read."""
    if kind == "xlsx":
        with xlsx.opened(path) as book:
            yield book
        return
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as file:
            yield Book(CalamineWorkbook.from_filelike(file))
    except PasswordError as error:
        raise DataError(
            "The workbook has a password. Save it without one, or as CSV, and try again."
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            "The workbook can't be read ({cause}). Open it in Excel, save it again as XLSX or "
            "CSV, and try again.",
            cause=error,
        ) from error
