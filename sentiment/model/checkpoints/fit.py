"""Whether weights fit the model that a config describes, before memory is given to it."""

from math import prod
from pathlib import Path
from typing import Any

from sentiment.errors import ModelError
from sentiment.model.checkpoints.config import unusable_config
from sentiment.model.checkpoints.keys import Skeleton
from sentiment.model.checkpoints.sanity import some
from sentiment.model.checkpoints.weights import Tensors

MOST_LAYERS = 512
"""Layers of a model at most; each is built before anything else of a config is known wrong."""


def refuse_endless(config: dict[str, Any], folder: Path) -> None:
    """Raise `ModelError` for a config by which layers would be built for hours."""
    for key, value in config.items():
        counts = "layer" in key or "group" in key or "block" in key
        if counts and isinstance(value, int) and value > MOST_LAYERS:
            raise unusable_config(folder, f"{key}: {value}")


def refuse_other_shapes(weights: Tensors, skeleton: Skeleton, file: Path, folder: Path) -> None:
    """Raise `ModelError` where a model would be made that is far larger than its weights."""
    mismatched = [
        (key, tuple(weights[key].shape), shape)
        for key, shape in skeleton.shapes.items()
        if key in weights and key not in skeleton.head and tuple(weights[key].shape) != shape
    ]
    missing = [key for key in skeleton.shapes if key not in weights]
    lacking = sum(prod(skeleton.shapes[key]) for key in missing)
    if mismatched or lacking > sum(tensor.numel() for tensor in weights.values()):
        unexpected = [key for key in weights if key not in skeleton.shapes]
        report = {"missing_keys": missing, "unexpected_keys": unexpected}
        refuse_mismatch(report | {"mismatched_keys": mismatched}, file, folder)


def refuse_mismatch(report: dict[str, Any], file: Path, folder: Path) -> None:
    """Raise `ModelError` unless weights and model had the same names and shapes."""
    mismatched = report["mismatched_keys"]
    shapes = [f"{key} {list(found)} ≠ {list(expected)}" for key, found, expected in mismatched]
    if not (report["missing_keys"] or report["unexpected_keys"] or shapes):
        return
    if len(shapes) == 1 and "word" in shapes[0] and not report["missing_keys"]:
        [(_, found, expected)] = mismatched
        raise ModelError(
            "The weights in {path} know {rows} tokens, the model in {folder} {others}: it is"
            " another vocabulary, as where a model was replaced on the hub after the fine-tuning."
            " Name the revision of then: --pretrained NAME@REVISION.",
            path=file,
            rows=found[0],
            folder=folder,
            others=expected[0],
        )
    raise ModelError(
        "The weights in {path} do not fit the config.json in {folder}. Missing: {missing};"
        " not known: {unexpected}; of another shape: {shapes}. Most likely --pretrained is"
        " not the model that was fine-tuned: set it to that one.",
        path=file,
        folder=folder,
        missing=some(list(report["missing_keys"])),
        unexpected=some(list(report["unexpected_keys"])),
        shapes=some(shapes),
    )
