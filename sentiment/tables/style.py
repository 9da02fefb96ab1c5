"""How a line of a table becomes fields."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sentiment.tables.layout import Layout

NO_DELIMITER = "\x1f"
"""Splits nothing: the unit separator that no text holds."""


@dataclass(frozen=True)
class Style:
    """How a line becomes fields.

    `delimiter`: mostly one character; one with a blank behind it, such as ``", "``, before quotes;
    or several, which nothing quotes. `escaped`: quotes inside quotes follow a backslash.
    """

    delimiter: str
    quoted: bool
    escaped: bool = False

    @classmethod
    def of(cls, layout: Layout) -> "Style":
        """How the lines of a table of this layout are split."""
        return cls(layout.delimiter, layout.quoted, layout.escaped)

    @property
    def spaced(self) -> bool:
        """Whether blanks follow the delimiter."""
        return len(self.delimiter) == 2 and self.delimiter.endswith(" ")

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The fields of rows whose quotes count; raises `csv.Error`."""
        return csv.reader(
            lines,
            delimiter=self.delimiter[0],
            skipinitialspace=self.spaced,
            escapechar="\\" if self.escaped else None,
            strict=True,
        )

    def cut(self, line: str) -> list[str]:
        """The fields of a line in which no quotes count."""
        if not self.spaced:
            return line.split(self.delimiter)
        return [value.lstrip(" ") for value in line.split(self.delimiter[0])]
