"""Read the weights of a model, and nothing else: never a free unpickle, never the optimizer.

A Lightning checkpoint is a ``torch.save`` of a dict whose ``state_dict`` holds the tensors
(pytorch_lightning, trainer/connectors/checkpoint_connector.py), a training loop's has them under
another name; ``pytorch_model.bin`` is a bare one; safetensors cannot carry code. Large models lie
in several files with an index of which name is where.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.errors import ModelError
from sentiment.model.checkpoints.reading import (
    not_a_checkpoint,
    refuse_stand_ins,
    unreadable_is_model_error,
)
from sentiment.model.checkpoints.sanity import some
from sentiment.model.checkpoints.unpickling import (
    is_safetensors,
    is_zip,
    refuse_altered,
    unpickle,
)

if TYPE_CHECKING:
    import torch

PORTION = 64 * 2**20
"""Bytes of weights that are copied under one map of the file; see `read_weights`."""

INDEX = ".index.json"
"""How the name of an index of several weights files ends."""

WRAPPED = ("state_dict", "model_state_dict", "model", "module", "net", "network", "weights")
"""Where training loops keep the weights, most usual first."""

DEEPEST = 3
"""Tables within tables in which the weights are looked for."""

Tensors = dict[str, "torch.Tensor"]


def places_of(file: Path) -> dict[str, str]:
    """The file of each tensor that an index names, none for other files; raises `ModelError`."""
    if not file.name.endswith(INDEX):
        return {}
    try:
        with unreadable_is_model_error(file):
            content = json.loads(file.read_text("utf-8-sig"))
        return {key: Path(name).name for key, name in content["weight_map"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_checkpoint(file) from error


def files_of(file: Path) -> list[Path]:
    """The files of the weights: itself, or those that an index names; raises `ModelError`."""
    if not file.name.endswith(INDEX):
        return [file]
    parts = [file.parent / name for name in sorted(set(places_of(file).values()))]
    missing = [part.name for part in parts if not (part.exists() or part.is_symlink())]
    if missing:
        raise ModelError(
            "{path} names {count} files, of which {missing} is not there. Download the rest of"
            " the model into that folder.",
            path=file,
            count=len(parts),
            missing=", ".join(missing),
        )
    return parts


def read_weights(file: Path) -> Tensors:
    """The tensors of a weights file, or of all that an index names, on the CPU, as it names them.

    Takes Lightning checkpoints, those of other loops, bare state dicts and safetensors; raises
    `ModelError`.

    A checkpoint is two thirds optimizer state, so it is mapped and only the weights are copied.
    Pages that were read count as memory until their map is dropped, hence the portions, each
    under a map of its own. They are copied so that the file can be replaced while the model
    runs: Windows forbids that for a mapped file, elsewhere the weights would change or vanish.
    """
    weights: Tensors = {}
    places = places_of(file)
    for part in files_of(file):
        refuse_stand_ins(part)
        read = _read_safetensors(part) if is_safetensors(part) else _read_torch(part)
        weights |= {key: read[key] for key in read if places.get(key, part.name) == part.name}
    return weights


def _read_safetensors(file: Path) -> Tensors:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    with unreadable_is_model_error(file):
        try:
            return load_file(file)
        except SafetensorError as error:
            raise not_a_checkpoint(file) from error


def _read_torch(file: Path) -> Tensors:
    refuse_altered(file)
    weights = _table(file)
    refuse_empty(weights, file)
    if not is_zip(file):
        return weights
    sizes = {key: tensor.nbytes for key, tensor in weights.items()}
    del weights
    copied: Tensors = {}
    for keys in _portions(sizes):
        mapped = _table(file)
        copied |= {key: mapped[key].detach().clone() for key in keys}
        del mapped
    return copied


def refuse_empty(weights: Tensors, file: Path) -> None:
    """Raise `ModelError` for tensors without numbers in a row: on no device, or sparse."""
    import torch

    odd = [key for key, each in weights.items() if each.is_meta or each.layout != torch.strided]
    if odd:
        raise ModelError(
            "Not all weights in {path} are plain tensors ({names}): they are sparse, or their"
            " numbers were left elsewhere. Where it was trained, save them anew with"
            " torch.save(model.state_dict(), 'weights.pt').",
            path=file,
            names=some(odd),
        )


def _portions(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Keys in order, in groups of at most `PORTION` bytes, or of a single larger tensor."""
    keys: list[str] = []
    total = 0
    for key, size in sizes.items():
        if keys and total + size > PORTION:
            yield keys
            keys, total = [], 0
        keys.append(key)
        total += size
    yield keys


def _table(file: Path) -> Tensors:
    """The table of weights in what ``torch.save`` wrote; tensors may be mapped."""
    content = unpickle(file)
    found = dict(tables(content)) if isinstance(content, Mapping) else {}
    name = next((name for name in ("", *WRAPPED) if name in found), None)
    if name is None:
        deeper = next((path for path in found if path.split(".")[0] in WRAPPED), None)
        name = deeper or (next(iter(found)) if len(found) == 1 else None)
    if name is not None:
        return found[name]
    if found:
        raise ModelError(
            "{path} holds several tables of weights ({names}). Save the one that is the model"
            " with torch.save(content['NAME'], 'weights.pt') and use that file.",
            path=file,
            names=", ".join(found),
        )
    raise ModelError(
        "{path} holds no state_dict, so it is no checkpoint of a model."
        " Name a .ckpt that Lightning wrote with --model.",
        path=file,
    )


def tables(
    content: Mapping[object, object], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, Tensors]]:
    """Each table of tensors by name, with where it lies (``""``, ``model``, ``model.state_dict``).

    What is of an optimizer is none.
    """
    import torch

    found = {
        key: value
        for key, value in content.items()
        if isinstance(key, str) and isinstance(value, torch.Tensor)
    }
    if found and any(tensor.ndim > 1 or "." in key for key, tensor in found.items()):
        yield ".".join(path), found
    for key, value in content.items() if len(path) < DEEPEST else ():
        weightless = any(word in str(key) for word in ("optim", "sched", "scaler"))
        if isinstance(value, Mapping) and isinstance(key, str) and not weightless:
            yield from tables(value, (*path, key))
