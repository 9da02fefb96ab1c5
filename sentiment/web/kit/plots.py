"""Plots as SVG that scales with the page: shapes only, coloured by classes of the style sheet.

Numbers stand beside them as text and tables; a ``<title>`` says in words what a plot shows.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from sentiment.labels import PAIR, UNSURE, Band, Labels

SIDES = ("positive", UNSURE, "negative")
"""Classes of the shapes of the pair's verdicts, in the order in which rows are counted."""

SHAPE = Markup(
    '<svg class="plot {kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    ' role="img"><title>{title}</title>{shapes}</svg>'
)
RECT = Markup('<rect class="{side}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')
WIDTH, HEIGHT, GAP = 100, 40, 0.15
"""Of a plot, and the share of a column that is left free beside it."""

STRIPED, STRIPES = "striped", "stripes"
"""A class of shapes, and the class of stripes that are laid over these."""


def strip(counts: Sequence[int], title: str, sides: Sequence[str] = SIDES) -> Markup:
    """One bar of as many parts as there are counts; `sides` are their classes."""
    total, x = sum(counts) or 1, 0.0
    shapes = list[Markup]()
    for side, count in zip(sides, counts, strict=True):
        width = WIDTH * count / total
        if count:
            shapes += rects(side, x, 0, width, 1)
        x += width
    return drawn("strip", 1, title, shapes)


def rects(side: str, x: float, y: float, width: float, height: float) -> Iterator[Markup]:
    """A rectangle, and its stripes where its class has some."""
    place = {"x": round(x, 3), "y": round(y, 3), "width": round(width, 3)}
    for layer in (side, *((STRIPES,) if STRIPED in side.split() else ())):
        yield RECT.format(side=layer, height=round(height, 3), **place)


def histogram(bins: Sequence[int], band: Band, title: str, labels: Labels = PAIR) -> Markup:
    """A column for each bin of scores between 0 and 1; `band` is where a model is unsure.

    Columns of the pair have the class of their verdict, those of others ``sure`` or ``unsure``.
    """
    most = max(bins, default=0) or 1
    step = WIDTH / len(bins)
    shapes = [
        RECT.format(
            side=side_of((index + 0.5) / len(bins), band, labels),
            x=round(index * step + step * GAP / 2, 3),
            y=round(HEIGHT * (1 - count / most), 3),
            width=round(step * (1 - GAP), 3),
            height=round(HEIGHT * count / most, 3),
        )
        for index, count in enumerate(bins)
        if count
    ]
    return drawn("histogram", HEIGHT, title, shapes)


def side_of(score: float, band: Band, labels: Labels) -> str:
    """The class of a column whose middle is that score."""
    if labels.is_pair:
        return PAIR.verdict((1 - score, score), band)
    return UNSURE if band[0] < score < band[1] else "sure"


def timeline(periods: Sequence[Sequence[int]], title: str, sides: Sequence[str] = SIDES) -> Markup:
    """For each period a column of full height, divided as its rows are."""
    step = WIDTH / max(len(periods), 1)
    shapes = [
        rect
        for index, counts in enumerate(periods)
        for rect in column(index * step + step * GAP / 2, step * (1 - GAP), counts, sides)
    ]
    return drawn("timeline", HEIGHT, title, shapes)


def column(x: float, width: float, counts: Sequence[int], sides: Sequence[str]) -> Iterator[Markup]:
    """The parts of one column, the first at the foot."""
    total, y = sum(counts) or 1, float(HEIGHT)
    for side, count in zip(sides, counts, strict=True):
        height = HEIGHT * count / total
        y -= height
        if count:
            yield from rects(side, x, y, width, height)


def drawn(kind: str, height: float, title: str, shapes: Sequence[Markup]) -> Markup:
    """The whole picture."""
    return SHAPE.format(
        kind=kind, width=WIDTH, height=height, title=title, shapes=Markup("").join(shapes)
    )
