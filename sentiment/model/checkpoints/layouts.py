"""Where a model lies: the layouts that can be restored, the best of several, the hub."""

import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from sentiment.errors import ModelError
from sentiment.model.checkpoints.best import best_checkpoint, best_step, version
from sentiment.model.checkpoints.foreign import FOREIGN
from sentiment.model.checkpoints.hub import hub_model, is_hub_name
from sentiment.model.checkpoints.libraries import require_libraries
from sentiment.model.checkpoints.reading import refuse_stand_ins, unreadable_is_model_error
from sentiment.settings import SHIPPED

log = logging.getLogger(__name__)

WEIGHTS = (
    *("model.safetensors", "model.safetensors.index.json"),
    *("pytorch_model.bin", "pytorch_model.bin.index.json"),
)
"""Weight files of a Hugging Face folder; the first that is there is read."""

ADAPTER = "adapter_config.json"

SUFFIXES = (".ckpt", ".pt", ".pth", ".bin", ".safetensors", ".tar")
"""How the names of weights files end."""


FSDP = ("pytorch_model_fsdp_*", "*.distcp")
"""What FSDP leaves of weights that it cut up; ``pytorch_model_fsdp.bin`` holds them all."""

CUT = ("global_step*", "*model_states.pt", "zero_to_fp32.py", *FSDP)
"""What lies in the folders of DeepSpeed and FSDP, which cut weights up."""

NO_WEIGHTS = (
    *("optimizer", "scheduler", "scaler", "sampler", "training_args"),
    *("rng_state", "random_states", "trainer_state"),
)
"""How the names of files begin that training leaves beside the weights."""


@dataclass(frozen=True)
class Layout:
    """A way a model can lie somewhere: how it looks, and what `find` finds of it.

    `find` takes what was asked for and returns a weights file, a folder that
    `sentiment.model.checkpoints.sources.source_of` can take apart, or None.
    """

    looks: str
    find: Callable[[str], Path | None]


def locate(model: str) -> Path:
    """The weights file or folder of one model that `model` means; raises `ModelError`."""
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


def is_there(file: Path) -> bool:
    """Whether a file lies there, or a link to one that is gone, which is said when it is read.

    What macOS leaves beside each file of another disk (``._NAME``) is none.
    """
    return (file.is_file() or file.is_symlink()) and not file.name.startswith("._")


def is_checkpoint(path: Path) -> bool:
    """Whether a ``.ckpt`` is a file, or the folder that DeepSpeed or FSDP make of one."""
    return is_there(path) or bool(names_in(path, (*CUT, "latest")))


def own_weights(folder: Path) -> Path | None:
    """The weights that lie in a folder under one of transformers' names, links to nothing too."""
    found = (folder / name for name in WEIGHTS)
    return next(filter(is_there, found), None)


def _file(model: str) -> Path | None:
    path = Path(model).expanduser()
    if path.is_symlink() and not path.exists():
        refuse_stand_ins(path)
    if path.is_file() and (shard := re.fullmatch(r"(.+)-\d{5}-of-\d{5}(\.\w+)", path.name)):
        index = path.with_name(f"{shard[1]}{shard[2]}.index.json")
        return index if index.is_file() else path
    return path if path.is_file() else None


def _hugging_face_folder(model: str) -> Path | None:
    path = Path(model).expanduser()
    whole = is_there(path / "config.json") and own_weights(path)
    return path if whole or is_there(path / ADAPTER) else None


def _best_of_folder(model: str) -> Path | None:
    files = [path for path in Path(model).expanduser().glob("*.ckpt") if is_checkpoint(path)]
    return best_checkpoint(files) if files else None


def _config_alone(model: str) -> Path | None:
    """DeepSpeed's folders, those of other programs, and those whose weights are missing."""
    path = Path(model).expanduser()
    other = names_in(path, (*CUT, *FOREIGN))
    return path if is_there(path / "config.json") or other else None


def _trainer_root(model: str) -> Path | None:
    path = Path(model).expanduser()
    steps = {
        int(match[1]): folder
        for folder in path.glob("checkpoint-*")
        if folder.is_dir() and (match := re.fullmatch(r"checkpoint-(\d+)", folder.name))
    }
    if not steps:
        return None
    newest = steps[max(steps)]
    best = best_step(path) or best_step(newest)
    if best not in steps:
        log.warning("No trainer_state.json in %s says which is best; the newest is used", path)
    return locate(str(steps.get(best or -1, newest)))


