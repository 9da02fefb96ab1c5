"""A folder that ``python -m sentiment export`` made: its manifest, and how it is opened.

Nothing here needs torch or transformers: such a folder is ready to serve.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, convert, to_builtins

from sentiment.errors import ModelError
from sentiment.labels import NEVER, Band
from sentiment.model.inference import Facts, Precision
from sentiment.texts.spelling import Form

MANIFEST, TOKENIZER, WEIGHTS = "manifest.json", "tokenizer.json", "model.safetensors"
FLOAT32, INT8 = "model.onnx", "model.int8.onnx"
DATA = f"{FLOAT32}.data"
"""The weights of a traced graph; a written one points into `WEIGHTS`."""

GRAPHS: dict[Precision, str] = {"exact": FLOAT32, "fast": INT8}

SHORTEST = 3
"""Fewest tokens that can be read: ``[CLS]``, one of the sentence, ``[SEP]``."""

ID = 12
"""Hexadecimal digits of a sha256 that name a model."""

FORMAT = "korean-sentiment-export"
VERSION = 1
"""Rises when folders written before can no longer be opened, or should be made anew."""


SAME_LABELS = 0.995
LOST_ACCURACY = 0.002
SHIFT = 1e-5
"""The limits: labels that agree, accuracy that is lost (both as shares), and for full precision
the largest difference of a probability."""


class Agreement(Struct, frozen=True, forbid_unknown_fields=True):
    """How a model compares with its reference on `sentences` sentences of the file `name`.

    `same_labels` is a share; shifts are differences of the probability of a label; the
    accuracies are shares too, or None where nobody knows the right answers.
    """

    name: str
    sentences: int
    same_labels: float
    largest_shift: float
    mean_shift: float
    accuracy: float | None = None
    reference_accuracy: float | None = None

    @property
    def exact(self) -> bool:
        """Whether the two differ by rounding alone."""
        return self.largest_shift <= SHIFT

    @property
    def close(self) -> bool:
        """Whether people can be given this model instead of its reference."""
        lost = (self.reference_accuracy or 0) - (self.accuracy or 0)
        return self.same_labels >= SAME_LABELS and lost <= LOST_ACCURACY

    def __str__(self) -> str:
        return (
            f"{self.same_labels:.2%} ({self.sentences:,} × {self.name};"
            f" Δp ≤ {self.largest_shift:.1g}, ⌀ {self.mean_shift:.1g})"
        )


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is in a folder, and where it came from.

    `serve` is the graph that runs unless another is asked for; `source` tells the weights that
    were exported (`sentiment.model.digest.fingerprint`);
    `files` the sha256 of each file. `agreement` compares every graph that was made with torch,
    also one that agreed too little to be kept. `text_form`: what the model was made to read.
    """

    name: str
    labels: list[str]
    max_positions: Annotated[int, Meta(ge=SHORTEST)]
    serve: str
    source: str
    versions: dict[str, str]
    files: dict[str, str]
    agreement: dict[str, Agreement]
    unsure: Band = NEVER
    text_form: Form = "as-typed"
    kind: str = ""
    parameters: int = 0
    labels_from: str = MANIFEST
    unknown: float = 0.0

    def __post_init__(self) -> None:
        """Raise `ValueError` for what no type tells."""
        low, high = self.unsure
        if self.serve not in GRAPHS.values() or not 0 <= low <= high <= 1:
            raise ValueError(self.serve, self.unsure)

    def graph(self, precision: Precision) -> str | None:
        """The graph of that precision; None where the folder lacks it."""
        file = GRAPHS[precision]
        return file if file in self.files else None

    def facts(self, graph: str) -> Facts:
        """What is known of the model as that graph runs it."""
        measured = self.agreement.get(graph)
        return Facts(
            precision="exact" if graph == FLOAT32 else "fast",
            runs="onnx",
            kind=self.kind,
            parameters=self.parameters,
            labels_from=self.labels_from,
            unknown=self.unknown,
            shift=measured.largest_shift if measured else None,
            same_labels=measured.same_labels if measured else None,
        )

    @property
    def id(self) -> str:
        """The beginning of `source`, long enough to tell models apart."""
        return self.source[:ID]

    def write(self, folder: Path) -> None:
        """Write it into its folder."""
        content = to_builtins(self)
        content = {"format": FORMAT, "version": VERSION, **content, "seal": seal(content)}
        text = json.dumps(content, ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    def needed(self, graph: str) -> list[str]:
        """The files that serving reads; the full-precision graph points into the weights."""
        weights = DATA if DATA in self.files else WEIGHTS
        return [graph, TOKENIZER, *([weights] if graph == FLOAT32 else [])]


def seal(content: dict[str, Any]) -> str:
    """What a manifest says of its own content, so that a flipped bit in it is noticed.

    The sha256 of all but format, version and seal, whatever the order, blanks and line ends.
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def is_export(folder: Path) -> bool:
    """Whether this is a folder of ours, of this version or another, whole or not."""
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT


def was_export(folder: Path) -> bool:
    """Whether this is one, or its manifest is beyond reading."""
    graphs = any((folder / graph).exists() for graph in GRAPHS.values())
    return (graphs and (folder / MANIFEST).exists()) or is_export(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder for which `was_export`; raises `ModelError`."""
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
        if (content.pop("format"), content.pop("version")) != (FORMAT, VERSION):
            raise ValueError(VERSION)
        if content.pop("seal", None) not in (None, seal(content)):  # earlier ones have none
            raise ValueError(content)
        return convert(content, Manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            "The {name} in {folder} is damaged, or of another version of this program. Export the"
            " model again: python -m sentiment export MODEL -o {folder}",
            name=MANIFEST,
            folder=folder,
        ) from error
