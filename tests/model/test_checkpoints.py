"""Checkpoints are found, chosen and read; what could run code is refused, and nothing runs."""

import argparse
import logging
import os
import pickle
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from sentiment.errors import ModelError
from sentiment.model.checkpoints import layouts, unpickling, weights
from sentiment.model.checkpoints.best import best_checkpoint, val_loss
from sentiment.model.checkpoints.hub import is_hub_name
from sentiment.model.checkpoints.keys import stripped
from sentiment.model.checkpoints.layouts import locate
from sentiment.model.checkpoints.weights import read_weights
from tests.kit.checkpoints import make_model, save_checkpoint


@pytest.fixture
def empty_files(tmp_path: Path) -> Callable[..., list[Path]]:
    """Makes empty files of these names, each newer than the one before."""

    def make(*names: str) -> list[Path]:
        for age, name in enumerate(names):
            (tmp_path / name).touch()
            os.utime(tmp_path / name, (1e9 + age, 1e9 + age))
        return [tmp_path / name for name in names]

    return make


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("epoch=1-val_loss=0.45.ckpt", 0.45),
        ("epoch=1-val_loss=0.45-v1.ckpt", 0.45),
        ("epoch=1-val_loss=0.45-val_acc=0.80.ckpt", 0.45),
        ("epoch=1-val_loss=1.ckpt", 1.0),
        ("val_loss=-2.50.ckpt", -2.5),
        ("val_loss=1.2e-05.ckpt", 1.2e-05),
        ("epoch=1-val_loss=nan.ckpt", None),
        ("last.ckpt", None),
    ],
)
def test_val_loss_is_read_from_the_name(name: str, loss: float | None) -> None:
    """The number after val_loss=, without the version that Lightning may add."""
    assert val_loss(name) == loss


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["epoch=0-val_loss=0.30.ckpt", "epoch=1-val_loss=0.45.ckpt"], 0),
        (["epoch=0-val_loss=10.00.ckpt", "epoch=1-val_loss=9.00.ckpt"], 1),
        (["e-val_loss=0.45-v1.ckpt", "e-val_loss=0.45.ckpt", "e-val_loss=0.5.ckpt"], 1),
        (["e-val_loss=0.45.ckpt", "e-val_loss=0.45-v1.ckpt", "e-val_loss=0.45-v2.ckpt"], 2),
        (["e-val_loss=0.45.ckpt", "last.ckpt", "e-val_loss=nan.ckpt"], 0),
    ],
)
def test_lowest_loss_wins_and_the_newest_of_equals(
    empty_files: Callable[..., list[Path]], names: list[str], best: int
) -> None:
    """As numbers, not as text; files without a loss lose to one that has it."""
    files = empty_files(*names)
    assert best_checkpoint(files) == files[best]


def test_without_any_loss_the_newest_is_used_and_said(
    empty_files: Callable[..., list[Path]], caplog: pytest.LogCaptureFixture
) -> None:
    """A warning names the file that was chosen."""
    files = empty_files("b.ckpt", "c.ckpt", "a.ckpt")
    with caplog.at_level(logging.WARNING):
        assert best_checkpoint(files) == files[2]
    assert "a.ckpt" in caplog.text


def test_parent_folder_may_be_called_anything(tmp_path: Path) -> None:
    """Words and numbers in the path above a checkpoint mean nothing."""
    folder = tmp_path / "tmp" / "temp val_loss=0.01=x-v3"
    save_checkpoint(folder / "epoch=0-val_loss=0.50.ckpt", make_model())
    best = save_checkpoint(folder / "epoch=1-val_loss=0.45.ckpt", make_model())
    assert locate(str(folder)) == best


def test_folders_called_ckpt_are_no_checkpoints(tmp_path: Path) -> None:
    """Sharded checkpoints of Lightning are folders; they are not taken for files."""
    (tmp_path / "val_loss=0.1.ckpt").mkdir()
    file = save_checkpoint(tmp_path / "val_loss=0.2.ckpt", make_model())
    assert locate(str(tmp_path)) == file


def test_missing_path_names_what_was_looked_for() -> None:
    """Every layout is in the message, and the option to change."""
    with pytest.raises(ModelError) as caught:
        locate("nowhere/at/all.ckpt")
    message = str(caught.value)
    assert all(layout.looks in message for layout in layouts.LAYOUTS)
    assert message.endswith("--model.")


