"""How a file is read, as plain data; its rows; and what can be wrong with one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sentiment.errors import DataError
from sentiment.i18n import marked
from sentiment.settings import MAX_CHARACTERS
from sentiment.texts.checks import problem

Kind = Literal["csv", "tsv", "xlsx", "jsonl", "txt", "parquet"]

PROBLEMS = {
    "quoting": marked("the quoting is broken"),
    "fields": marked("the number of fields is wrong"),
    "undecodable": marked("it holds characters that can't be decoded"),
    "json": marked("it is not a JSON object"),
    "empty": marked("the text is empty"),
    "too long": marked("the text is too long"),
    "characters": marked("it holds characters that no text has"),
}
"""What can be wrong with a row; the last three are found when its text is judged."""

SUFFIXES: dict[str, Kind] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx"}
SUFFIXES |= {".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "txt", ".parquet": "parquet"}
"""Kinds of file by the end of a name; those of text may be packed."""

PACKED = (".gz", ".xz")


@dataclass(frozen=True)
class Layout:
    """How a file is read; `dataclasses.asdict` of it is JSON, and ``Layout(**that)`` is it again.

    `encoding`: of text, else empty. `columns`: made unique; without a `header` ``1``, ``2`` and
    so on; of plain text ``text``. `preview`: the first rows, at most 8. `text` and `label`: the
    columns that seem to hold the text and the right answer. `scales`: the columns that could be
    labels, with the scale that `truth` asks for. `delimiter` and `quoted`: how tables are split.
    """

    kind: Kind
    encoding: str
    columns: list[str]
    header: bool
    preview: list[list[str]]
    text: str
    label: str | None
    scales: dict[str, int] = field(default_factory=dict)
    delimiter: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class Row:
    """A row of data; `number` counts from 1 in file order, rows with a problem too.

    `values` are text and as many as the layout's columns. `problem` is a key of `PROBLEMS`.
    """

    number: int
    values: list[str]
    problem: str | None = None


Fields = tuple[list[str], str | None]
"""The values of a row and its problem."""


def suffix(name: str) -> str:
    """The end of a name that says its kind; how it is packed does not count."""
    parts = [part.casefold() for part in Path(name).suffixes]
    return next((part for part in reversed(parts) if part not in PACKED), "")


def place(layout: Layout, column: str) -> int:
    """Where a column is; raises `DataError` with those that there are."""
    if column not in layout.columns:
        raise DataError(
            "There is no column {column}. Choose one of: {columns}.",
            column=column,
            columns=", ".join(layout.columns),
        )
    return layout.columns.index(column)


def cause(row: Row, column: int) -> str | None:
    """Why a row can't be judged, a key of `PROBLEMS`; None where it can."""
    text = row.values[column]
    if row.problem or problem(text) is None:
        return row.problem
    if not text.strip():
        return "empty"
    return "too long" if len(text) > MAX_CHARACTERS else "characters"