def _adapter_below(model: str) -> Path | None:
    """The only adapter of a folder, which PEFT puts into one of the adapter's own name."""
    found = [file.parent for file in Path(model).expanduser().glob(f"*/{ADAPTER}")]
    return found[0] if len(found) == 1 else None


def _lightning_root(model: str) -> Path | None:
    path = Path(model).expanduser()
    patterns = ("checkpoints", "*/checkpoints", "*/version_*/checkpoints")
    folders = [
        folder
        for pattern in patterns
        for folder in path.glob(pattern)
        if any(map(is_checkpoint, folder.glob("*.ckpt")))
    ]
    if not folders:
        return None
    newest = max(folders, key=lambda folder: version(folder.parent.name))
    if len(folders) > 1:
        log.warning("Of %s runs in %s the last is used: %s", len(folders), path, newest)
    return _best_of_folder(str(newest))


def _hub_cache(model: str) -> Path | None:
    """A model's folder in a cache of the hub: the revision that was fetched as ``main``."""
    path = Path(model).expanduser()
    snapshots = [folder for folder in path.glob("snapshots/*") if folder.is_dir()]
    if not snapshots:
        return None
    main = path / "refs" / "main"
    named = path / "snapshots" / main.read_text("utf-8").strip() if main.is_file() else None
    chosen = named if named in snapshots else max(snapshots, key=lambda each: each.stat().st_mtime)
    return locate(str(chosen))


def _weights_alone(model: str) -> Path | None:
    folder = Path(model).expanduser()
    return own_weights(folder) or only_weights(folder)


def only_weights(folder: Path) -> Path | None:
    """The only weights file of a folder, whatever its name; raises `ModelError` for several."""
    files = sorted(
        path
        for path in folder.glob("*")
        if path.suffix in SUFFIXES
        and not path.stem.startswith(NO_WEIGHTS)
        and not any(path.match(pattern) for pattern in FOREIGN)
        and is_there(path)
    )
    if len(files) < 2:
        return files[0] if files else None
    raise ModelError(
        "{path} holds several files of weights ({names}), and no index or config says which is"
        " the model. Name one of them with --model, or download the index.json of a model that"
        " was cut up.",
        path=folder,
        names=", ".join(path.name for path in files),
    )


def _shipped(model: str) -> Path | None:
    folder = None if Path(model).expanduser().exists() else SHIPPED.get(model)
    if folder is None or folder.is_dir():
        return folder
    raise ModelError(
        "The model {name} is not part of the installed package. Take the folder models/{folder} of"
        " the project's repository, and name its place with --model.",
        name=model,
        folder=folder.name,
    )


def _hub(model: str) -> Path | None:
    if Path(model).expanduser().exists() or not is_hub_name(model):
        return None
    require_libraries()  # before a download of which nothing could be made
    return hub_model(model)


LAYOUTS = (
    Layout("FILE.ckpt", _file),
    Layout("FOLDER/config.json + model.safetensors", _hugging_face_folder),
    Layout("FOLDER/*.ckpt", _best_of_folder),
    Layout("FOLDER/checkpoint-N/", _trainer_root),
    Layout("FOLDER/NAME/adapter_config.json", _adapter_below),
    Layout("FOLDER/config.json", _config_alone),
    Layout("FOLDER/lightning_logs/version_N/checkpoints/*.ckpt", _lightning_root),
    Layout("models--USER--NAME/snapshots/", _hub_cache),
    Layout("FOLDER/*.pt", _weights_alone),
    Layout("small, base", _shipped),
    Layout("huggingface.co/USER/NAME", _hub),
)
"""Tried in this order; the first that finds something is used."""


def names_in(folder: Path, patterns: Collection[str]) -> list[str]:
    """Names in a folder that match one of the patterns, in order."""
    files = folder.iterdir() if folder.is_dir() else ()  # glob passes over links to nothing
    names = [file.name for file in files]
    return sorted(name for name in names if any(fnmatch(name, pattern) for pattern in patterns))
