"""Parquet, by pyarrow where that is installed."""

from collections.abc import Iterator
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
        return list(file.schema_arrow.names)


def fields(path: Path) -> Iterator[tuple[list[str], str | None]]:
    """The values of each row as text."""
    with opened(path) as file:
        for batch in file.iter_batches(ROWS, use_threads=False):
            values = [column.to_pylist() for column in batch.columns]
            for row in zip(*values, strict=True):
                yield [as_text(value) for value in row], None
