"""Plots whose parts are links: each column or period leads to the rows behind it.

Shapes only, as in `plots`: what stands at the axes is text of the page, so that it never shrinks.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from sentiment.labels import PAIR, UNSURE, Band, Labels
from sentiment.web.kit.plots import GAP, HEIGHT, RECT, WIDTH

CHART = Markup(
    '<svg class="plot {kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    ' role="group" aria-label="{title}">{shapes}</svg>'
)
LINK = Markup('<a href="{link}" aria-label="{name}"><title>{name}</title>{shapes}</a>')
LINE = Markup('<polyline class="{side}" points="{points}"/>')
GRID = Markup('<path class="grid" d="{lines}"/>')
DOT = Markup('<path class="{side}" d="M{x:g} {y:g}h0"/>')

FOOT = 10
"""Height of the columns that say how many rows a period has, below the lines of `trend`."""

GRIDS = 4
"""Parts into which lines across a plot divide it."""


class Spot(NamedTuple):
    """A part of a plot that leads somewhere: the address, and in words what it shows."""

    link: str
    name: str


def histogram(
    bins: Sequence[int], band: Band, title: str, spots: Sequence[Spot], labels: Labels = PAIR
) -> Markup:
    """A column for each bin of scores between 0 and 1; those with rows lead to them.

    `band` is where a model is unsure. Columns of the pair have the class of their verdict, those
    of others ``sure`` or ``unsure``.
    """
    most, step = max(bins, default=0) or 1, WIDTH / len(bins)
    shapes = [grid(HEIGHT)]
    for index, (count, spot) in enumerate(zip(bins, spots, strict=True)):
        side = side_of((index + 0.5) / len(bins), band, labels)
        height = HEIGHT * count / most
        parts = hit(index, step, HEIGHT) + RECT.format(
            side=side,
            x=round(index * step + step * GAP / 2, 3),
            y=round(HEIGHT - height, 3),
            width=round(step * (1 - GAP), 3),
            height=round(height, 3),
        )
        if count:
            shapes.append(LINK.format(**spot._asdict(), shapes=parts))
    return drawn("histogram", HEIGHT, title, shapes)


def side_of(score: float, band: Band, labels: Labels) -> str:
    """The class of a column whose middle is that score."""
    if labels.is_pair:
        return PAIR.verdict((1 - score, score), band)
    return UNSURE if band[0] < score < band[1] else "sure"


def trend(
    periods: Sequence[Sequence[int]], title: str, spots: Sequence[Spot], sides: Sequence[str]
) -> Markup:
    """For each side a line of its share over time, and below how many rows there are.

    `periods` have a count for each of `sides`, their classes; a line breaks off where there are no
    rows. Each period with rows leads to them.
    """
    step, most = WIDTH / max(len(periods), 1), max(map(sum, periods), default=0) or 1
    shapes = [grid(HEIGHT)]
    for place, side in enumerate(sides):
        shapes += lines(periods, place, side, step)
    for index, (counts, spot) in enumerate(zip(periods, spots, strict=True)):
        if not (total := sum(counts)):
            continue
        height = FOOT * total / most
        parts = hit(index, step, HEIGHT + FOOT) + RECT.format(
            side="many",
            x=round(index * step + step * GAP, 3),
            y=round(HEIGHT + FOOT - height, 3),
            width=round(step * (1 - 2 * GAP), 3),
            height=round(height, 3),
        )
        middle = round((index + 0.5) * step, 3)
        parts += Markup("").join(
            DOT.format(side=side, x=middle, y=round(HEIGHT * (1 - count / total), 3))
            for side, count in zip(sides, counts, strict=True)
        )
        shapes.append(LINK.format(**spot._asdict(), shapes=parts))
    return drawn("trend", HEIGHT + FOOT, title, shapes)


def lines(periods: Sequence[Sequence[int]], place: int, side: str, step: float) -> Iterator[Markup]:
    """The pieces of one line: neighbours that both have rows are joined."""
    piece: list[str] = []
    for index, counts in enumerate([*periods, ()]):
        if total := sum(counts):
            y = HEIGHT * (1 - counts[place] / total)
            piece.append(f"{(index + 0.5) * step:g},{y:.3f}")
        elif piece:
            yield LINE.format(side=side, points=" ".join(piece))
            piece = []


def hit(index: int, step: float, height: float) -> Markup:
    """What is pressed: a column of full height, also where little is drawn."""
    return RECT.format(side="hit", x=round(index * step, 3), y=0, width=step, height=height)


def grid(height: float) -> Markup:
    """Lines across a plot at equal parts of its height."""
    places = [height * part / GRIDS for part in range(GRIDS)]
    return GRID.format(lines="".join(f"M0 {place:g}h{WIDTH}" for place in places))


def drawn(kind: str, height: float, title: str, shapes: Sequence[Markup]) -> Markup:
    """The whole picture."""
    return CHART.format(
        kind=kind, width=WIDTH, height=height, title=title, shapes=Markup("").join(shapes)
    )
