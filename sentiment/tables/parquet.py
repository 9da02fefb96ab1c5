"""Parquet, by pyarrow where that is installed."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentiment.errors import DataError
from sentiment.tables.jsonl import as_text

MARK = b"PAR1"

ROWS = 4096
"""Rows that are held in memory at once."""


def library() -> Any:
    """``pyarrow.parquet``; raises `DataError` with the line that installs it."""
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("Parquet needs pyarrow. Install it with: pip install pyarrow") from error
    return parquet


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file; raises `DataError` where it is damaged."""
    parquet = library()
    from pyarrow import ArrowException

    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (ArrowException, OSError, ValueError, OverflowError) as error:  # also of single values
        raise DataError(
            "The file can't be read as Parquet ({cause}). Write it again, or save it as CSV.",
            cause=error,
        ) from error


def columns(path: Path) -> list[str]:
    """The names of the columns."""
    with opened(path) as file:
        return list(flat(file.schema_arrow.empty_table()).schema.names)


def flat(table: Any) -> Any:
    """The table with the fields of its structs as columns of dotted names."""
    import pyarrow

    while any(map(pyarrow.types.is_struct, table.schema.types)):
        table = table.flatten()
    return table


TYPES = ("int", "uint", "float", "double", "bool", "date32", "timestamp[", "decimal")
"""Beginnings of the names of types whose values can be made of their text again."""


def types(path: Path) -> dict[str, str]:
    """The types of columns that can have them again in a result."""
    with opened(path) as file:
        fields = flat(file.schema_arrow.empty_table()).schema
        named = {field.name: str(field.type) for field in fields}
    return {name: kind for name, kind in named.items() if kind.startswith(TYPES)}


DECIMAL = re.compile(r"(decimal\d+)\((\d+), (-?\d+)\)")
ZONED = re.compile(r"timestamp\[(\w+), tz=(.+)\]")
NO_FRACTION = re.compile(r"\.0+(?=$|[Z+-])")


def type_of(name: str) -> Any:
    """The type of a name of `types`; pyarrow knows those without anything in brackets."""
    import pyarrow

    if found := DECIMAL.fullmatch(name):
        return getattr(pyarrow, found[1])(int(found[2]), int(found[3]))
    if found := ZONED.fullmatch(name):
        return pyarrow.timestamp(found[1], found[2])
    return pyarrow.type_for_alias(name)


def texts(found: Any) -> list[str]:
    """The values of a column as text.

    Of times pyarrow's own, which it reads again: Python knows no nanoseconds, and writes
    microseconds where there are only thousandths. Where it has no time zones (Windows) in UTC.
    """
    import pyarrow

    if not pyarrow.types.is_timestamp(found.type):
        return [as_text(value) for value in found.to_pylist()]
    try:
        zone, written = "", found.cast(pyarrow.string())
    except pyarrow.ArrowInvalid:
        zone, written = "Z", found.cast(pyarrow.timestamp(found.type.unit)).cast(pyarrow.string())
    values = written.to_pylist()
    return ["" if each is None else NO_FRACTION.sub("", each) + zone for each in values]


def column(values: list[object], kind: Any) -> Any:
    """An array of a type: texts are read as its values, empty ones as none."""
    import pyarrow

    if any(isinstance(value, str) for value in values) and not pyarrow.types.is_string(kind):
        return pyarrow.array([value or None for value in values], pyarrow.string()).cast(kind)
    return pyarrow.array(values, kind)


def fields(path: Path) -> Iterator[tuple[list[str], str | None]]:
    """The values of each row as text."""
    with opened(path) as file:
        import pyarrow

        for batch in file.iter_batches(ROWS, use_threads=False):
            table = flat(pyarrow.Table.from_batches([batch]))
            for row in zip(*map(texts, table.columns), strict=True):
                yield list(row), None


def part(source: object, start: int, stop: int, made: Path) -> None:
    """Write the rows from `start` to `stop` of a file, or stream, into a file of their own.

    Only groups of rows that hold some of them are read.
    """
    parquet = library()
    with parquet.ParquetFile(source) as file, parquet.ParquetWriter(made, file.schema_arrow) as to:
        end = 0
        for group in range(file.num_row_groups):
            row, end = end, end + file.metadata.row_group(group).num_rows
            if end <= start or row >= stop:
                continue
            for batch in file.iter_batches(ROWS, row_groups=[group], use_threads=False):
                first, last = max(start - row, 0), min(stop - row, len(batch))
                if first < last:
                    to.write_batch(batch.slice(first, last - first))
                row += len(batch)
                if row >= stop:
                    break


def joined(parts: Iterable[Any], made: Any) -> None:
    """Write files of the same columns one after the other; groups of rows stay as they are."""
    parquet = library()
    to: Any = None
    try:
        for each in parts:
            with parquet.ParquetFile(each) as file:
                to = to or parquet.ParquetWriter(made, file.schema_arrow)
                for group in range(file.num_row_groups):
                    to.write_table(file.read_row_group(group, use_threads=False))
    finally:
        if to is not None:
            to.close()
