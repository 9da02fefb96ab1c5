"""The plots of the report, drawn by matplotlib as SVG that belongs to the page around it.

Text stays text, so that the reader's browser draws Hangul with its own fonts; colours are CSS
variables of the page, so that they follow its light or dark.
"""

import io
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sentiment.errors import SettingsError
from sentiment.evaluation.measures import BINS
from sentiment.evaluation.result import COLUMNS, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, LINE, POSITIVE, NEGATIVE = "#010203", "#040506", "#070809", "#0a0b0c"
COLOURS = {INK: "--ink", LINE: "--line", POSITIVE: "--positive", NEGATIVE: "--negative"}
"""Stand-ins that matplotlib understands, and the variables they become."""

WIDTH, HEIGHT = 4.5, 3.2
"""Inches; of 72 units each, which on a phone are about a pixel."""

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "hatch.color": NEGATIVE,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


def require_matplotlib() -> None:
    """Raise `SettingsError` where the plots can't be drawn."""
    try:
        import matplotlib  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise SettingsError(
            "--report draws its plots with matplotlib, which is not installed. Install it with: "
            "pip install matplotlib"
        ) from error


def plots(result: Evaluation) -> dict[str, str]:
    """The plots by name, each an ``<svg>`` for the middle of a page."""
    import matplotlib as mpl

    rows = len(result.slices) + len(result.rewritten)
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # matplotlib's own font has no Hangul; that of the reader's browser has.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        return {
            "reliability": svg(reliability, result),
            "histogram": svg(histogram, result),
            **({"roc": svg(roc, result)} if result.pair else {}),
            "groups": svg(groups, result, height=1 + 0.26 * rows, left=0.34),
        }


def reliability(axes: "Axes", result: Evaluation) -> None:
    """How often the model is right at each confidence, and the diagonal that it should meet."""
    low = [each.low for each in result.reliability]
    right = [each.accuracy for each in result.reliability]
    mean = [each.confidence for each in result.reliability]
    axes.bar(low, right, 1 / BINS, align="edge", color=POSITIVE, alpha=0.25)
    axes.plot(mean, right, "o-", color=POSITIVE, label="모델 · model")
    least = 0.5 if len(result.labels) == 2 else 0
    axes.plot([least, 1], [least, 1], "--", color=INK, label="이상 · ideal")
    axes.set(xlim=(least, 1), ylim=(0, 1), xlabel="확신 · confidence", ylabel="정확도 · accuracy")
    axes.legend(loc="lower right")


def histogram(axes: "Axes", result: Evaluation) -> None:
    """How the scores are spread: of the pair for each true label, else of right answers and wrong.

    See `Labels.score`.
    """
    edges = [index / COLUMNS for index in range(COLUMNS + 1)]
    below, above = result.histogram
    names = "틀림 · wrong", "맞음 · right"
    if result.pair:
        names = "부정 · negative", "긍정 · positive"
    axes.stairs(
        below,
        edges,
        fill=True,
        edgecolor=NEGATIVE,
        facecolor="none",
        hatch="////",
        label=names[0],
    )
    axes.stairs(above, edges, color=POSITIVE, linewidth=2.5, label=names[1])
    about = "긍정일 확률 · probability of positive" if result.pair else "확신 · confidence"
    axes.set(xlim=(0, 1), xlabel=about, ylabel="문장 · sentences")
    axes.legend(loc="upper center")


def roc(axes: "Axes", result: Evaluation) -> None:
    """The ROC curve; the diagonal alone where a label is missing."""
    axes.plot(*zip(*result.roc, strict=True), color=POSITIVE, linewidth=2.5)
    axes.plot([0, 1], [0, 1], "--", color=INK)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="거짓 긍정 · false positive rate")
    axes.set_ylabel("참 긍정 · true positive rate")


def groups(axes: "Axes", result: Evaluation) -> None:
    """Accuracy with its interval for every group, and a line where that of the whole is."""
    shown = [each for each in [*result.slices, *result.rewritten] if each.share.of]
    rows = range(len(shown), 0, -1)
    low, high = [each.share.low for each in shown], [each.share.high for each in shown]
    axes.hlines(rows, low, high, color=POSITIVE, linewidth=2.5)
    axes.plot([each.share.right / each.share.of for each in shown], rows, "o", color=POSITIVE)
    axes.axvline(result.accuracy.right / result.sentences, linestyle="--", color=INK)
    axes.set_yticks(rows, [each.korean for each in shown])
    axes.set(xlim=(min(low), 1), xlabel="정확도 · accuracy")


def svg(
    draw: Callable[["Axes", Evaluation], None],
    result: Evaluation,
    height: float = HEIGHT,
    left: float = 0.17,
) -> str:
    """A plot as part of a page: without prolog, size, style sheet and ids of groups.

    `left` is the part of its width that labels take.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figure = Figure((WIDTH, height))
    figure.subplots_adjust(left, 0.55 / height, 0.97, 1 - 0.12 / height)
    draw(figure.subplots(), result)
    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": draw.__name__}):  # else all plots name their parts alike
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    for unwanted in (r' (?:width|height)="[\d.]+pt"', r"<style.*?</style>", r'(?<=<g) id="[^"]*"'):
        text = re.sub(unwanted, "", text)
    for stand_in, variable in COLOURS.items():
        text = text.replace(stand_in, f"var({variable})")
    return text
