"""Checkpoints as people have them: found whatever they were wrapped in, or refused by name."""

import json
import math
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import processors
from transformers import AutoTokenizer, PreTrainedModel

from sentiment.errors import ModelError, SettingsError
from sentiment.model import loader
from sentiment.model.checkpoints.words import read_tokenizer
from sentiment.settings import Settings
from tests.kit.checkpoints import make_model, save_checkpoint, save_folder, save_pretrained

TEXTS = ["이 영화는 정말 최고다!", "지루하고 최악", "배우들 연기 좋아요 " * 40]

State = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> PreTrainedModel:
    """A random BERT whose answers differ."""
    return make_model(initializer_range=0.3)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory, model: PreTrainedModel) -> Path:
    """Its config and vocabulary."""
    return save_pretrained(tmp_path_factory.mktemp("pretrained"), model)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, model: PreTrainedModel) -> np.ndarray:
    """What it answers from a plain folder."""
    return answers(save_folder(tmp_path_factory.mktemp("plain"), model))


def answers(place: Path, pretrained: Path | str = "", **options: Any) -> np.ndarray:
    """The probabilities of `TEXTS` as torch has them."""
    classifier = loader.load(place, pretrained, 64, "torch", **options)
    return np.array([answer.probabilities for answer in classifier.predict(TEXTS)])


def prefixed(prefix: str) -> Callable[[State], State]:
    """Puts something before every name."""
    return lambda state: {prefix + key: value for key, value in state.items()}


def own_attribute(name: str) -> Callable[[State], State]:
    """The encoder was an attribute of that name, the classifier one beside it."""
    return lambda state: {
        key.replace("bert.", f"{name}.", 1) if key.startswith("bert.") else key: value
        for key, value in state.items()
    }


def old_norms(state: State) -> State:
    """As TensorFlow called scale and shift."""
    return {
        key.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): value
        for key, value in state.items()
    }


def with_loss(state: State) -> State:
    """With the weights of a loss, counts of metrics and heads of the pretraining."""
    more = {
        "loss_fn.weight": torch.ones(2),
        "valid_f1.tp": torch.tensor(3),
        "metrics.accuracy.total": torch.tensor(4),
        "model.cls.predictions.bias": torch.ones(5),
        "model.bert.embeddings.position_ids": torch.arange(64)[None],
    }
    return prefixed("model.")(state) | more


def with_counts(state: State) -> State:
    """What loops call the shares of labels, losses and scores; how often SWA averaged."""
    more = {
        "class_weights": torch.tensor([0.4, 0.6]),
        "lossFn.pos_weight": torch.ones(2),
        "cross_entropy.weight": torch.ones(2),
        "validF1.tp": torch.tensor(3),
        "n_averaged": torch.tensor(5),
        "module.bert.embeddings.token_type_ids": torch.zeros(1, 64, dtype=torch.long),
    }
    return prefixed("module.")(state) | more


NAMES: dict[str, Callable[[State], State]] = {
    "model.model": prefixed("model.model."),
    "module": prefixed("module."),
    "compiled inside Lightning": prefixed("model._orig_mod."),
    "DDP over compile": prefixed("module._orig_mod.model."),
    "any attribute": prefixed("sentiment_net."),
    "encoder": own_attribute("encoder"),
    "backbone": own_attribute("net.backbone"),
    "gamma and beta": old_norms,
    "loss and metrics": with_loss,
    "shares and counts": with_counts,
}
WRAPPED: dict[str, Callable[[State], object]] = {
    "model": lambda state: {"model": state, "optimizer": {"state": {0: {"x": torch.ones(2, 2)}}}},
    "module": lambda state: {"module": state, "epoch": 1},
    "model_state_dict": lambda state: {"model_state_dict": state, "loss": np.float64(0.3)},
    "net": lambda state: {"net": state, "path": Path("x"), "acc": np.float32(0.9)},
    "nested": lambda state: {"checkpoint": {"state_dict": state}, "args": {"lr": 1}},
    "arrays and history": lambda state: {
        "state_dict": state,
        "confusion": np.zeros((2, 2)),
        "history": defaultdict(list, loss=[0.3]),
    },
    "own name": lambda state: {"my_weights": state},
}


