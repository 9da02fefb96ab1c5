"""What was measured of a model, kept in its folder: ``measurements.json``, one entry a domain.

``python -m sentiment evaluate FILE --write`` adds to it, the page ``/model`` shows it. Its form:
docs/measurements.md.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from sentiment.errors import ModelError
from sentiment.labels import Band
from sentiment.model.prediction import Precision

FILE = "measurements.json"
FORMAT, VERSION = "korean-sentiment-measurements", 1

ENOUGH = 30
"""Sentences of a bin from which its accuracy says something."""


class Share(Struct, frozen=True):
    """`right` of `of` sentences, and the 95 % interval of the share behind it."""

    right: int
    of: int
    accuracy: float | None
    low: float
    high: float


class Bin(Struct, frozen=True):
    """The sentences whose confidence lies in [low, high): mean confidence, and share right."""

    low: float
    high: float
    sentences: int
    confidence: float
    accuracy: float


class Unsure(Struct, frozen=True):
    """The band within which the model says "unsure", the part of the answers, and accuracies."""

    band: Band
    part: float
    inside: Share
    outside: Share


class Kind(Struct, frozen=True):
    """A kind of sentences, or a way to write them, with an example to try."""

    name: str
    korean: str
    english: str
    share: Share
    example: str = ""


class Domain(Struct, frozen=True):
    """How a model does on sentences of one sort.

    `boldly_wrong` is the share that it answers wrongly without being unsure; `measured` a date;
    `source` where the sentences come from; `precision` what the model computed with.
    """

    accuracy: Share
    calibration_error: float | None
    reliability: list[Bin]
    boldly_wrong: float
    source: str
    measured: str
    precision: Precision
    unsure: Unsure | None = None
    kinds: list[Kind] = []

    def bin_of(self, confidence: float) -> Bin | None:
        """The bin of a confidence, where there are enough sentences in it."""
        inside = (each for each in self.reliability if each.low <= confidence <= each.high)
        found = next(inside, None)
        return found if found and found.sentences >= ENOUGH else None

    @property
    def weak(self) -> list[Kind]:
        """The kinds that the model is surely worse at than at all of the domain, worst first."""
        mean = self.accuracy.accuracy or 0
        found = [each for each in self.kinds if each.share.of >= ENOUGH and each.share.high < mean]
        return sorted(found, key=lambda each: each.share.accuracy or 0)


class Measurements(Struct, frozen=True):
    """All that was measured of the weights that `model` names; domains by name."""

    model: str
    domains: dict[str, Domain]
    format: str = FORMAT
    version: int = VERSION

    def right_at(self, confidence: float) -> tuple[float, float] | None:
        """How often answers as sure as that are right: the least and the most of all domains."""
        bins = (domain.bin_of(confidence) for domain in self.domains.values())
        found = [each.accuracy for each in bins if each]
        return (min(found), max(found)) if found else None


def read(folder: Path, model: str) -> Measurements | None:
    """What was measured of a model, by its id; None of other weights, or where nothing was.

    Raises `ModelError` for a file that is damaged.
    """
    file = folder / FILE
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Measurements)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise ModelError(
            "{file} can't be read ({cause}). Remove it and measure again: python -m sentiment "
            "evaluate FILE --write",
            file=file,
            cause=error,
        ) from error
    known = (found.format, found.version) == (FORMAT, VERSION)
    return found if known and found.model == model else None


def add(folder: Path, model: str, name: str, domain: Domain) -> Path:
    """Write a domain into the file of a model, by its id; the file that was written.

    What was measured of other weights is dropped. Raises `ModelError`.
    """
    before = read(folder, model)
    domains = {**(before.domains if before else {}), name: domain}
    text = msgspec.json.format(msgspec.json.encode(Measurements(model, domains)), indent=1)
    file = folder / FILE
    part = file.with_suffix(".part")  # a run that is stopped leaves the old one whole
    try:
        part.write_bytes(text + b"\n")
        part.replace(file)
    except OSError as error:
        raise ModelError(
            "{file} can't be written ({cause}). Copy the model to a folder of yours, and name that "
            "with --model.",
            file=file,
            cause=error.strerror,
        ) from error
    return file
