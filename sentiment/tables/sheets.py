"""Sheets of a workbook: which one holds the texts, and which are like it."""

from dataclasses import replace

from sentiment.i18n import marked
from sentiment.tables.layout import Layout, note
from sentiment.tables.names import text_name


def together(found: dict[str, Layout], hidden: list[str]) -> Layout:
    """The layout of the best sheet, read together with those that have the same columns.

    `hidden` are further sheets, which nobody sees; the others are named among the doubts.
    """
    best = max(found, key=lambda name: worth(found[name]))
    made = found[best]
    alike = [name for name, each in found.items() if each is made or same(each, made)]
    others = [name for name in (*found, *hidden) if name not in alike]
    doubts = list(made.doubts)
    if others:
        doubts.append(
            note(
                "other_sheets",
                marked("Only {read} is read; not {others}. Name another one with --sheet."),
                read=", ".join(alike),
                others=", ".join(others),
            )
        )
    return replace(made, sheets=alike, doubts=doubts)


def worth(layout: Layout) -> tuple[bool, bool, bool]:
    """What speaks for a sheet; of equals the first is taken."""
    return layout.sure, text_name(layout.text) > 0, len(layout.columns) > 1


def same(one: Layout, other: Layout) -> bool:
    """Whether two sheets are parts of one table."""
    return one.header and all(
        getattr(one, name) == getattr(other, name)
        for name in ("columns", "header", "skip", "units")
    )
