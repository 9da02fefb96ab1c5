"""What a table looks like: its header, its columns, and which of them matter."""

from collections.abc import Sequence
from dataclasses import replace

from sentiment.errors import DataError
from sentiment.i18n import marked
from sentiment.tables.beginning import rows_above, units
from sentiment.tables.columns import label_column, text_column
from sentiment.tables.headers import both_rows, has_header, is_second_header, unique
from sentiment.tables.layout import NAMED, Fields, Kind, Layout, Said, note, place
from sentiment.tables.limits import MOST_COLUMNS, MOST_NAMES
from sentiment.tables.ours import own_columns
from sentiment.tables.reading import shown
from sentiment.tables.style import Style

SHOWN, SHOWN_TEXT = 8, 1_000
"""Rows of a preview, and characters of their values."""


def empty() -> DataError:
    """What to do about a file with nothing in it."""
    return DataError("The file is empty. Choose one with a row of data or more.")


def no_rows() -> DataError:
    """What to do about a header alone."""
    return DataError("The file has no row of data. Choose one with a row or more.")


def described(
    kind: Kind, encoding: str, table: list[Fields], said: Said, style: Style | None = None
) -> Layout:
    """The layout of a table whose first row may name the columns."""
    values = [values for values, _ in table]
    if not values:
        raise no_rows()
    skip = said.skip_rows if said.skip_rows is not None and style is None else 0
    if said.skip_rows is None:
        skip = rows_above(values) or headed_later(values, said)
    table, values = table[skip:], values[skip:]
    if not values:
        raise no_rows()
    header = has_header(values) if said.header is None else said.header
    names = values[0] if header else [str(index + 1) for index in range(len(values[0]))]
    below = 0
    if header and len(values) > 2 and is_second_header(values[0], values[1], values[2:]):
        names, below = both_rows(values[0], values[1]), 1
    below += units(values[below:]) if header else 0
    if header and lacks_one(table):
        names = ["", *names[:-1]]
    columns = unique(map(shown, names))
    made = guessed(kind, encoding, columns, table[header + below :], said, header, style)
    return replace(made, skip=skip, units=below)


def headed_later(values: list[list[str]], said: Said) -> int:
    """Rows above the header that the owner says is there; 0 where nobody says so."""
    if not said.header or not (said.text_column or said.label_column):
        return 0
    wanted = {said.text_column, said.label_column} - {""}
    return next((i for i, row in enumerate(values[:30]) if wanted <= set(row)), 0)


def lacks_one(table: list[Fields]) -> bool:
    """Whether the names are one fewer than the fields of the rows, as R writes them."""
    names, problem = table[0]
    return problem == "fields" and not names[-1] and all(names[:-1])


def guessed(
    kind: Kind,
    encoding: str,
    columns: Sequence[str],
    sample: list[Fields],
    said: Said,
    header: bool = False,
    style: Style | None = None,
) -> Layout:
    """The layout with guesses about its columns; raises `DataError` where there is no data."""
    if not sample or not columns:
        raise no_rows()
    refuse_many(columns := unique(columns))
    sample = [(list(map(shown, values)), problem) for values, problem in sample]
    style = style or Style("", False)
    made = Layout(
        kind=kind,
        encoding=encoding,
        columns=columns,
        header=header,
        preview=[[value[:SHOWN_TEXT] for value in values] for values, _ in sample[:SHOWN]],
        text="",
        label=None,
        delimiter=style.delimiter,
        quoted=style.quoted,
        escaped=style.escaped,
        given=dict(said.labels),
    )
    return with_columns(made, sample, said)


def with_columns(made: Layout, sample: list[Fields], said: Said) -> Layout:
    """The layout with the columns of the text and the right answers."""
    columns = made.columns
    good = [values for values, problem in sample if not problem] or [sample[0][0]]
    by_column = {column: [values[index] for values in good] for index, column in enumerate(columns)}
    own = own_columns(columns, by_column)
    theirs = [column for column in columns if column not in own]
    named = made.header or made.kind in NAMED
    if said.text_column:
        place(made, said.text_column)
        text = said.text_column
        reason = note("said", marked("The column {column} was named."), column=text)
    elif made.kind == "txt":
        text, reason = "text", note("lines", marked("Every line is a text."))
    elif made.kind == "chat":
        text, reason = "text", note("chat", marked("The messages of a chat, without names."))
    else:
        text, reason = text_column(theirs, by_column, named)
    label = said.label_column or label_column(theirs, by_column, text, named)
    if label:
        place(made, label)
    return replace(made, text=text, label=label, sure=bool(text), reason=reason)


def refuse_many(columns: Sequence[str]) -> None:
    """Raise `DataError` for more columns, or longer names, than tables have."""
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
