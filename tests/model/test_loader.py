"""Models of every layout are restored, whole or not at all; each failure is one clear message."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, BertTokenizer

from sentiment.errors import ModelError, SettingsError
from sentiment.model import loader
from sentiment.model.checkpoints.words import read_tokenizer
from tests.kit.checkpoints import (
    make_model,
    save_checkpoint,
    save_folder,
    save_pretrained,
    save_vocabulary,
)

SENTENCE = "이 영화는 정말 최고다!"


def expected_logits(model: torch.nn.Module, folder: Path) -> list[float]:
    """What transformers alone makes of `SENTENCE`: its own tokenizer, its own call."""
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), do_lower_case=False)
    with torch.inference_mode():
        logits: torch.Tensor = model(**tokenizer(SENTENCE, return_tensors="pt")).logits
    return [float(probability) for probability in logits.softmax(1)[0]]


@pytest.mark.parametrize("kind", ["bert", "electra"])
@pytest.mark.parametrize("layout", ["ckpt", "folder of ckpt", "safetensors", "bin", "half"])
def test_every_layout_gives_the_model_that_was_saved(
    tmp_path: Path, kind: str, layout: str
) -> None:
    """BERT and ELECTRA answer as transformers does with the model that was saved."""
    model = make_model(kind)
    pretrained = save_pretrained(tmp_path / "pretrained", model)
    place = tmp_path / "model"
    if layout == "ckpt":
        place = save_checkpoint(place / "epoch=0-val_loss=0.40.ckpt", model)
    elif layout == "folder of ckpt":
        save_checkpoint(place / "epoch=0-val_loss=0.50.ckpt", make_model(kind, hidden_size=8))
        save_checkpoint(place / "epoch=1-val_loss=0.40.ckpt", model)
    elif layout == "bin":
        save_pretrained(place, model)
        torch.save(model.state_dict(), place / "pytorch_model.bin")
    else:
        save_folder(place, model.half() if layout == "half" else model)
        model.float()
    [answer] = loader.load(str(place), str(pretrained), 128, "torch").predict([SENTENCE])
    expected = expected_logits(model, pretrained)
    assert [answer.negative, answer.positive] == pytest.approx(expected, abs=1e-6)


def test_name_is_what_people_know_and_no_path(tmp_path: Path, made_folder: Path) -> None:
    """A checkpoint goes by its file, a folder by its own name, however it was written."""
    file = save_checkpoint(tmp_path / "runs" / "val_loss=0.40.ckpt", make_model())
    assert loader.load(str(file.parent), str(made_folder), 32, "torch").name == "val_loss=0.40.ckpt"
    assert loader.load(str(made_folder), "", 32, "torch").name == "made-model"
    assert loader.load(f"{made_folder}/../made-model/.", "", 32, "torch").name == "made-model"


@pytest.mark.parametrize(("asked", "read"), [(3, 3), (40, 40), (64, 64), (500, 64)])
def test_no_more_tokens_are_read_than_the_model_has_positions(
    made_folder: Path, asked: int, read: int
) -> None:
    """The limit is the lower of what was asked for and what the model can."""
    classifier = loader.load(str(made_folder), "", asked, "torch")
    [prediction] = classifier.predict(["영화 " * 1000])
    assert classifier.max_seq_length == read
    assert prediction.tokens_read == read
    assert prediction.tokens_total == 1002


def test_too_few_tokens_are_refused(made_folder: Path) -> None:
    """Fewer than three leave no room for a word."""
    with pytest.raises(SettingsError, match="Set --max-seq-length to 3 or more"):
        loader.load(str(made_folder), "", 2, "torch")


def test_wrong_pretrained_names_keys_and_cause(tmp_path: Path) -> None:
    """Other layers and widths: some keys of each kind, and --pretrained as the likely cause."""
    file = save_checkpoint(tmp_path / "x.ckpt", make_model())
    more = make_model(num_hidden_layers=3, max_position_embeddings=32)
    with pytest.raises(ModelError) as caught:
        loader.load(str(file), str(save_pretrained(tmp_path / "more", more)), 128, "torch")
    message = str(caught.value)
    assert "Missing: bert.encoder.layer.2.attention.output.LayerNorm.bias" in message
    assert "bert.encoder.layer.2.attention.output.dense.bias" in message
    assert "(+13);" in message
    assert "bert.embeddings.position_embeddings.weight [64, 16] ≠ [32, 16]" in message
    assert "--pretrained is not the model that was fine-tuned" in message
    fewer = save_pretrained(tmp_path / "fewer", make_model(num_hidden_layers=1))
    with pytest.raises(ModelError, match=r"not known: bert\.encoder\.layer\.1\."):
        loader.load(str(file), str(fewer), 128, "torch")
    electra = save_pretrained(tmp_path / "electra", make_model("electra"))
    with pytest.raises(ModelError, match=r"another kind of model \(bert\).* \(electra\)"):
        loader.load(str(file), str(electra), 128, "torch")


def test_a_refused_model_prints_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The one message is all that is said: no report or progress bar of transformers."""
    file = save_checkpoint(tmp_path / "x.ckpt", make_model())
    with pytest.raises(ModelError):
        loader.load(str(file), str(save_pretrained(tmp_path / "p", make_model(hidden_size=8))), 128)
    assert capfd.readouterr() == ("", "")


