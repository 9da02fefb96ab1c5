"""Read what ``torch.save`` wrote without running anything of it."""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sentiment.errors import ModelError
from sentiment.model.checkpoints.reading import (
    not_a_checkpoint,
    opened_zip,
    unreadable_is_model_error,
)


def is_safetensors(file: Path) -> bool:
    """Whether this begins as safetensors do, whatever its name: a length, then a JSON object."""
    with unreadable_is_model_error(file), file.open("rb") as opened:
        return opened.read(9)[4:] == b"\0\0\0\0{"


def is_zip(file: Path) -> bool:
    """Whether this is torch's present format; the one before 1.6 can't be mapped."""
    with unreadable_is_model_error(file), file.open("rb") as opened:
        return opened.read(4) == b"PK\x03\x04"


def refuse_altered(file: Path) -> None:
    """Raise `ModelError` where a part of a zip is not what its checksum says.

    torch itself never looks. `torch.serialization.set_crc32_options` may have left them out.
    """
    if not is_zip(file):
        return
    with opened_zip(file) as archive:
        summed = any(entry.CRC for entry in archive.infolist())
        altered = archive.testzip() if summed else None
    if altered:
        raise ModelError(
            "{path} is damaged: its part {part} does not match its own checksum (CRC). Copy the"
            " file again from where it was trained.",
            path=file,
            part=altered,
        )


class _Inert:
    """Stands in for a class that a checkpoint names; takes anything and keeps nothing."""

    def __new__(cls, *_values: object, **_named: object) -> "_Inert":
        """Forget what it is made of."""
        return super().__new__(cls)

    def __init__(self, *_values: object, **_named: object) -> None:
        """Likewise."""

    def __setstate__(self, state: object) -> None:
        """Forget the state."""


def _table(*_values: object) -> dict[object, object]:
    """Stands in for a kind of dict that is made of more than its entries; these come later."""
    return {}


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
    # Beside the weights of a training loop lie its scores, as numpy has them, its history and its
    # paths.
    *(
        (type(name.rpartition(".")[2], (_Inert,), {}), name)
        for name in (
            *("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype"),
            *("numpy.dtypes.Float64DType", "numpy.dtypes.Float32DType", "numpy.dtypes.Int64DType"),
            *("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
            *("numpy.ndarray", "builtins.list", "builtins.int", "builtins.float"),
            *("datetime.datetime", "datetime.timedelta"),
            *("pathlib.PosixPath", "pathlib.WindowsPath", "pathlib._local.PosixPath"),
        )
    ),
    (_table, "collections.defaultdict"),
    (dict, "pytorch_lightning.utilities.parsing.AttributeDict"),
    (dict, "lightning_fabric.utilities.data.AttributeDict"),
    (dict, "lightning.fabric.utilities.data.AttributeDict"),
]

_unpickling = threading.Lock()  # what safe_globals allows, it allows in the whole process


def unpickle(file: Path) -> object:
    """What a ``torch.save`` file holds, tensors mapped; raises `ModelError`."""
    import torch

    mapped = is_zip(file)
    with _unpickling, torch.serialization.safe_globals(_PLACEHOLDERS):
        try:
            return torch.load(file, map_location="cpu", weights_only=True, mmap=mapped)
        except Exception as error:  # a broken pickle can fail in any way
            if not (names := _refused(file, error)):
                raise not_a_checkpoint(file) from error
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
