"""Which of several checkpoints is the best: by the names of files, by what a Trainer noted."""

import json
import logging
import re
from pathlib import Path

log = logging.getLogger(__name__)


def best_checkpoint(files: list[Path]) -> Path:
    """The file with the lowest val_loss in its name; the newest of equals, or of all without one.

    Only file names are looked at: a parent folder may be called anything.
    """

    def newest(path: Path) -> tuple[float, str]:
        return path.lstat().st_mtime, path.name

    losses = {path: loss for path in files if (loss := val_loss(path.name)) is not None}
    if losses:
        lowest = min(losses.values())
        return max((path for path, loss in losses.items() if loss == lowest), key=newest)
    best = max(files, key=newest)
    log.warning(
        "No file name in %s has a val_loss=; the newest is used: %s", best.parent, best.name
    )
    return best


def val_loss(name: str) -> float | None:
    """The loss in a name like ``epoch=1-val_loss=0.45-v1.ckpt``; None where there is no number."""
    match = re.search(r"val_loss=(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", name)
    return float(match[1]) if match else None


def best_step(folder: Path) -> int | None:
    """The step that a Trainer's ``trainer_state.json`` calls best; None where it doesn't."""
    try:
        state = json.loads((folder / "trainer_state.json").read_text("utf-8-sig"))
        named = re.search(r"checkpoint-(\d+)[\\/]*$", str(state.get("best_model_checkpoint")))
        return int(named[1]) if named else int(state["best_global_step"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def version(name: str) -> int:
    """The number in ``version_3``; -1 for another name."""
    match = re.fullmatch(r"version_(\d+)", name)
    return int(match[1]) if match else -1