def test_keys_that_the_model_does_not_know_are_refused(tmp_path: Path) -> None:
    """Nothing in a checkpoint is silently left out."""
    model = make_model()
    file = save_checkpoint(tmp_path / "x.ckpt", model)
    content = torch.load(file)
    content["state_dict"]["model.extra.weight"] = torch.ones(1)
    torch.save(content, file)
    with pytest.raises(ModelError, match=r"not known: extra\.weight;"):
        loader.load(str(file), str(save_pretrained(tmp_path / "p", model)), 128, "torch")


def test_a_regression_is_refused(tmp_path: Path) -> None:
    """The count of labels comes from the weights, whatever the config says."""
    model = make_model(num_labels=1)
    with pytest.raises(ModelError, match="regression, 1 label"):
        loader.load(save_folder(tmp_path / "m", model), "", 128, "torch")
    file = save_checkpoint(tmp_path / "x.ckpt", model)
    with pytest.raises(ModelError, match="regression, 1 label"):
        loader.load(file, save_pretrained(tmp_path / "p", make_model()), 128)


def test_a_bare_language_model_is_refused(tmp_path: Path) -> None:
    """A missing classifier is never made up."""
    folder = save_vocabulary(tmp_path / "m")
    AutoModel.from_config(make_model().config).save_pretrained(folder)
    with pytest.raises(ModelError, match="has no classifier"):
        loader.load(str(folder), "", 128, "torch")


