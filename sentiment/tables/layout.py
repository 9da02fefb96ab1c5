"""How a file is read, as plain data; its rows; and what can be wrong with one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from sentiment.errors import DataError
from sentiment.i18n import marked
from sentiment.settings import MAX_CHARACTERS
from sentiment.texts.checks import problem

Kind = Literal[
    "csv", "tsv", "xlsx", "xls", "xlsb", "ods", "html", "jsonl", "json", "chat", "txt", "parquet"
]

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

SUFFIXES: dict[str, Kind] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "txt"}
SUFFIXES |= {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".xlsb": "xlsb", ".ods": "ods"}
SUFFIXES |= {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet"}
"""Kinds of file by the end of a name; those of text may be packed."""

PACKED = (".gz", ".xz", ".zip")

BOOKS = ("xlsx", "xls", "xlsb", "ods")
"""Kinds that have sheets."""

NAMED = ("jsonl", "json", "parquet", "chat")
"""Kinds whose columns have names of their own, without a first row for them."""

MISSING = {"", "nan", "none", "null", "n/a", "#n/a", "<na>", "nat"}
"""What programs write where there is nothing, in small letters."""

Note = dict[str, Any]
"""Something told about a file: a `code`, a `message` and its `values`; JSON, to be translated."""


def note(code: str, message: str, **values: object) -> Note:
    """A note; mark the literal of its message with `marked`."""
    return {"code": code, "message": message, "values": values}


def told(noted: Note, gettext: Callable[[str], str]) -> str:
    """The text of a note in the language of a catalog's `gettext`."""
    message = noted["message"]
    return gettext(message).format(**noted["values"])


@dataclass(frozen=True)
class Said:
    """What the owner of a file says about it; empty and None: it is found out.

    `labels`: what values of the label column mean, ``{"0": "negative", "2": "positive"}``.
    `skip_rows`: rows above the names of the columns, blank ones not counted.
    """

    text_column: str = ""
    label_column: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    header: bool | None = None
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    skip_rows: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a file is read; `dataclasses.asdict` of it is JSON, and `Layout.restored` makes it again.

    `encoding`: of text, else empty. `columns`: made unique; without a `header` ``1``, ``2`` and
    so on; of plain text ``text``. `preview`: the first rows, at most 8. `text` and `label`: the
    columns of the text and the right answer; `text` is empty where no guess is `sure`.
    `delimiter`, `quoted` and `escaped`: how tables are split. `skip`: rows above the header;
    `units`: rows of units, or of more names, below it. `sheets`: those read, one after the other.
    `reason`: why this text column.
    `meanings`: what each value of `label` is taken for, None where that is not understood;
    `given`: what the owner said of it. `rows` is None until they are counted.
    `types`: those of the columns of Parquet that are more than text.
    """

    kind: Kind
    encoding: str
    columns: list[str]
    header: bool
    preview: list[list[str]]
    text: str
    label: str | None
    delimiter: str = ""
    quoted: bool = False
    escaped: bool = False
    skip: int = 0
    units: int = 0
    sheets: list[str] = field(default_factory=list)
    sure: bool = True
    reason: Note = field(default_factory=dict)
    doubts: list[Note] = field(default_factory=list)
    meanings: dict[str, str] | None = None
    given: dict[str, str] = field(default_factory=dict)
    rows: int | None = None
    types: dict[str, str] = field(default_factory=dict)

    @classmethod
    def restored(cls, values: Mapping[str, Any]) -> "Layout":
        """From its JSON, also that of an earlier version, which had other fields."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


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


LONGEST_MARK = 3
"""Characters of a delimiter such as ``::``, at most."""


def separator(name: str) -> str:
    """The character that a delimiter's name stands for; raises `DataError` for more than one."""
    mark = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "pipe": "|"}.get(name, name)
    if len(mark) > 1 and (len(mark) > LONGEST_MARK or any(map(str.isalnum, mark))):
        raise DataError(
            "{mark} is no delimiter. Name one character, or tab, with --delimiter.", mark=name
        )
    return mark


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


def missing(value: str) -> bool:
    """Whether a value says that there is none."""
    return (len(value) < 16 and value.strip().casefold() in MISSING) or not value.strip()


def cause(row: Row, column: int) -> str | None:
    """Why a row can't be judged, a key of `PROBLEMS`; None where it can."""
    if row.problem:
        return row.problem
    text = row.values[column]
    if missing(text):
        return "empty"
    if problem(text) is None:
        return None
    return "too long" if len(text) > MAX_CHARACTERS else "characters"