def test_empty_folder_names_what_was_looked_for(tmp_path: Path) -> None:
    """A folder that is there but holds no model gets its own message."""
    with pytest.raises(ModelError, match="holds no model") as caught:
        locate(str(tmp_path))
    assert "FOLDER/*.ckpt" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("beomi/kcbert-base", True),
        ("bert-base", True),
        ("a/b/c", False),
        ("./model", False),
        ("/models/x", False),
        (r"C:\models\x", False),
        ("missing.ckpt", False),
        ("beomi/kcbert-base@v2", True),
        ("https://huggingface.co/beomi/kcbert-base/tree/v2", True),
        ("hf.co/beomi/kcbert-base", True),
        ("", False),
    ],
)
def test_only_hub_names_are_looked_up(name: str, expected: bool) -> None:
    """A mistyped path is not sent over the network."""
    assert is_hub_name(name) is expected


@pytest.fixture
def lightning_classes(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.SimpleNamespace]:
    """Classes under the names that Lightning pickles, which are gone when it is read."""
    made = types.SimpleNamespace()
    for path, base in (
        ("pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint", object),
        ("pytorch_lightning.callbacks.early_stopping.EarlyStopping", object),
        ("pytorch_lightning.callbacks.timer.Timer", object),
        ("pytorch_lightning.callbacks.finetuning.BackboneFinetuning", object),
        ("pytorch_lightning.utilities.parsing.AttributeDict", dict),
        ("lightning_fabric.utilities.data.AttributeDict", dict),
        ("lightning.fabric.utilities.data.AttributeDict", dict),
        ("someone.tasks.Task", object),
    ):
        module, _, name = path.rpartition(".")
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            part = ".".join(parts[:end])
            monkeypatch.setitem(sys.modules, part, sys.modules.get(part) or types.ModuleType(part))
        made_class = type(name, (base,), {"__module__": module})
        setattr(sys.modules[module], name, made_class)
        setattr(made, path.split(".")[0] + name, made_class)
    return made


def test_old_lightning_checkpoints_are_read(
    tmp_path: Path, lightning_classes: types.SimpleNamespace
) -> None:
    """Callbacks by class, a Namespace and every spelling of AttributeDict are read over."""
    old = lightning_classes
    model = make_model()
    file = save_checkpoint(
        tmp_path / "old.ckpt",
        model,
        callbacks={
            old.pytorch_lightningModelCheckpoint: {"best_model_score": torch.tensor(0.45)},
            old.pytorch_lightningEarlyStopping: {"wait_count": 0},
            old.pytorch_lightningTimer: {"time_elapsed": {"train": 1.0}},
            old.pytorch_lightningBackboneFinetuning: {"previous_backbone_lr": 0.1},
        },
        hyper_parameters={
            "args": argparse.Namespace(lr=5e-5, nested=argparse.Namespace(x=1)),
            "a": old.pytorch_lightningAttributeDict(lr=1, b=old.pytorch_lightningAttributeDict()),
            "b": old.lightning_fabricAttributeDict(lr=1),
            "c": old.lightningAttributeDict(lr=1),
        },
    )
    assert stripped(read_weights(file)).keys() == model.state_dict().keys()


def test_any_other_class_is_refused_by_name(
    tmp_path: Path, lightning_classes: types.SimpleNamespace
) -> None:
    """A task pickled whole is not read; the message names it and what to do instead."""
    file = save_checkpoint(
        tmp_path / "task.ckpt", make_model(), task=lightning_classes.someoneTask()
    )
    with pytest.raises(ModelError, match=r"someone\.tasks\.Task.*torch\.save\("):
        read_weights(file)


class RunsCommand:
    """Writes a file when it is unpickled."""

    def __init__(self, marker: Path, command: Callable[[str], object]) -> None:
        self.marker, self.command = marker, command

    def __reduce__(self) -> tuple[object, ...]:
        return self.command, (f"echo ran > {self.marker}",)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    ("command", "name"),
    [(os.system, "system"), (eval, "eval")],
)
def test_a_checkpoint_that_runs_a_command_is_refused_and_nothing_runs(
    tmp_path: Path, command: Callable[[str], object], name: str, zipped: bool
) -> None:
    """In torch's present format and the one before; unpickled freely, the command would run."""
    marker, file = tmp_path / "ran", tmp_path / "evil.ckpt"
    state = {"model.classifier.bias": torch.zeros(2)}
    content = {"state_dict": state, "extra": RunsCommand(marker, command)}
    torch.save(content, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ModelError, match=rf"{name}.* could run code"):
        read_weights(file)
    assert not marker.exists()
    if command is os.system:
        torch.load(file, weights_only=False)
        assert marker.exists()