def change_json(file: Path, **changes: object) -> None:
    """Overwrite fields of a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text()) | changes), encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda m: (m / "model.safetensors").unlink(), "but no weights"),
    "truncated weights": (
        lambda m: (m / "model.safetensors").write_bytes(
            (m / "model.safetensors").read_bytes()[:-9]
        ),
        "can't be read as a checkpoint",
    ),
    "empty weights": (
        lambda m: (m / "model.safetensors").write_bytes(b""),
        "can't be read as a checkpoint",
    ),
    "config is no JSON": (
        lambda m: (m / "config.json").write_text("<html>"),
        "No classifier can be built",
    ),
    "unknown kind of model": (
        lambda m: change_json(m / "config.json", model_type="nonsense"),
        "No classifier can be built",
    ),
    "a model of pictures": (
        lambda m: change_json(m / "config.json", model_type="vit"),
        "No classifier can be built",
    ),
    "impossible numbers": (
        lambda m: change_json(m / "config.json", num_attention_heads=5),
        "No classifier can be built",
    ),
    "words for numbers": (
        lambda m: change_json(m / "config.json", hidden_size="wide"),
        "No classifier can be built",
    ),
    "no tokenizer": (lambda m: (m / "vocab.txt").unlink(), "has no tokenizer"),
    "broken tokenizer": (
        lambda m: (m / "tokenizer.json").write_text("{}"),
        "tokenizer in .* can't be read",
    ),
    "vocabulary without CLS": (
        lambda m: (m / "vocab.txt").write_text("a\nb\n"),
        "tokenizer in .* can't be read",
    ),
    "another vocabulary": (
        lambda m: (m / "vocab.txt").write_text(
            (m / "vocab.txt").read_text("utf-8") + "more\nand more\n", encoding="utf-8"
        ),
        "they do not belong together",
    ),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_folder_gets_one_clear_message(
    tmp_path: Path, made_folder: Path, damage: Callable[[Path], object], message: str
) -> None:
    """Whatever is wrong with a file of it; the message ends with a next step."""
    folder = Path(shutil.copytree(made_folder, tmp_path / "m"))
    damage(folder)
    with pytest.raises(ModelError, match=message) as caught:
        loader.load(str(folder), "", 128, "torch")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_code_of_a_config_is_never_run(tmp_path: Path, made_folder: Path) -> None:
    """A folder that brings its own modelling code is refused without a question or a run."""
    folder = Path(shutil.copytree(made_folder, tmp_path / "m"))
    marker = tmp_path / "ran"
    change_json(
        folder / "config.json",
        model_type="own",
        auto_map={
            "AutoConfig": "own.Config",
            "AutoModelForSequenceClassification": "own.Model",
        },
    )
    (folder / "own.py").write_text(f"open({str(marker)!r}, 'w')\n")
    with pytest.raises(ModelError, match="code of its own, which is never run"):
        loader.load(str(folder), "", 128, "torch")
    assert not marker.exists()


class RunsCommand:
    """Writes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"echo ran > {self.marker}",)


def test_a_bin_file_that_runs_a_command_is_refused(tmp_path: Path) -> None:
    """In a Hugging Face folder as in a checkpoint: named, and nothing runs."""
    folder = save_pretrained(tmp_path / "m", make_model())
    marker = tmp_path / "ran"
    torch.save({"x": RunsCommand(marker)}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"system.* could run code"):
        loader.load(str(folder), "", 128, "torch")
    assert not marker.exists()


def test_pretrained_must_be_a_folder_or_hub_name(tmp_path: Path) -> None:
    """A missing folder and one without a config are told apart."""
    file = save_checkpoint(tmp_path / "x.ckpt", make_model())
    with pytest.raises(ModelError, match=r"There is no folder .*Set --pretrained"):
        loader.load(str(file), str(tmp_path / "missing"), 128, "torch")
    with pytest.raises(ModelError, match=r"has no config\.json.*Set --pretrained"):
        loader.load(str(file), str(save_vocabulary(tmp_path / "p")), 128, "torch")


HUB = """
import sys
from sentiment.model import loader
from sentiment.errors import ModelError
file, name = sys.argv[1:]
for asked in ((name, ""), (file, name)):
    try:
        loader.load(*asked, 128, "torch")
    except ModelError as error:
        print(error)
"""


