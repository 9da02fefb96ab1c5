"""Plots with axes, as SVG that keeps its proportions; a table beside each says the same."""

from collections.abc import Sequence

from markupsafe import Markup

from sentiment.model.measurements import ENOUGH, Bin

SIDE, LEFT, FOOT = 100.0, 22.0, 12.0
"""Of the square that is plotted in, and what labels take beside and below it."""

DRAWN = Markup(
    '<svg class="diagram" viewBox="0 -5 {width:g} {height:g}" role="img"><title>{title}</title>'
    "{shapes}</svg>"
)
LINE = Markup('<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')
RECT = Markup('<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')
TEXT = Markup('<text class="percentage" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>')


def reliability(bins: Sequence[Bin], least: float, title: str) -> Markup:
    """For each bin of confidence from `least` to 1 a column as high as its share of right answers.

    The dashed line is where both are equal. Columns of few sentences are faint.
    """
    wide = 1 - least
    shapes = [*axes(least)]
    for each in bins:
        start = max(each.low, least)
        faint = "few" if each.sentences < ENOUGH else "many"
        shapes.append(
            RECT.format(
                kind=f"column {faint}",
                x=round(LEFT + SIDE * (start - least) / wide + 0.4, 2),
                y=round(SIDE * (1 - each.accuracy), 2),
                width=round(max(0.0, SIDE * (min(each.high, 1) - start) / wide - 0.8), 2),
                height=round(SIDE * each.accuracy, 2),
            )
        )
    shapes.append(LINE.format(kind="ideal", x1=LEFT, y1=SIDE * wide, x2=LEFT + SIDE, y2=0))
    width, height = LEFT + SIDE + 4, 5 + SIDE + FOOT
    return DRAWN.format(width=width, height=height, title=title, shapes=Markup("").join(shapes))


def axes(least: float) -> list[Markup]:
    """Lines and numbers at quarters of the height, and at three places of the width."""
    found = []
    for share in (0, 0.5, 1):
        y = SIDE * (1 - share)
        found.append(LINE.format(kind="grid", x1=LEFT, y1=y, x2=LEFT + SIDE, y2=y))
        text = f"{share:.0%}"
        found.append(TEXT.format(x=LEFT - 2, y=y + 2, anchor="end", text=text))
    for place, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        text = f"{least + place * (1 - least):.0%}"
        x = LEFT + SIDE * place
        found.append(TEXT.format(x=x, y=SIDE + FOOT - 3, anchor=anchor, text=text))
    return found
