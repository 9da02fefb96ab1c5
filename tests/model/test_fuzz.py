"""Model folders that are broken at random, but the same in every run.

For longer, by hand: ``SENTIMENT_FUZZ_MODELS=2000 SENTIMENT_FUZZ_SEED=7 pytest
tests/model/test_fuzz.py``.
"""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.torch import save_file

from sentiment.commands.cli import main
from sentiment.errors import ModelError
from sentiment.model.digest import sha256
from sentiment.model.export.manifest import MANIFEST, read_manifest
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from tests.kit.breaking import DEEP, break_one
from tests.kit.checkpoints import make_model, save_checkpoint, save_folder, save_vocabulary

MODELS = int(os.environ.get("SENTIMENT_FUZZ_MODELS", "20"))
SEED = int(os.environ.get("SENTIMENT_FUZZ_SEED", "15"))

TEXTS = ("이 영화는 정말 최고다!", "지루하고 최악", "", "배우들 연기 좋아요 " * 40)
NAME = "broken-model"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of one small model: exported, saved whole and in parts, a checkpoint, an adapter."""
    place = tmp_path_factory.mktemp("whole")
    model = make_model(initializer_range=0.3)
    folder = save_folder(place / "saved", model)
    exported, sentences = place / "exported", place / "sentences.txt"
    sentences.write_text("\n".join(TEXTS[:2]), encoding="utf-8")
    command = ["export", folder, "-o", exported, "--sentences", sentences]
    assert CliRunner().invoke(main, [*map(str, command)]).exit_code == 0
    shutil.copy(exported / "tokenizer.json", folder)
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    parts = save_vocabulary(place / "parts")
    model.save_pretrained(parts, max_shard_size="12KB")
    checkpoint = save_vocabulary(place / "checkpoint")
    model.config.save_pretrained(checkpoint)
    save_checkpoint(checkpoint / "val_loss=0.40.ckpt", model)
    return {
        "exported": exported,
        "saved": folder,
        "parts": parts,
        "checkpoint": checkpoint,
        "adapter": adapter(place / "adapter", folder),
    }


def adapter(folder: Path, base: Path) -> Path:
    """A LoRA adapter of a model in `base`."""
    folder.mkdir()
    options = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "rank_pattern": {"x.*key": 2}}
    options["base_model_name_or_path"] = str(base)
    (folder / "adapter_config.json").write_text(json.dumps(options))
    weight = make_model().bert.encoder.layer[0].attention.self.query.weight
    name = "base_model.model.bert.encoder.layer.0.attention.self.query"
    pair = {"A": weight[:2].clone(), "B": weight[:, :2].clone()}
    tensors = {f"{name}.lora_{side}.weight": matrix for side, matrix in pair.items()}
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def opened(folder: Path) -> Classifier:
    """The classifier of a folder, as it would be served."""
    exported = (folder / MANIFEST).exists()
    alone = exported or (folder / "adapter_config.json").exists()
    return load(str(folder), "" if alone else str(folder), 64, "auto" if exported else "torch")


def rows(classifier: Classifier) -> np.ndarray:
    """What it answers."""
    return np.array([answer.probabilities for answer in classifier.predict_any(TEXTS)])


def resealed(folder: Path) -> None:
    """Have the manifest say that what lies there now is what was exported, if it still can."""
    try:
        manifest = read_manifest(folder)
    except ModelError:
        return
    for name in manifest.files:
        if digest := sha256(folder / name):
            manifest.files[name] = digest
    manifest.write(folder)


def untouched(_folder: Path) -> None:
    """Leave the manifest as it is."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "finish"),
    [
        ("exported", untouched),
        ("exported", resealed),
        *((kind, untouched) for kind in ("saved", "parts", "checkpoint", "adapter")),
    ],
)
def test_what_is_broken_is_refused_by_name(
    whole: dict[str, Path], tmp_path: Path, kind: str, finish: Callable[[Path], None]
) -> None:
    """Or has an answer to everything, of an export the right one; nothing else is ever raised."""
    expected = opened(whole[kind])
    for count in range(MODELS):
        chance = random.Random(f"{SEED} {kind} {count}")
        folder = Path(shutil.copytree(whole[kind], tmp_path / NAME))
        how = break_one(folder, chance)
        finish(folder)
        what = (SEED, kind, count, how)
        try:
            found = opened(folder)
            answers = rows(found)
        except ModelError as error:
            said = str(error)
        except BaseException as error:
            raise AssertionError(what) from error
        else:
            said = NAME
            assert np.isfinite(answers).all(), what
            if kind == "exported" and finish is untouched:
                assert found.labels == expected.labels, what
                assert np.allclose(answers, rows(expected), atol=1e-6), what
        assert NAME in said or "config.json" in said, (what, said)
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param("[" * DEEP, id="deep"),
        pytest.param("", id="empty"),
        pytest.param('{"format": "korean-sentiment-export", "version": 1}', id="missing keys"),
    ],
)
def test_a_manifest_that_can_not_be_read_is_named(tmp_path: Path, manifest: str) -> None:
    """Where a graph lies beside it: the weights are not restored in its stead."""
    (tmp_path / MANIFEST).write_text(manifest)
    (tmp_path / "model.int8.onnx").write_bytes(b"x")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=MANIFEST):
        load(str(tmp_path), "", 64, "auto")