def test_placeholders_are_allowed_only_while_reading(tiny_checkpoints: Path) -> None:
    """Afterwards the process trusts no more than before."""
    before = set(torch.serialization.get_safe_globals())
    read_weights(locate(str(tiny_checkpoints)))
    assert set(torch.serialization.get_safe_globals()) == before


def test_placeholders_keep_nothing(tmp_path: Path) -> None:
    """A pickle can't use them to call anything or to carry state along."""
    file = tmp_path / "x.ckpt"
    torch.save({"args": argparse.Namespace(lr=1)}, file)
    read = unpickling.unpickle(file)
    assert isinstance(read, dict)
    assert not vars(read["args"])


def truncated(file: Path) -> bytes:
    """A real checkpoint whose download broke off."""
    return save_checkpoint(file, make_model()).read_bytes()[:-2000]


def zip_of_something(file: Path) -> bytes:
    """A ZIP archive that torch did not write."""
    import zipfile

    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return file.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        lambda file: b"",
        lambda file: bytes(range(256)) * 40,
        lambda file: b"<!DOCTYPE html><html><body>Quota exceeded</body></html>",
        lambda file: pickle.dumps([1, 2]),
        lambda file: b"PK\x03\x04",
        zip_of_something,
        truncated,
    ],
    ids=["empty", "random", "html", "pickle", "magic", "zip", "truncated"],
)
def test_what_is_no_checkpoint_is_said_in_one_message(
    tmp_path: Path, content: Callable[[Path], bytes]
) -> None:
    """Whatever is wrong inside, the message says which file and what to do."""
    file = tmp_path / "model.ckpt"
    file.write_bytes(content(file))
    with pytest.raises(ModelError, match=r"model\.ckpt can't be read as a checkpoint.*--model\."):
        read_weights(file)


@pytest.mark.parametrize("content", [{"epoch": 1}, {"state_dict": {}}, [1, 2], torch.ones(2)])
def test_a_file_without_state_dict_is_refused(tmp_path: Path, content: object) -> None:
    """Something that torch saved, but no model."""
    torch.save(content, tmp_path / "model.ckpt")
    with pytest.raises(ModelError, match="holds no state_dict"):
        read_weights(tmp_path / "model.ckpt")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that exists but gives no bytes")
def test_a_file_that_cannot_be_read_is_said() -> None:
    """The system's reason stands in the message."""
    with pytest.raises(ModelError, match=r"could not be read \(Input/output error\)"):
        read_weights(Path("/proc/self/mem"))


def test_only_the_leading_prefix_is_stripped_and_only_position_ids_dropped(tmp_path: Path) -> None:
    """For the book's own code: a key with model. inside keeps it, no other buffer is lost."""
    state = {
        "model.bert.model.x": torch.ones(1),
        "model.bert.embeddings.position_ids": torch.ones(1),
        "model.bert.position_ids": torch.ones(1),
        "other": torch.ones(1),
    }
    torch.save({"state_dict": state}, tmp_path / "x.ckpt")
    read = stripped(read_weights(tmp_path / "x.ckpt"))
    assert set(read) == {"bert.model.x", "bert.position_ids", "other"}


def test_weights_are_read_in_portions_and_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the weights are portioned, every tensor arrives with its values."""
    model = make_model()
    file = save_checkpoint(tmp_path / "x.ckpt", model)
    monkeypatch.setattr(weights, "PORTION", 3000)
    read = stripped(read_weights(file))
    assert read.keys() == model.state_dict().keys()
    assert all(torch.equal(read[key], value) for key, value in model.state_dict().items())


def test_weights_do_not_hang_on_their_file(tmp_path: Path) -> None:
    """The file can be overwritten while the model runs."""
    file = save_checkpoint(tmp_path / "x.ckpt", make_model())
    read = stripped(read_weights(file))
    before = read["classifier.weight"].clone()
    file.write_bytes(bytes(file.stat().st_size))
    assert torch.equal(read["classifier.weight"], before)


def test_files_of_old_torch_are_read(tmp_path: Path) -> None:
    """The format before torch 1.6 can't be mapped but holds the same."""
    model = make_model()
    torch.save(model.state_dict(), tmp_path / "old.bin", _use_new_zipfile_serialization=False)
    assert read_weights(tmp_path / "old.bin").keys() == model.state_dict().keys()