@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES.keys())
def test_names_are_found_whatever_stands_before_them(
    tmp_path: Path,
    model: PreTrainedModel,
    pretrained: Path,
    expected: np.ndarray,
    named: Callable[[State], State],
) -> None:
    """The same answers to rounding."""
    torch.save({"state_dict": named(model.state_dict())}, tmp_path / "x.ckpt")
    assert answers(tmp_path / "x.ckpt", pretrained) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED.keys())
@pytest.mark.parametrize("name", ["x.pt", "all.tar"])
def test_weights_are_found_in_what_a_loop_saved(
    tmp_path: Path,
    model: PreTrainedModel,
    pretrained: Path,
    expected: np.ndarray,
    wrapped: Callable[[State], object],
    name: str,
) -> None:
    """Beside optimizers, scores of numpy and paths."""
    torch.save(wrapped(dict(model.state_dict())), tmp_path / name)
    assert answers(tmp_path / name, pretrained) == pytest.approx(expected, abs=1e-6)


def twice(state: State) -> State:
    """Teacher and student."""
    return prefixed("teacher.")(state) | prefixed("student.")(state)


def other_head(state: State) -> State:
    """A linear layer under another name."""
    return {key.replace("classifier.", "fc."): value for key, value in state.items()}


REFUSED: dict[str, tuple[Callable[[State], State], str]] = {
    "two models": (twice, "several models of this kind"),
    "a head of its own": (other_head, r"no classifier.*not known: fc\.bias, fc\.weight"),
    "something more": (lambda s: s | {"crf.start": torch.ones(2)}, r"not known: crf\.start"),
    "nan": (lambda s: s | {"classifier.bias": torch.tensor([0, math.nan])}, "NaN"),
    "infinity": (lambda s: s | {"classifier.bias": torch.tensor([0, math.inf])}, "infinity"),
    "a matrix of zeros": (
        lambda s: s | {"bert.pooler.dense.weight": torch.zeros(16, 16)},
        "nothing but zeros",
    ),
    "half a table of zeros": (
        lambda s: (
            s
            | {
                "bert.embeddings.word_embeddings.weight": torch.cat(
                    [s["bert.embeddings.word_embeddings.weight"][:20], torch.zeros(15, 16)]
                )
            }
        ),
        "nothing but zeros",
    ),
    "a hole in a table": (
        lambda s: (
            s
            | {
                "bert.embeddings.word_embeddings.weight": torch.cat(
                    [
                        s["bert.embeddings.word_embeddings.weight"][:10],
                        torch.zeros(5, 16),
                        s["bert.embeddings.word_embeddings.weight"][15:],
                    ]
                )
            }
        ),
        "nothing but zeros",
    ),
    "whole numbers": (
        lambda s: s | {"bert.pooler.dense.weight": torch.ones(16, 16, dtype=torch.int8)},
        "few bits",
    ),
    "half a small matrix of zeros": (
        lambda s: (
            s
            | {
                "bert.pooler.dense.weight": torch.cat(
                    [s["bert.pooler.dense.weight"][:8], torch.zeros(8, 16)]
                )
            }
        ),
        "nothing but zeros",
    ),
    "another head under the same name": (
        lambda s: prefixed("model.")(s) | {"classifier.weight": torch.ones(2, 16)},
        r"several models .*classifier\.weight, model\.classifier\.weight",
    ),
    "sparse": (
        lambda s: s | {"classifier.weight": s["classifier.weight"].to_sparse()},
        "Not all weights .* are plain tensors",
    ),
    "on no device": (
        lambda s: s | {"classifier.weight": s["classifier.weight"].to("meta")},
        "Not all weights .* are plain tensors",
    ),
    "lora": (lambda s: s | {"x.lora_A.default.weight": torch.ones(2, 2)}, "LoRA"),
    "gptq": (lambda s: s | {"bert.x.qweight": torch.ones(2, 2)}, "GPTQ"),
}


