"""A plan told to people and programs: how a file is read, which columns count, what is in doubt."""

from collections.abc import Iterator
from typing import Any

from sentiment.errors import DataError
from sentiment.i18n import LANGUAGES, catalog
from sentiment.tables.layout import NAMED, Layout, Note, told
from sentiment.tables.style import NO_DELIMITER

EXAMPLES, CHARACTERS = 2, 24
"""Values shown of a column, and characters of each."""

LISTED = 30
"""Columns that a question names."""

MARKS = {"\t": "탭 tab", ",": ",", " ": "빈칸 blank"}


def both(noted: Note) -> str:
    """A note in Korean and English, on one line."""
    return " · ".join(told(noted, catalog(language).gettext) for language in LANGUAGES)


def as_json(layout: Layout) -> dict[str, Any]:
    """A plan as one JSON object."""
    one = layout.sheets[0] if len(layout.sheets) == 1 else layout.sheets or None
    return {
        "type": layout.kind,
        "encoding": layout.encoding or None,
        "delimiter": layout.delimiter.rstrip(" ") or " " if splits(layout) else None,
        "header": layout.header if layout.kind not in NAMED else None,
        "skipped_rows": layout.skip,
        "sheet": one,
        "columns": layout.columns,
        "text_column": layout.text or None,
        "examples": examples(layout, layout.text) if layout.text else [],
        "reason": told(layout.reason, str),
        "label_column": layout.label,
        "labels": layout.meanings,
        "rows": layout.rows,
        "doubts": [
            {
                "code": each["code"],
                "message": told(each, str),
                "message_ko": told(each, catalog("ko").gettext),
            }
            for each in layout.doubts
        ],
    }


def lines(name: str, layout: Layout) -> Iterator[str]:
    """A plan in three lines for a terminal, and one for each doubt."""
    yield f"{name}: {' · '.join(how(layout))}"
    yield f"  문장 text: {layout.text} — {both(layout.reason)}"
    yield f"  정답 label: {labels(layout)}"
    for each in layout.doubts:
        yield f"  확인 check: {both(each)}"


def how(layout: Layout) -> Iterator[str]:
    """How a file is read, in words."""
    yield layout.kind.upper()
    if layout.encoding:
        yield layout.encoding
    if splits(layout):
        yield f"구분 delimiter {MARKS.get(layout.delimiter, layout.delimiter)}"
    if layout.sheets:
        yield f"시트 sheet {', '.join(layout.sheets)}"
    if layout.skip:
        yield f"위 {layout.skip}줄 건너뜀 skipped above"
    if layout.kind in ("csv", "tsv"):
        yield "머리글 있음 header" if layout.header else "머리글 없음 no header"
    if layout.rows is not None:
        yield f"행 rows {layout.rows:,}"


def splits(layout: Layout) -> bool:
    """Whether a delimiter splits the lines into columns."""
    return layout.delimiter not in ("", NO_DELIMITER)


def labels(layout: Layout) -> str:
    """The label column with what its values are taken for."""
    if not layout.label:
        return "없음 none"
    if layout.meanings is None:
        return f"{layout.label} (뜻을 모름 not understood)"
    return f"{layout.label} ({mapping(layout.meanings)})"


def mapping(meanings: dict[str, str]) -> str:
    """What values are taken for: ``0=negative, 1=positive``."""
    shown = [f"{value[:CHARACTERS]}={meaning}" for value, meaning in sorted(meanings.items())]
    return ", ".join(shown[:12]) + ", …" * (len(shown) > 12)


def examples(layout: Layout, column: str) -> list[str]:
    """Some values of a column, cut off."""
    place = layout.columns.index(column)
    values = dict.fromkeys(" ".join(row[place].split()) for row in layout.preview)
    return [cut(value) for value in values if value][:EXAMPLES]


def cut(value: str) -> str:
    """A value, or its beginning."""
    return value if len(value) <= CHARACTERS else f"{value[: CHARACTERS - 1]}…"


def asked(layout: Layout) -> DataError:
    """The question which column holds the texts, with examples of each."""
    shown = [
        f"{column} ({' / '.join(examples(layout, column))})" for column in layout.columns[:LISTED]
    ]
    return DataError(
        "Which column holds the texts is not clear. Name it with --text-column; these are there: "
        "{columns}",
        columns=", ".join(shown) + ", …" * (len(layout.columns) > LISTED),
    )


def unclear(layout: Layout) -> DataError:
    """The question what the labels mean."""
    values: dict[str, Any] = next(
        (each["values"] for each in layout.doubts if each["code"] == "labels_unclear"), {}
    )
    return DataError(
        "What the values of {column} mean is not clear: {values}. Say it, for example with "
        "--labels {example}, or name another column with --label-column.",
        column=layout.label,
        values=values.get("values") or "-",
        example=values.get("example", "0=negative,1=positive"),
    )
