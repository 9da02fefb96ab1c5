"""Where a model lies: the layouts that can be restored, the best epoch, the hub."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sentiment.errors import ModelError
from sentiment.model.checkpoints.libraries import require_libraries
from sentiment.model.checkpoints.weights import first_line, unreadable_is_model_error

log = logging.getLogger(__name__)

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Weight files of a Hugging Face folder; the first that is there is read."""


@dataclass(frozen=True)
class Layout:
    """A way a model can lie somewhere: how it looks, and what `find` finds of it.

    `find` takes what was asked for and returns a weights file, a Hugging Face folder, or None.
    """

    looks: str
    find: Callable[[str], Path | None]


def locate(model: str) -> Path:
    """The weights file or Hugging Face folder that `model` means; raises `ModelError`."""
    with unreadable_is_model_error(model):
        for layout in LAYOUTS:
            found = layout.find(model)
            if found is not None:
                return found
        tried = ", ".join(layout.looks for layout in LAYOUTS)
        if Path(model).expanduser().is_dir():
            raise ModelError(
                "The folder {path} holds no model (looked for: {tried})."
                " Put a checkpoint into it, or name another with --model.",
                path=model,
                tried=tried,
            )
        raise ModelError(
            "There is no model at {path} (looked for: {tried})."
            " Check the path, or name another with --model.",
            path=model,
            tried=tried,
        )


def _file(model: str) -> Path | None:
    path = Path(model).expanduser()
    return path if path.is_file() else None


def _best_of_folder(model: str) -> Path | None:
    files = [path for path in Path(model).expanduser().glob("*.ckpt") if path.is_file()]
    return best_checkpoint(files) if files else None


def _hugging_face_folder(model: str) -> Path | None:
    path = Path(model).expanduser()
    return path if (path / "config.json").is_file() else None


def _hub(model: str) -> Path | None:
    if Path(model).expanduser().exists() or not is_hub_name(model):
        return None
    require_libraries()  # before a download of which nothing could be made
    for name in WEIGHTS:
        folder = hub_folder(model, name)
        if (folder / name).is_file():
            break
    return folder


LAYOUTS = (
    Layout("FILE.ckpt", _file),
    Layout("FOLDER/*.ckpt", _best_of_folder),
    Layout("FOLDER/config.json", _hugging_face_folder),
    Layout("huggingface.co/USER/NAME", _hub),
)
"""Tried in this order; the first that finds something is used."""


def best_checkpoint(files: list[Path]) -> Path:
    """The file with the lowest val_loss in its name; the newest of equals, or of all without one.

    Only file names are looked at: a parent folder may be called anything.
    """

    def newest(path: Path) -> tuple[float, str]:
        return path.stat().st_mtime, path.name

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


def is_hub_name(name: str) -> bool:
    """Whether this can be ``NAME`` or ``USER/NAME`` on the hub rather than a file's path."""
    words = re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)?", name)
    return words is not None and not name.endswith((".ckpt", ".pt", ".bin", ".safetensors"))


def pretrained_folder(pretrained: str) -> Path:
    """The folder with the config and vocabulary of `pretrained`, a folder or hub name."""
    with unreadable_is_model_error(pretrained):
        path = Path(pretrained).expanduser()
        if path.is_dir():
            return path
        if not is_hub_name(pretrained):
            raise ModelError(
                "There is no folder {path} to take the config and vocabulary from."
                " Set --pretrained to such a folder or to a hub name.",
                path=pretrained,
            )
    return hub_folder(pretrained)


def hub_folder(name: str, *more: str) -> Path:
    """Download config and vocabulary (and the files `more`) from the hub; the folder they are in.

    What was downloaded before is found without a connection. Raises `ModelError`.
    """
    from huggingface_hub import snapshot_download

    small = ["config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]
    try:
        return Path(snapshot_download(name, allow_patterns=[*small, *more]))
    except Exception as error:  # the HTTP library's own errors come through as well
        raise ModelError(
            "There is no folder {name} here, and it could not be fetched from huggingface.co"
            " either ({cause}). Check the name and the connection, or give the path of a folder"
            " that was downloaded before.",
            name=name,
            cause=first_line(error),
        ) from error


def weights_file(folder: Path) -> Path:
    """The weights of a Hugging Face folder; raises `ModelError` where there are none."""
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise ModelError(
        "The folder {folder} has a config.json but no weights ({names})."
        " Save the fine-tuned model there, or name a checkpoint with --model.",
        folder=folder,
        names=", ".join(WEIGHTS),
    )
