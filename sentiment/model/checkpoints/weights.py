"""Read the weights of a model, and nothing else: never a free unpickle, never the optimizer.

A Lightning checkpoint is a ``torch.save`` of a dict whose ``state_dict`` holds the tensors
(pytorch_lightning, trainer/connectors/checkpoint_connector.py); ``pytorch_model.bin`` is a bare
one; safetensors cannot carry code.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.errors import ModelError

if TYPE_CHECKING:
    import torch

PORTION = 64 * 2**20
"""Bytes of weights that are copied under one map of the file; see `read_weights`."""


def read_weights(file: Path) -> dict[str, "torch.Tensor"]:
    """The tensors of a weights file on the CPU, by the names that transformers gives them.

    Takes Lightning checkpoints, bare state dicts and safetensors; raises `ModelError`.

    A checkpoint is two thirds optimizer state, so it is mapped and only the weights are copied.
    Pages that were read count as memory until their map is dropped, hence the portions, each
    under a map of its own. They are copied so that the file can be replaced while the model
    runs: Windows forbids that for a mapped file, elsewhere the weights would change or vanish.
    """
    if file.suffix == ".safetensors":
        return _read_safetensors(file)
    weights = _read_state_dict(file)
    if not _is_zip(file):
        return weights
    sizes = {key: tensor.nbytes for key, tensor in weights.items()}
    del weights
    copied: dict[str, torch.Tensor] = {}
    for keys in _portions(sizes):
        mapped = _read_state_dict(file)
        copied |= {key: mapped[key].clone() for key in keys}
        del mapped
    return copied


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


def _read_safetensors(file: Path) -> dict[str, "torch.Tensor"]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    with unreadable_is_model_error(file):
        try:
            return load_file(file)
        except SafetensorError as error:
            raise _not_a_checkpoint(file) from error


def _read_state_dict(file: Path) -> dict[str, "torch.Tensor"]:
    import torch

    content = _unpickle(file)
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if (
        not isinstance(state, dict)
        or not state
        or not all(isinstance(tensor, torch.Tensor) for tensor in state.values())
    ):
        raise ModelError(
            "{path} holds no state_dict, so it is no checkpoint of a model."
            " Name a .ckpt that Lightning wrote with --model.",
            path=file,
        )
    return {
        str(key).removeprefix("model."): tensor
        for key, tensor in state.items()
        if not str(key).endswith(".embeddings.position_ids")  # a buffer until transformers 4.31
    }


def _is_zip(file: Path) -> bool:
    """Whether this is torch's present format; the one before 1.6 can't be mapped."""
    with unreadable_is_model_error(file), file.open("rb") as opened:
        return opened.read(4) == b"PK\x03\x04"


class _Inert:
    """Stands in for a class that a checkpoint names; takes any state and keeps none."""

    def __setstate__(self, state: object) -> None:
        """Forget the state."""


_PLACEHOLDERS: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
    # Lightning 1.2 to 1.4 keys the state of callbacks by their class; these four have one.
    *(
        (type(name.rpartition(".")[2], (_Inert,), {}), f"pytorch_lightning.callbacks.{name}")
        for name in (
            "model_checkpoint.ModelCheckpoint",
            "early_stopping.EarlyStopping",
            "timer.Timer",
            "finetuning.BackboneFinetuning",
        )
    ),
    # hyper_parameters may hold these two; AttributeDict becomes a plain dict, the only kind that
    # torch's restricted unpickler fills.
    (type("Namespace", (_Inert,), {}), "argparse.Namespace"),
    (dict, "pytorch_lightning.utilities.parsing.AttributeDict"),
    (dict, "lightning_fabric.utilities.data.AttributeDict"),
    (dict, "lightning.fabric.utilities.data.AttributeDict"),
]

_unpickling = threading.Lock()  # what safe_globals allows, it allows in the whole process


def _unpickle(file: Path) -> object:
    """What a ``torch.save`` file holds, tensors mapped; raises `ModelError`."""
    import torch

    mapped = _is_zip(file)
    with _unpickling, torch.serialization.safe_globals(_PLACEHOLDERS):
        try:
            return torch.load(file, map_location="cpu", weights_only=True, mmap=mapped)
        except Exception as error:  # a broken pickle can fail in any way
            if not (names := _refused(file, error)):
                raise _not_a_checkpoint(file) from error
            raise ModelError(
                "{path} was refused: it asks for {names}, which is no plain data and could run"
                " code. Where it was trained, save the weights alone with"
                " torch.save(task.state_dict(), 'weights.ckpt') and use that file.",
                path=file,
                names=names,
            ) from error


def _refused(file: Path, error: Exception) -> str:
    """The names that the pickle may not ask for; empty if something else is wrong with it."""
    import torch

    try:
        return ", ".join(sorted(torch.serialization.get_unsafe_globals_in_checkpoint(file)))
    except Exception:  # the file is no zip, or broken: what torch.load met first is in its message
        return ", ".join(re.findall(r"GLOBAL ([\w.]+)", str(error))[:1])


def _not_a_checkpoint(file: Path) -> ModelError:
    return ModelError(
        "{path} can't be read as a checkpoint: it is damaged, cut short or another kind of file."
        " Copy it again from where it was trained, or name another with --model.",
        path=file,
    )


@contextmanager
def unreadable_is_model_error(path: object) -> Iterator[None]:
    """Turn an `OSError` while reading `path` into a `ModelError`."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            "{path} could not be read ({cause}). Check that the file is there, that you may read"
            " it and that its disk is sound.",
            path=path,
            cause=error.strerror or first_line(error),
        ) from error


def first_line(error: BaseException) -> str:
    """The first line of an error's text, or its type where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
