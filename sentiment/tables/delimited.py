"""Tables as text: which delimiter, whether quoted, and rows that survive broken quoting."""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from sentiment.tables.names import label_name, text_name
from sentiment.tables.style import NO_DELIMITER, Style

MOST_LINES = 1_000
"""Lines that one quoted field may go over; a quote that is open for longer was never closed."""

CHUNK = 512
"""Lines that are split at once where none of them is odd."""

LONG_NAMES, ROW_NAME = 200, 12
"""Characters of the names of all columns together, and of the name of a row, at most."""

EVERYWHERE = 0.9
"""Share of the lines that a program quotes which quotes everything."""


def split(lines: Iterable[str], style: Style, width: int) -> Iterator[tuple[list[str], str | None]]:
    """The fields of each row, and a problem with them if there is one.

    A row has `width` fields, or as many as it has where that is 0. A quote that is never closed,
    or closed in the middle of a field, costs its own line alone: the next line is a row again.
    Blank lines are rows only where there is one column.
    """
    source = Source(lines)
    while chunk := whole_rows(list(islice(source, CHUNK)), source, style.escaped):
        if (found := at_once(chunk, style, width)) is not None:
            for values in found:
                yield values, None
        else:
            source.give_back(chunk)
            yield from one_by_one(source, style, width, source.taken + len(chunk))


def whole_rows(chunk: list[str], source: "Source", escaped: bool = False) -> list[str]:
    """The lines up to where no quote is open; what comes after them is given back."""
    counts = [line.count('"') - (line.count('\\"') if escaped else 0) for line in chunk]
    quotes, keep = sum(counts), len(chunk)
    while quotes % 2 and keep > 1:
        keep -= 1
        quotes -= counts[keep]
    source.give_back(chunk[keep:])
    return chunk[:keep]


def at_once(chunk: list[str], style: Style, width: int) -> list[list[str]] | None:
    """The rows of lines of which none is odd: each has `width` fields; None where one is."""
    if width < 2:
        return None
    if style.quoted:
        try:
            found = list(style.reader(chunk))
        except csv.Error:
            return None
    else:
        found = [style.cut(bare) for line in chunk if (bare := line.rstrip("\r\n"))]
    found = [values for values in found if values]
    return found if all(len(values) == width for values in found) else None


def one_by_one(
    source: "Source", style: Style, width: int, end: int
) -> Iterator[tuple[list[str], str | None]]:
    """The rows up to about line `end`, each with what is wrong with it."""
    for line in source:
        bare = line.rstrip("\r\n")
        if bare or width <= 1:
            yield row_of(source, line, style, width)
        if source.taken >= end:
            return


def row_of(source: "Source", line: str, style: Style, width: int) -> tuple[list[str], str | None]:
    """The row that begins with `line`."""
    values = quoted(source, line, style, width) if style.quoted and '"' in line else None
    if values is None:
        values = style.cut(line.rstrip("\r\n"))
        if style.quoted and '"' in line:
            return fitted(values, width or len(values), style), "quoting"
    if not width:
        return values, None
    while len(values) > width and not values[-1]:
        values.pop()
    return fitted(values, width, style), None if len(values) == width else "fields"


def fitted(values: list[str], width: int, style: Style) -> list[str]:
    """Exactly `width` fields: empty ones where some are missing, the last with all that is over."""
    if len(values) > width:
        return [*values[: width - 1], style.delimiter.join(values[width - 1 :])]
    return values + [""] * (width - len(values))


class Source:
    """Lines that can be given back; `taken` are those that were not."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Nothing is read yet."""
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken += 1
        return line

    def give_back(self, lines: list[str]) -> None:
        """These lines come next."""
        self._returned.extendleft(reversed(lines))
        self.taken -= len(lines)


def quoted(source: Source, line: str, style: Style, width: int | None) -> list[str] | None:
    """The fields of a row with quotes that begins with `line`; None if they are broken.

    Over several lines there must be `width` of them, if that is known.
    """
    more: list[str] = []

    def rest() -> Iterator[str]:
        for following in islice(source, MOST_LINES):
            more.append(following)
            yield following

    try:
        values = next(style.reader(chain([line], rest())))
    except (csv.Error, StopIteration):
        values = None
    if more and (values is None or (width and len(values) != width)):
        source.give_back(more)
        return None
    return values


