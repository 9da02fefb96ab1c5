"""The fast backend answers as torch does, however sentences come together."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from transformers import PreTrainedModel

from sentiment.errors import ModelError
from sentiment.model.backends import onnx
from sentiment.model.backends.onnx import OnnxBackend, packs
from sentiment.model.backends.torch import TorchBackend
from sentiment.model.export.encoder import encode
from sentiment.model.export.graph import Float32, Int8
from sentiment.model.inference import softmax
from sentiment.settings import ROOT
from tests.kit.checkpoints import WORDS, make_model

Made = Callable[[PreTrainedModel], OnnxBackend]


def arrays(model: PreTrainedModel) -> dict[str, np.ndarray]:
    """The weights of a model by name."""
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


@pytest.fixture
def float32(tmp_path: Path) -> Made:
    """Writes and opens the full-precision graph of a model."""

    def made(model: PreTrainedModel) -> OnnxBackend:
        file = tmp_path / "model.safetensors"
        save_file(arrays(model), file)
        graph = tmp_path / "model.onnx"
        graph.write_bytes(encode(model.config.to_dict(), Float32(file)))
        return OnnxBackend(graph)

    return made


@pytest.fixture
def int8(tmp_path: Path) -> Made:
    """Writes and opens the 8-bit graph of a model."""

    def made(model: PreTrainedModel) -> OnnxBackend:
        graph = tmp_path / "model.int8.onnx"
        graph.write_bytes(encode(model.config.to_dict(), Int8(arrays(model))))
        return OnnxBackend(graph)

    return made


def sentences(count: int, longest: int = 64) -> list[list[int]]:
    """Token ids of random sentences of all lengths."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, longest, count, endpoint=True)
    return [rng.integers(0, len(WORDS), length).tolist() for length in lengths]


MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("bert", {}),
    "electra": ("electra", {}),
    "electra whose embeddings are as wide as its layers": ("electra", {"embedding_size": 16}),
    "one layer": ("bert", {"num_hidden_layers": 1}),
    "the other gelu": ("bert", {"hidden_act": "gelu_new"}),
}


@pytest.mark.parametrize(("kind", "options"), MODELS.values(), ids=MODELS.keys())
def test_full_precision_is_torch_to_rounding(
    float32: Made, kind: str, options: dict[str, Any]
) -> None:
    """Hundred sentences of all lengths, many to a run: probabilities within 1e-5, in order."""
    model = make_model(kind, initializer_range=0.3, **options)
    ids = sentences(100)
    expected = softmax(TorchBackend(model).logits(ids))
    assert np.ptp(expected) > 0.1  # they differ, so that an order can be wrong
    assert softmax(float32(model).logits(ids)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kind", ["bert", "electra"])
def test_int8_is_close(int8: Made, kind: str) -> None:
    """Eight bits shift a probability of a random little model by a few points at most."""
    model = make_model(kind, initializer_range=0.3)
    ids = sentences(100)
    expected = softmax(TorchBackend(model).logits(ids))
    shift = np.abs(softmax(int8(model).logits(ids)) - expected)
    assert shift.mean() < 0.02
    assert shift.max() < 0.15


@pytest.mark.parametrize("small", [0, 2**30], ids=["large model", "small model"])
def test_a_sentence_is_read_alone_whoever_comes_with_it(
    float32: Made, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neighbours in a run and runs beside it change nothing, and neither does their order."""
    monkeypatch.setattr(onnx, "SMALL", small)
    monkeypatch.setattr(onnx, "cores", lambda: 2)
    backend = float32(make_model(initializer_range=0.3))
    ids = sentences(30)
    alone = np.concatenate([backend.logits([sentence]) for sentence in ids])
    assert backend.logits(ids) == pytest.approx(alone, abs=1e-5)
    assert backend.logits(ids[::-1]) == pytest.approx(alone[::-1], abs=1e-5)


def test_no_sentences_no_logits(float32: Made) -> None:
    """Nothing in, nothing out."""
    assert float32(make_model()).logits([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([3], [(0, 1)]),
        ([300], [(0, 1)]),
        ([300, 1, 300], [(0, 1), (1, 2), (2, 3)]),
        ([5, 5, 1, 9, 2, 8], [(0, 2), (2, 4), (4, 6)]),
    ],
)
def test_packs_hold_neighbours_up_to_the_limit(
    lengths: list[int], expected: list[tuple[int, int]]
) -> None:
    """In order, none lost, none empty; what is longer than the limit goes alone."""
    assert [(pack.start, pack.stop) for pack in packs(lengths, 10)] == expected


@pytest.mark.parametrize(
    "options", [{"hidden_act": "relu"}, {"model_type": "albert"}], ids=["activation", "kind"]
)
def test_what_the_graph_would_get_wrong_is_refused(options: dict[str, Any]) -> None:
    """Other architectures are named, and torch as the way to serve them."""
    model = make_model()
    with pytest.raises(ModelError, match="Serve it with --backend torch"):
        encode(model.config.to_dict() | options, Int8(arrays(model)))


@pytest.mark.parametrize("content", [None, b"", b"no graph"])
def test_a_broken_graph_is_one_clear_message(
    tmp_path: Path, content: bytes | None, capfd: pytest.CaptureFixture[str]
) -> None:
    """Missing, empty or something else; the runtime itself prints nothing."""
    file = tmp_path / "model.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match="can't be run by ONNX Runtime"):
        OnnxBackend(file)
    assert capfd.readouterr() == ("", "")


def test_the_runtime_tells_nobody_how_it_is_used(tmp_path: Path) -> None:
    """Its telemetry would begin with an identifier in the user's home; nothing is left there."""
    apart = ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
    kept = {key: value for key, value in os.environ.items() if key not in apart}
    home = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA"), str(tmp_path))
    code = "import sentiment; print(sentiment.load().predict(['좋아요'])[0].label)"
    command = [sys.executable, "-X", "utf8", "-c", code]
    told = subprocess.run(command, cwd=ROOT, env=kept | home, capture_output=True, check=True)
    assert told.stdout.strip() == b"positive"
    assert not list(tmp_path.iterdir())