@pytest.mark.parametrize(("changed", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_be_invented_or_left_out_is_refused(
    tmp_path: Path,
    model: PreTrainedModel,
    pretrained: Path,
    changed: Callable[[State], State],
    said: str,
) -> None:
    """One message that names the file and the cause."""
    torch.save(changed(dict(model.state_dict())), tmp_path / "x.pt")
    with pytest.raises(ModelError, match=said) as caught:
        answers(tmp_path / "x.pt", pretrained)
    assert "x.pt" in str(caught.value)


def test_the_content_of_a_file_counts_and_not_its_name(
    tmp_path: Path, model: PreTrainedModel, pretrained: Path, expected: np.ndarray
) -> None:
    """Safetensors that somebody called .ckpt."""
    save_file(dict(model.state_dict()), tmp_path / "x.ckpt")
    assert answers(tmp_path / "x.ckpt", pretrained) == pytest.approx(expected, abs=1e-6)


def test_archives_are_to_be_unpacked(tmp_path: Path, model: PreTrainedModel) -> None:
    """A folder in a zip or a tar.gz."""
    folder = save_folder(tmp_path / "m", model)
    for kind in ("zip", "gztar"):
        file = shutil.make_archive(str(tmp_path / "packed"), kind, folder)
        with pytest.raises(ModelError, match=r"is an archive .*Unpack it"):
            answers(Path(file), Settings.pretrained)


def test_a_zip_whose_contents_are_torn_is_damaged(tmp_path: Path, pretrained: Path) -> None:
    """Its end is there, and what it lists is not."""
    file = tmp_path / "x.ckpt"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/data.pkl", bytes(100))
    file.write_bytes(file.read_bytes().replace(b"PK\x01\x02", bytes(4)))
    with pytest.raises(ModelError, match=r"can't be read as a checkpoint"):
        answers(file, pretrained)


def test_what_macos_leaves_is_no_checkpoint(
    tmp_path: Path, model: PreTrainedModel, pretrained: Path, expected: np.ndarray
) -> None:
    """``._NAME`` beside each file, newer than it."""
    for name in ("epoch=1.ckpt", "best.pt"):
        folder = tmp_path / name / "run"
        save_checkpoint(folder / name, model)
        (folder / f"._{name}").write_bytes(b"\0\5\x16\7" * 9)
        assert answers(folder, pretrained) == pytest.approx(expected, abs=1e-6)


def test_an_index_says_which_file_counts(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray
) -> None:
    """Where a name lies in two."""
    folder = save_folder(tmp_path / "m", model)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    other = {"classifier.weight": weights["classifier.weight"] + 1}
    save_file(other, folder / "model-00002-of-00002.safetensors")
    places = dict.fromkeys(weights, "model-00001-of-00002.safetensors")
    places["classifier.bias"] = "model-00001-of-00002.safetensors"
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": places | {"x": "model-00002-of-00002.safetensors"}}))
    assert answers(folder) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "options",
    [{"return_dict": False}, {"chunk_size_feed_forward": 4}],
    ids=["return_dict", "chunks"],
)
def test_how_a_model_is_run_is_not_its_config_s_to_say(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray, options: dict[str, object]
) -> None:
    """Options that change no answer."""
    folder = save_folder(tmp_path / "m", model)
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | options), "utf-8")
    assert answers(folder) == pytest.approx(expected, abs=1e-6)


def test_token_types_of_zeros_are_no_damage(tmp_path: Path) -> None:
    """RoBERTa never learns them, however many its config counts."""
    model = make_model(initializer_range=0.3)
    model.bert.embeddings.token_type_embeddings.weight.data.zero_()
    assert np.isfinite(answers(save_folder(tmp_path / "m", model))).all()