def style_of(sample: list[str], delimiters: Sequence[str], quoted: bool) -> tuple[Style, int]:
    """The style in which most rows of `sample` have as many fields as the first, and how many.

    A first row that names columns is believed even where most rows have more fields. Between
    equals the style with more fields wins, then the delimiter that is named first. Without any
    there is one column. `quoted` is what a table without any quotes would be.
    """
    marks = [spaced(sample, mark) or mark for mark in delimiters]
    styles = [Style(mark, is_quoted(sample, mark, quoted)) for mark in marks]
    if any('\\"' in line for line in sample):
        styles += [Style(mark, quoted=True, escaped=True) for mark in marks if len(mark) == 1]
    scores = [(*agreement(sample, style), style) for style in styles]
    share, width, style = max(scores, key=lambda score: (score[1] > 1, *score[:2]))
    if width < 2 or (share < 1 / 2 and not names(sample, style)):
        return Style(NO_DELIMITER, style.quoted), 1
    return style, width


def spaced(sample: list[str], mark: str) -> str:
    """The delimiter with a blank behind it, where quotes follow in most lines; else empty."""
    count = sum(f'{mark} "' in line for line in sample)
    return f"{mark} " if len(mark) == 1 and mark != " " and 2 * count > len(sample) else ""


def names(sample: list[str], style: Style, least: int = 0) -> bool:
    """Whether the first row names two columns or more; `least` of them must not be empty."""
    first = next(split(sample[:MOST_LINES], style, 0), ([], None))[0]
    if len(first) < 2 or sum(bool(name.strip()) for name in first) < least:
        return False
    return any(map(is_known, first)) and len(" ".join(first)) < LONG_NAMES


def is_known(name: str) -> bool:
    """Whether a name is usual in a table."""
    return bool(text_name(name) > 0 or label_name(name))


def is_quoted(sample: list[str], delimiter: str, usual: bool) -> bool:
    """Whether quotes hold fields together rather than quote somebody.

    They do if nearly every line has some, or if those around a delimiter or line break are not
    outnumbered by those that are not closed as they should. Where quotes are `usual`, those around
    any field count.
    """
    if len(delimiter) > 1 and not Style(delimiter, quoted=True).spaced:
        return False
    if sum('"' in line for line in sample) > EVERYWHERE * len(sample):
        return True
    used = broken = 0
    source, style = Source(sample), Style(delimiter, quoted=True)
    width = next(widths(sample, style, None), 0)
    for line in source:
        if '"' in line:
            values = quoted(source, line, style, width)
            used += any(mark in value for value in values or () for mark in (delimiter, "\n")) or (
                usual and values is not None and values != style.cut(line.rstrip("\r\n"))
            )
            broken += values is None
    return usual if used == broken == 0 else used >= broken


def agreement(sample: list[str], style: Style) -> tuple[float, int]:
    """The share of rows that have as many fields as the first row, and how many those are.

    A row whose quoting is broken counts as one that disagrees. Where R wrote names for the rows,
    and none for those, the first row has one field less than all others.
    """
    first = next(widths(sample, style, None), 0)
    counts = Counter(widths(sample, style, first))
    if first and len(counts) > 1 and counts[first] == 1 and has_row_names(sample, style, first + 1):
        return (counts.total() - 1) / counts.total(), first + 1
    return counts[first] / max(1, counts.total()), first


def has_row_names(sample: list[str], style: Style, width: int) -> bool:
    """Whether all rows but the first have `width` fields, of which the first tells them apart."""
    rows = list(split(sample[1:], style, width))
    ids = {values[0] for values, _ in rows}
    return len(ids) == len(rows) > 1 and all(
        problem is None and values[0] and len(values[0]) < ROW_NAME and values[-1]
        for values, problem in rows
    )


def widths(sample: list[str], style: Style, width: int | None) -> Iterator[int]:
    """How many fields each row has; 0 for one whose quoting is broken."""
    source = Source(sample)
    for line in source:
        if style.quoted and '"' in line:
            yield len(quoted(source, line, style, width) or [])
        elif bare := line.rstrip("\r\n"):
            yield len(style.cut(bare))
