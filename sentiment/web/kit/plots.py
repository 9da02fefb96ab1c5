"""Plots as SVG that scales with the page: shapes only, coloured by classes of the style sheet.

Numbers stand beside them as text and tables; a ``<title>`` says in words what a plot shows.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from sentiment.labels import PAIR, UNSURE, Band

SIDES = ("positive", UNSURE, "negative")
"""Verdicts in the order in which rows are counted, and the classes of their shapes."""

SHAPE = Markup(
    '<svg class="plot {kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
    ' role="img"><title>{title}</title>{shapes}</svg>'
)
RECT = Markup('<rect class="{side}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')
WIDTH, HEIGHT, GAP = 100, 40, 0.15
"""Of a plot, and the share of a column that is left free beside it."""


def strip(counts: Sequence[int], title: str) -> Markup:
    """One bar of three parts: rows that are positive, unsure and negative."""
    total, x = sum(counts) or 1, 0.0
    shapes = []
    for side, count in zip(SIDES, counts, strict=True):
        width = WIDTH * count / total
        if count:
            shapes.append(
                RECT.format(side=side, x=round(x, 3), y=0, width=round(width, 3), height=1)
            )
        x += width
    return drawn("strip", 1, title, shapes)


def histogram(bins: Sequence[int], band: Band, title: str) -> Markup:
    """A column for each bin of probabilities between 0 and 1; `band` is where a model is unsure."""
    most = max(bins, default=0) or 1
    step = WIDTH / len(bins)
    shapes = [
        RECT.format(
            side=PAIR.verdict(shares(index, bins), band),
            x=round(index * step + step * GAP / 2, 3),
            y=round(HEIGHT * (1 - count / most), 3),
            width=round(step * (1 - GAP), 3),
            height=round(HEIGHT * count / most, 3),
        )
        for index, count in enumerate(bins)
        if count
    ]
    return drawn("histogram", HEIGHT, title, shapes)


def shares(index: int, bins: Sequence[int]) -> tuple[float, float]:
    """The probabilities of negative and positive in the middle of a bin."""
    positive = (index + 0.5) / len(bins)
    return 1 - positive, positive


def timeline(periods: Sequence[Sequence[int]], title: str) -> Markup:
    """For each period a column of full height, divided as its rows are."""
    step = WIDTH / max(len(periods), 1)
    shapes = [
        rect
        for index, counts in enumerate(periods)
        for rect in column(index * step + step * GAP / 2, step * (1 - GAP), counts)
    ]
    return drawn("timeline", HEIGHT, title, shapes)


def column(x: float, width: float, counts: Sequence[int]) -> Iterator[Markup]:
    """The parts of one column, the positive at the foot."""
    total, y = sum(counts) or 1, float(HEIGHT)
    for side, count in zip(SIDES, counts, strict=True):
        height = HEIGHT * count / total
        y -= height
        if count:
            yield RECT.format(
                side=side,
                x=round(x, 3),
                y=round(y, 3),
                width=round(width, 3),
                height=round(height, 3),
            )


def drawn(kind: str, height: float, title: str, shapes: Sequence[Markup]) -> Markup:
    """The whole picture."""
    return SHAPE.format(
        kind=kind, width=WIDTH, height=height, title=title, shapes=Markup("").join(shapes)
    )