def test_labels_of_a_config_keep_their_order(tmp_path: Path, model: PreTrainedModel) -> None:
    """Reversed, three and foreign labels; the numbers stay with their names."""
    folder = save_folder(tmp_path / "m", model)
    rows = answers(folder)
    file = folder / "config.json"
    content = json.loads(file.read_text("utf-8"))
    for names, positive in ((["긍정", "부정"], 0), (["clean", "hate"], None)):
        file.write_text(json.dumps(content | {"id2label": dict(enumerate(names))}), "utf-8")
        classifier = loader.load(folder, "", 64)
        assert classifier.labels.positive == positive
        found = np.array([answer.probabilities for answer in classifier.predict(TEXTS)])
        assert found == pytest.approx(rows, abs=1e-5)
    named = loader.load(folder, "", 64, label_names="부정,긍정")
    assert named.labels.names == ("negative", "positive")
    with pytest.raises(SettingsError, match="gives 3 names"):
        loader.load(folder, "", 64, label_names="a,b,c")


def test_more_labels_than_are_named(tmp_path: Path) -> None:
    """Names that nobody gave are no obstacle; real ones that are too few are."""
    folder = save_folder(tmp_path / "m", make_model(num_labels=3))
    assert loader.load(folder, "", 64).labels.names == ("LABEL_0", "LABEL_1", "LABEL_2")
    file = folder / "config.json"
    content = json.loads(file.read_text("utf-8"))
    two = {"id2label": {"0": "neg", "1": "pos"}, "label2id": {"neg": 0, "pos": 1}}
    file.write_text(json.dumps(content | two), "utf-8")
    with pytest.raises(ModelError, match=r"have 3 labels, but .* names 2"):
        loader.load(folder, "", 64)


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_sharded_weights_are_read_and_a_missing_part_is_named(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray, kind: str
) -> None:
    """By folder, by index and by the name of a part."""
    folder = save_folder(tmp_path / "m", model)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    stem, suffix = ("model", "safetensors") if kind == "safetensors" else ("pytorch_model", "bin")
    places: dict[str, str] = {}
    for number in (1, 2, 3):
        part = {key: weights[key] for key in sorted(weights)[number - 1 :: 3]}
        file = folder / f"{stem}-0000{number}-of-00003.{suffix}"
        save_file(part, file) if kind == "safetensors" else torch.save(part, file)
        places |= dict.fromkeys(part, file.name)
    index = folder / f"{stem}.{suffix}.index.json"
    index.write_text(json.dumps({"weight_map": places}), "utf-8")
    for place in (folder, index, file):
        assert answers(place) == pytest.approx(expected, abs=1e-6)
    file.unlink()
    with pytest.raises(ModelError, match=file.name):
        answers(folder)


def test_weights_without_a_config_lie_in_a_folder(
    tmp_path: Path, model: PreTrainedModel, pretrained: Path, expected: np.ndarray
) -> None:
    """Beside what training leaves; one file of any name; several are named."""
    folder = tmp_path / "saved"
    folder.mkdir()
    for name in ("optimizer.bin", "sampler.bin", "scaler.pt", "rng_state.pth", "training_args.bin"):
        torch.save({}, folder / name)
    torch.save(model.state_dict(), folder / "best.pt")
    assert answers(folder, pretrained) == pytest.approx(expected, abs=1e-6)
    torch.save({}, folder / "other.pt")
    with pytest.raises(ModelError, match=r"best\.pt, other\.pt"):
        answers(folder, pretrained)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    assert answers(folder, pretrained) == pytest.approx(expected, abs=1e-6)
    whole = save_folder(tmp_path / "whole", model)
    (whole / "model.safetensors").rename(whole / "best.safetensors")
    assert answers(whole) == pytest.approx(expected, abs=1e-6)


