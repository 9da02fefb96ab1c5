"""Temperature and the unsure band, on logits whose answer is known; and writing them down."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from sentiment.commands.calibrate import calibrate
from sentiment.errors import ModelError
from sentiment.evaluation import calibration
from sentiment.labels import NEVER
from sentiment.model.checkpoints import calibrated
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from tests.kit.checkpoints import make_model, save_folder
from tests.kit.small import small_classifier


def drawn(sentences: int, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits of a model that is calibrated once divided by `temperature`, and labels."""
    random = np.random.default_rng(5)
    margins = random.normal(0, 3, sentences)
    labels = random.random(sentences) < 1 / (1 + np.exp(-margins))
    return pairs(margins * temperature), labels.astype(int)


def pairs(margins: np.ndarray) -> np.ndarray:
    """Logits of two labels, whose difference is known."""
    return np.stack([-margins / 2, margins / 2], axis=1)


def margins_of(model: Classifier, texts: list[str]) -> np.ndarray:
    """Differences of the logits of two labels."""
    logits = calibration.logits_of(model, texts)
    return np.asarray(logits[:, 1] - logits[:, 0])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_known_temperature_is_recovered(temperature: float) -> None:
    """Overconfident, calibrated and timid models alike."""
    logits, labels = drawn(20_000, temperature)
    assert calibration.temperature(logits, labels) == pytest.approx(temperature, rel=0.03)


def test_fitting_on_one_half_calibrates_the_other() -> None:
    """The error falls, and the model is right inside the band less than 70 % of the time."""
    found = calibration.fit(*drawn(20_000, 2.5), pair=True)
    assert found.error_before is not None
    assert found.error_after is not None
    assert found.error_before > 0.05
    assert found.error_after < 0.02
    assert found.band[0] + found.band[1] == pytest.approx(1)
    assert 0.65 < found.band[1] < 0.75  # where a calibrated model is right 70 % of the time
    assert found.inside.high < 0.7 < found.outside.low


def test_a_model_that_is_right_everywhere_is_never_unsure() -> None:
    """And one that is wrong everywhere always is."""
    positive = np.linspace(0.05, 0.95, 100)
    both, right = np.stack([1 - positive, positive], axis=1), (positive > 1 / 2).astype(int)
    assert calibration.unsure_band(both, right, pair=True) == NEVER
    assert calibration.unsure_band(both, 1 - right, pair=True) == (0, 1)
    assert calibration.unsure_band(both, 1 - right, pair=False) == (0, 1)


def test_three_labels_are_calibrated_too() -> None:
    """The temperature is found; the band reaches from 0 to a confidence."""
    random = np.random.default_rng(6)
    logits = random.normal(0, 2, (20_000, 3))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (random.random((20_000, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    found = calibration.fit(logits * 2.5, labels, pair=False)
    assert found.temperature == pytest.approx(2.5, rel=0.05)
    assert found.band[0] == 0
    assert 0.65 < found.band[1] < 0.75
    assert found.inside.high < 0.7 < found.outside.low


def test_means_that_never_fall() -> None:
    """The example of pool adjacent violators, by hand."""
    sums, counts = np.array([1, 0, 2, 1, 5]), np.array([1, 1, 2, 2, 5])
    assert calibration.rising(sums, counts).tolist() == [0.5, 0.5, 0.75, 0.75, 1]


def test_margins_are_differences_of_logits() -> None:
    """Worked out from the probabilities: the small model's are sums of weights."""
    margins = margins_of(small_classifier(), ["최고", "정말 최악"])
    assert margins == pytest.approx([2.5, -2.9], abs=1e-5)


def test_baking_divides_the_logits_and_names_the_band(tmp_path: Path) -> None:
    """The folder then gives the calibrated probabilities by itself; everything else stays."""
    model = make_model()
    torch.nn.init.constant_(model.classifier.bias, 0.5)
    folder = save_folder(tmp_path / "model", model)
    file = folder / "model.safetensors"
    halves = {key: tensor.half() for key, tensor in load_file(file).items()}
    save_file(halves, file, {"format": "pt"})
    before = margins_of(load(str(folder), str(folder), 32, "torch"), ["정말 재미있어요"])
    calibrated.bake(folder, 2.0, (0.3, 0.7))
    after = load(str(folder), str(folder), 32, "torch")
    assert margins_of(after, ["정말 재미있어요"]) == pytest.approx(before / 2, rel=1e-2)
    assert after.unsure == (0.3, 0.7)
    with safe_open(file, "pt") as opened:
        assert opened.metadata() == {"format": "pt"}
    baked = load_file(file)
    changed = {key for key in halves if not halves[key].equal(baked[key])}
    assert changed == {"classifier.weight", "classifier.bias"}
    assert {tensor.dtype for tensor in baked.values()} == {
        tensor.dtype for tensor in halves.values()
    }
    assert not list(folder.glob("*.part"))


def test_calibration_is_a_command(tmp_path: Path) -> None:
    """It prints what it found and, asked to, changes the folder it was given."""
    folder = save_folder(tmp_path / "model", make_model())
    data = tmp_path / "dev.csv"
    rows = [f"{text} {i},{i % 2}" for i in range(20) for text in ("정말 최고", "지루했어요")]
    data.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    before = (folder / "model.safetensors").read_bytes()
    options = ["--model", str(folder), "--data", str(data)]
    printed = CliRunner().invoke(calibrate, options)
    assert printed.exit_code == 0, printed.output
    assert "온도 · Temperature" in printed.stdout
    assert (folder / "model.safetensors").read_bytes() == before
    written = CliRunner().invoke(calibrate, [*options, "--write"])
    assert "python -m sentiment export" in written.stdout
    assert (folder / "model.safetensors").read_bytes() != before
    assert len(json.loads((folder / "config.json").read_text("utf-8"))["unsure"]) == 2


def test_a_folder_that_cannot_be_rewritten_is_refused(tmp_path: Path) -> None:
    """A Lightning checkpoint holds no config that could name a band."""
    with pytest.raises(ModelError, match="--write"):
        calibrated.bake(tmp_path, 2.0, NEVER)