@pytest.mark.parametrize(
    "variables",
    [
        {"HF_HUB_OFFLINE": "1"},
        {"HF_ENDPOINT": "http://127.0.0.1:9"},  # nobody listens there
        {"HF_ENDPOINT": "http://no-such-host.invalid"},
    ],
    ids=["offline", "refused", "unknown host"],
)
def test_unreachable_hub_is_one_message(tmp_path: Path, variables: dict[str, str]) -> None:
    """A hub name that can't be fetched, for a model or for what a checkpoint needs."""
    file = save_checkpoint(tmp_path / "x.ckpt", make_model())
    done = subprocess.run(
        [sys.executable, "-c", HUB, str(file), "someone/some-model"],
        env={**os.environ, "HF_HOME": str(tmp_path / "hub"), **variables},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    messages = done.stdout.splitlines()
    assert len(messages) == 2
    for message in messages:
        assert message.startswith("There is no folder someone/some-model here")
        assert message.endswith("downloaded before.")
    assert done.stderr == ""


@pytest.mark.slow
def test_a_downloaded_model_is_found_without_a_connection(
    tmp_path: Path, made_folder: Path
) -> None:
    """What lies in the hub's cache serves offline, under the name on the hub."""
    repository = tmp_path / "hub" / "hub" / "models--someone--some-model"
    shutil.copytree(made_folder, repository / "snapshots" / ("0" * 40))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    code = (
        "import sys; from sentiment.model import loader\n"
        "print(loader.load(*sys.argv[1:], 9, 'torch').name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "someone/some-model", ""],
        env={**os.environ, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "someone/some-model\n"


def test_tokenizer_of_a_vocabulary_is_that_of_transformers(shared: Path) -> None:
    """Over the real kcbert vocabulary, ids equal those of the book's BertTokenizer."""
    folder = shared / "kcbert-base"
    ours = read_tokenizer(folder)
    theirs = BertTokenizer.from_pretrained(folder, do_lower_case=False)
    golden = (shared / "golden" / "tiny-kcbert.jsonl").read_text(encoding="utf-8").splitlines()
    for line in golden:
        sentence = json.loads(line)["response"]["sentence"]
        assert ours.encode(sentence).ids == theirs(sentence)["input_ids"]
    assert ours.encode("아 더빙.. 진짜 짜증나네요 목소리").ids == [
        2, 2170, 832, 5045, 17, 17, 7992, 29734, 4040, 10720, 3,
    ]  # fmt: skip


@pytest.mark.parametrize("lower", [True, False])
def test_tokenizer_config_decides_on_case(tmp_path: Path, lower: bool) -> None:
    """With its vocabulary alone a folder is cased; its own settings are heeded."""
    folder = save_vocabulary(tmp_path / "t")
    cased = read_tokenizer(folder).encode("Good good É").ids
    assert cased == [2, *BertTokenizer(str(folder / "vocab.txt"), do_lower_case=False)(
        "Good good É", add_special_tokens=False
    )["input_ids"], 3]  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower}))
    theirs = BertTokenizer(str(folder / "vocab.txt"), do_lower_case=lower)
    ours = read_tokenizer(folder).encode("Good good É").ids
    assert ours == theirs("Good good É")["input_ids"]
    assert (ours == cased) is not lower


@pytest.mark.parametrize("lower", [True, False])
def test_tokenizer_file_is_preferred_and_its_case_overruled(tmp_path: Path, lower: bool) -> None:
    """A fast tokenizer is used as it is, only lowered or not as its folder's settings say."""
    folder = save_vocabulary(tmp_path / "t")
    BertTokenizer(str(folder / "vocab.txt"), do_lower_case=True).save_pretrained(folder)
    (folder / "vocab.txt").unlink()
    change_json(folder / "tokenizer_config.json", do_lower_case=lower)
    ours, theirs = read_tokenizer(folder), AutoTokenizer.from_pretrained(folder)
    for sentence in (SENTENCE, "Good GOOD good"):
        assert ours.encode(sentence).ids == theirs(sentence)["input_ids"]


def test_loader_is_light_until_it_loads() -> None:
    """Importing it does not import torch or transformers: --help must answer at once."""
    code = "import sys, sentiment.model.loader; print({'torch', 'transformers'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_a_warning_and_the_newest_without_val_loss(
    tmp_path: Path, made_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder with only a last.ckpt is served, with a warning."""
    save_checkpoint(tmp_path / "last.ckpt", make_model())
    with caplog.at_level(logging.WARNING):
        assert loader.load(str(tmp_path), str(made_folder), 32, "torch").name == "last.ckpt"
    assert "has a val_loss=" in caplog.text