def test_roots_of_runs_lead_to_their_best(
    tmp_path: Path, model: PreTrainedModel, pretrained: Path, expected: np.ndarray
) -> None:
    """A Trainer's by its state, else the newest; Lightning's last version."""
    root = tmp_path / "results"
    for step in (10, 9, 100):
        save_folder(root / f"checkpoint-{step}", model if step == 10 else make_model())
    state = {"best_model_checkpoint": "C:\\\\results\\\\checkpoint-10", "global_step": 100}
    (root / "checkpoint-100" / "trainer_state.json").write_text(json.dumps(state), "utf-8")
    assert answers(root) == pytest.approx(expected, abs=1e-6)
    shutil.rmtree(root / "checkpoint-100")
    assert answers(root) == pytest.approx(expected, abs=1e-6)
    logs = tmp_path / "run" / "lightning_logs"
    save_checkpoint(logs / "version_9" / "checkpoints" / "last.ckpt", make_model())
    save_checkpoint(logs / "version_10" / "checkpoints" / "epoch=1.ckpt", model)
    assert answers(logs.parent, pretrained) == pytest.approx(expected, abs=1e-6)


def test_deepspeed_is_read_or_told_how(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray
) -> None:
    """One file of all weights is enough; parts of them are not."""
    folder = save_folder(tmp_path / "m", model)
    (folder / "model.safetensors").unlink()
    step = folder / "global_step7"
    step.mkdir()
    (folder / "latest").write_text("global_step7")
    torch.save({"module": model.state_dict()}, step / "mp_rank_00_model_states.pt")
    for place in (folder, step):
        assert answers(place, Settings.pretrained) == pytest.approx(expected, abs=1e-6)
    torch.save({"module": {}}, step / "zero_pp_rank_0_mp_rank_00_model_states.pt")
    with pytest.raises(ModelError, match=r"zero_to_fp32\.py"):
        answers(folder)


def lora(folder: Path, model: PreTrainedModel, **options: object) -> tuple[Path, PreTrainedModel]:
    """An adapter over a model, and the model with it merged."""
    merged = make_model(initializer_range=0.3)
    state, small = merged.state_dict(), dict[str, torch.Tensor]()
    for key in [key for key in state if key.endswith("self.query.weight")]:
        a, b = torch.randn(2, 16), torch.randn(16, 2)
        module = key.removesuffix(".weight")
        small[f"base_model.model.{module}.lora_A.weight"] = a
        small[f"base_model.model.{module}.lora_B.weight"] = b
        scale = 4 / math.sqrt(2) if options.get("use_rslora") else 4 / 2
        state[key] += scale * b @ a
    for last in ("weight", "bias"):
        small[f"base_model.model.classifier.{last}"] = state[f"classifier.{last}"].clone()
    folder.mkdir(parents=True)
    save_file(small, folder / "adapter_model.safetensors")
    content = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "base_model_name_or_path": "x/y"}
    (folder / "adapter_config.json").write_text(json.dumps(content | options), "utf-8")
    return folder, merged


@pytest.mark.parametrize("options", [{}, {"use_rslora": True}], ids=["plain", "rslora"])
def test_an_adapter_is_merged_into_its_base(
    tmp_path: Path, model: PreTrainedModel, options: dict[str, object]
) -> None:
    """In memory, by its own scale; another kind is refused."""
    adapter, merged = lora(tmp_path / "tuned", model, **options)
    base = save_folder(tmp_path / "base", model)
    right = answers(save_folder(tmp_path / "merged", merged))
    assert answers(adapter, base) == pytest.approx(right, abs=1e-6)
    file = adapter / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"use_dora": True}), "utf-8")
    with pytest.raises(ModelError, match=r"adapter .*use_dora"):
        answers(adapter, base)


@pytest.mark.parametrize("begun", ["pissa", "olora", "corda"])
def test_an_adapter_that_changed_its_base_is_refused(
    tmp_path: Path, model: PreTrainedModel, begun: str
) -> None:
    """Its base is no longer the one on the hub: the sum would be another model."""
    adapter, _ = lora(tmp_path / "tuned", model, init_lora_weights=begun)
    with pytest.raises(ModelError, match=f"adapter .*{begun}"):
        answers(adapter, save_folder(tmp_path / "base", model))


