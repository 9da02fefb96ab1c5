"""Plots as SVG that scales with the page: shapes only, coloured by classes of the style sheet.

Numbers stand beside them as text and tables; a ``<title>`` says in words what a plot shows.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from sentiment.labels import UNSURE

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


def drawn(kind: str, height: float, title: str, shapes: Sequence[Markup]) -> Markup:
    """The whole picture."""
    return SHAPE.format(
        kind=kind, width=WIDTH, height=height, title=title, shapes=Markup("").join(shapes)
    )
