"""What a run of fine-tuning is to do, and the folder that belongs to it."""

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sentiment.errors import SettingsError
from sentiment.labels import PAIR
from sentiment.training.examples import Split

RECORD = "training.json"
"""How the checkpoint in a folder was made."""

STATE = Path("resume") / "state.ckpt"
"""What a run that was cut off goes on from; not beside the checkpoint, for the book's code takes
every file there for one."""


@dataclass(frozen=True)
class Plan:
    """What is trained and how; the defaults are the book's.

    `batch`: sentences a step. `patience`: epochs without a lower val_loss after which to stop.
    `clip`: largest norm of the gradient, 0 for any.
    """

    pretrained: str
    max_seq_length: int = 128
    batch: int = 32
    learning_rate: float = 5e-5
    epochs: int = 3
    patience: int | None = None
    clip: float = 1.0
    precision: str = "auto"
    seed: int = 7


def record(plan: Plan, split: Split) -> dict[str, Any]:
    """What a run depends on; other labels than the pair are among it."""
    return {
        **asdict(plan),
        **({} if split.labels == PAIR.names else {"labels": list(split.labels)}),
        "train": len(split.train),
        "valid": len(split.valid),
        "sentences": split.digest,
        "pytorch-lightning": version("pytorch-lightning"),
        "torch": version("torch"),
        "transformers": version("transformers"),
    }


def claim(output: Path, made: dict[str, Any], resume: bool) -> None:
    """Take a folder for a new run, or check that this is the run to be resumed.

    Raises `SettingsError`.
    """
    if not resume:
        if any(output.glob("*.ckpt")) or (output / STATE).exists():
            raise SettingsError(
                "{path} holds a checkpoint already. Name another folder with --output, or go on "
                "with the run that was cut off there: --resume.",
                path=output,
            )
        if (output / "config.json").exists() and not (output / RECORD).exists():
            raise SettingsError(
                "{path} holds another model, whose config would be written over. Name another "
                "folder with --output.",
                path=output,
            )
        output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(made, ensure_ascii=False, indent=1)
        (output / RECORD).write_text(text + "\n", encoding="utf-8")
        return
    if not (output / STATE).is_file() or not (output / RECORD).is_file():
        raise SettingsError(
            "{path} holds no run that was cut off: it is complete, or ended before its first "
            "state was saved. Leave --resume out, and name an empty folder with --output.",
            path=output,
        )
    before = json.loads((output / RECORD).read_text(encoding="utf-8"))
    if changed := [name for name, value in made.items() if before.get(name) != value]:
        raise SettingsError(
            "The run in {path} was started with another {names}. Resume it with the same options "
            "and sentences, or start a new one in another folder.",
            path=output,
            names=", ".join(changed),
        )
