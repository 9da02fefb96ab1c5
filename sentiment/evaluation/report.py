"""An evaluation as one page of HTML that needs nothing beside it."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sentiment.errors import DataError
from sentiment.evaluation.plots import plots
from sentiment.evaluation.result import Evaluation
from sentiment.evaluation.table import number, percent
from sentiment.labels import labels_of
from sentiment.settings import TEMPLATES


def page(result: Evaluation) -> str:
    """The whole page; what stands in a sentence stays text."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    jinja.filters |= {"percent": percent, "number": number}
    jinja.globals["spelled"] = lambda name: labels_of([name])[0]
    drawn = {name: Markup(svg) for name, svg in plots(result).items()}  # noqa: S704 - drawn by us
    return jinja.get_template("report.html").render(result=result, plots=drawn)


def write(result: Evaluation, file: Path) -> None:
    """Write the page; raises `DataError` where that is not possible."""
    try:
        file.write_text(page(result), encoding="utf-8")
    except OSError as error:
        raise DataError(
            "{path} can't be written ({cause}). Name another file with --report.",
            path=file,
            cause=error.strerror,
        ) from error