def test_an_adapter_may_lie_in_a_folder_of_its_name(tmp_path: Path, model: PreTrainedModel) -> None:
    """As PEFT saves those that are not called default; torn ones are damaged."""
    adapter, merged = lora(tmp_path / "tuned" / "korean", model)
    base = save_folder(tmp_path / "base", model)
    right = answers(save_folder(tmp_path / "merged", merged))
    assert answers(adapter.parent, base) == pytest.approx(right, abs=1e-6)
    file = adapter / "adapter_model.safetensors"
    small = load_file(file)
    save_file({key: each * 0 if "lora_A" in key else each for key, each in small.items()}, file)
    with pytest.raises(ModelError, match="nothing but zeros"):
        answers(adapter, base)


def test_what_only_stands_for_weights_is_refused_by_what_it_is(
    tmp_path: Path, model: PreTrainedModel
) -> None:
    """A pointer of Git LFS, a dangling link, weights of TensorFlow, a model in few bits."""
    folder = save_folder(tmp_path / "m", model)
    weights, config = folder / "model.safetensors", folder / "config.json"
    weights.unlink()
    (folder / "tf_model.h5").write_bytes(b"x")
    with pytest.raises(ModelError, match="TensorFlow"):
        answers(folder)
    weights.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(ModelError, match="Git LFS"):
        answers(folder)
    weights.unlink()
    weights.symlink_to(tmp_path / "gone")
    with pytest.raises(ModelError, match="link to a file that is not there"):
        answers(folder)
    content = json.loads(config.read_text("utf-8"))
    config.write_text(json.dumps(content | {"quantization_config": {"quant_method": "gptq"}}))
    with pytest.raises(ModelError, match="gptq"):
        answers(folder)


FOREIGN = {
    "model-Q4.gguf": "GGUF",
    "model_quantized.onnx": "ONNX",
    "onnx/model.onnx": "ONNX",
    "saved_model.pb": "TensorFlow",
    "bert_model.ckpt.index": "TensorFlow",
    "openvino_model.bin": "OpenVINO",
    "weights.npz": "NumPy",
}


@pytest.mark.parametrize(("name", "program"), FOREIGN.items())
def test_weights_of_other_programs_are_named(
    tmp_path: Path, pretrained: Path, name: str, program: str
) -> None:
    """By their folder, with a config and without, and by the file's own name."""
    for folder in (tmp_path / "alone", shutil.copytree(pretrained, tmp_path / "whole")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"GGUF" * 50)
        for place in (folder, folder / name):
            with pytest.raises(ModelError, match=rf"weights of .*{program}"):
                answers(place, pretrained)


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "last.ckpt"])
def test_any_link_to_nothing_is_called_one(
    tmp_path: Path, model: PreTrainedModel, name: str
) -> None:
    """As in a hub cache that was cleaned."""
    folder = save_folder(tmp_path / "m", model)
    if name == "last.ckpt":
        (folder / "model.safetensors").unlink()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "gone")
    with pytest.raises(ModelError, match=rf"{name} is a link to a file that is not there"):
        answers(folder)


def test_the_side_that_a_tokenizer_cuts_is_its_own(tmp_path: Path, model: PreTrainedModel) -> None:
    """``truncation_side``, with torch and exported."""
    folder = save_folder(tmp_path / "m", model)
    options = {"tokenizer_class": "BertTokenizer", "do_lower_case": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(options))
    text = "지루하고 최악 " * 40 + "이 영화는 정말 최고다! 배우들 연기 좋아요 " * 4
    right = loader.load(folder, "", 16, "torch").tokenize(text)[0]
    options |= {"truncation_side": "left"}
    (folder / "tokenizer_config.json").write_text(json.dumps(options))
    theirs = AutoTokenizer.from_pretrained(folder)(text, truncation=True, max_length=16)
    for backend in ("torch", "onnx"):
        found = loader.load(folder, "", 16, backend).tokenize(text)[0]
        assert found == theirs["input_ids"] != right


