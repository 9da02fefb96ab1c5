"""Checkpoints that the book's codes 5 and 8 read as they are printed, today too."""

from pathlib import Path

import torch

from sentiment.model.checkpoints.keys import stripped
from sentiment.model.checkpoints.weights import read_weights


def as_printed(file: Path) -> bool:
    """Whether codes 5 and 8 can read a checkpoint with the libraries that are installed."""
    try:
        state = torch.load(file, map_location="cpu", weights_only=True, mmap=True)["state_dict"]
    except Exception:  # too old for it, or no checkpoint; `read_weights` tells these apart
        return False
    return not any(str(key).endswith(".position_ids") for key in state)


def readable_copy(file: Path, folder: Path) -> Path:
    """A copy of the weights alone, under the same name; raises `ModelError`."""
    weights = {f"model.{name}": tensor for name, tensor in stripped(read_weights(file)).items()}
    torch.save({"state_dict": weights}, folder / file.name)
    return folder / file.name
