"""What was measured of the model that answers, as the page tells it."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from sentiment.errors import ModelError
from sentiment.model.measurements import FILE, Measurements, read
from sentiment.model.prediction import Prediction
from sentiment.web.kit.asking import engine
from sentiment.web.kit.language import language

BOTH = " · "
"""Stands between the Korean and the English name of a domain."""


@dataclass
class Shelf:
    """Reads the measurements of a model's folder again when they have changed."""

    folder: Path
    model: str
    seen: int = -1
    found: Measurements | None = None
    problem: ModelError | None = None

    def look(self) -> Measurements | None:
        """What is there now; None where nothing is, or it can't be read."""
        try:
            changed = (self.folder / FILE).stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed != self.seen:
            self.seen, self.problem = changed, None
            try:
                self.found = read(self.folder, self.model)
            except ModelError as error:
                self.found, self.problem = None, error
        return self.found


def init_app(app: Flask) -> None:
    """Give templates what was measured; the model's folder is looked into when it is asked for."""
    app.add_template_global(right_of)
    app.add_template_filter(named)


def shelf() -> Shelf | None:
    """Where the measurements of this app's model lie; None of a model without a folder."""
    asked = engine()
    if asked.facts.folder is None:
        return None
    found: Shelf = current_app.extensions.setdefault(
        "measurements", Shelf(asked.facts.folder, asked.id)
    )
    return found


def measurements() -> Measurements | None:
    """All that was measured of this app's model, if anything was."""
    found = shelf()
    return found.look() if found else None


def right_of(prediction: Prediction) -> tuple[int, int] | None:
    """Of 100 answers as sure as this, how many were right: the fewest and the most of all domains.

    None where that was not measured, or the answer means little anyway.
    """
    found = measurements()
    shares = found.right_at(prediction.confidence) if found else None
    if shares is None or prediction.doubtful or prediction.unsure:
        return None
    low, high = (min(99, round(100 * share)) for share in shares)
    return low, high


def named(name: str) -> str:
    """A domain in the language of the page, where its name has both: ``영화 평 · film reviews``."""
    korean, both, english = name.partition(BOTH)
    return english if both and language() != "ko" else korean