def test_a_tokenizer_json_alone_is_read_as_it_is_written(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray
) -> None:
    """BERT's class would lower-case and take Hangul apart; other pieces are no obstacle."""
    folder = save_folder(tmp_path / "m", model)
    write_tokenizer(folder)
    (folder / "vocab.txt").unlink()
    assert sorted(file.suffix for file in folder.iterdir()) == [".json", ".json", ".safetensors"]
    assert answers(folder) == pytest.approx(expected, abs=1e-6)
    file = folder / "tokenizer.json"
    content = json.loads(file.read_text("utf-8"))
    vocabulary = content["model"]["vocab"]
    content["model"] = {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    file.write_text(json.dumps(content), "utf-8")
    found = loader.load(folder, "", 64, "torch").tokenize("영화 최고 좋")[0]
    assert found == [2, *(vocabulary[word] for word in ("영화", "최고", "좋")), 3]


def test_token_types_may_be_those_of_all_words(tmp_path: Path, model: PreTrainedModel) -> None:
    """Words that no sentence of ours has, too; [CLS] has a type of its own."""
    folder = save_folder(tmp_path / "m", model)
    write_tokenizer(folder, single="[CLS]:0 $A:1 [SEP]:1")
    names = ["input_ids", "token_type_ids", "attention_mask"]
    options = {"tokenizer_class": "PreTrainedTokenizerFast", "model_input_names": names}
    (folder / "tokenizer_config.json").write_text(json.dumps(options), "utf-8")
    inputs = AutoTokenizer.from_pretrained(folder)("Good movie", return_tensors="pt")
    assert inputs["token_type_ids"].tolist() == [[0, 1, 1, 1]]
    with torch.inference_mode():
        right = model(**inputs).logits.softmax(1)[0]
    [answer] = loader.load(folder, "", 64, "torch").predict(["Good movie"])
    assert answer.probabilities == pytest.approx(right.tolist(), abs=1e-6)


def write_tokenizer(folder: Path, single: str = "") -> None:
    """A cased ``tokenizer.json`` of the folder's ``vocab.txt``."""
    tokenizer = read_tokenizer(folder)
    if single:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=single, special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
    tokenizer.save(str(folder / "tokenizer.json"))


def test_a_token_that_the_model_never_learnt_is_left_out(tmp_path: Path) -> None:
    """GPT-2's padding, added to the tokenizer alone; its name is a text like any other."""
    model = make_model(initializer_range=0.3)
    folder = save_folder(tmp_path / "m", model)
    rows = answers(folder)
    options = {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "eos_token": "<end>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(options))
    assert len(AutoTokenizer.from_pretrained(folder)) == model.config.vocab_size + 1
    assert answers(folder) == pytest.approx(rows, abs=1e-6)
    loader.load(folder, "", 16, "torch").predict(["<end>"])


def test_eight_bits_are_a_choice_and_each_sentence_is_alone(
    tmp_path: Path, model: PreTrainedModel, expected: np.ndarray
) -> None:
    """By default as the checkpoint; fast says its shift, and neighbours change nothing at all."""
    folder = save_folder(tmp_path / "m", model)
    said: list[str] = []
    exact = loader.load(folder, "", 64, say=said.append)
    found = np.array([answer.probabilities for answer in exact.predict(TEXTS)])
    assert found == pytest.approx(expected, abs=1e-5)
    assert not any("8 bits" in message for message in said)
    fast = loader.load(folder, "", 64, precision="fast", say=said.append)
    assert any("In 8 bits: Δp" in message for message in said)
    assert fast.facts.shift is not None
    together = [answer.probabilities for answer in fast.predict(TEXTS * 5)]
    alone = [fast.predict([text])[0].probabilities for text in TEXTS * 5]
    assert together == alone
    with pytest.raises(SettingsError, match="no 8 bits"):
        loader.load(folder, "", 64, "torch", precision="fast")
