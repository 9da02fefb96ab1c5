"""An exported folder is whole or not there, says what it is worth, and needs no torch."""

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel

from sentiment.commands.cli import main
from sentiment.errors import ModelError
from sentiment.model import loader
from sentiment.model.digest import fingerprint, sha256
from sentiment.model.export.manifest import FLOAT32, INT8, MANIFEST, read_manifest
from tests.kit.checkpoints import WORDS, make_model, save_checkpoint, save_folder, save_pretrained

SENTENCES = ["이 영화는 정말 최고다!", "지루하고 최악", "배우들 연기 좋아요"]
ALWAYS = {
    *("config.json", MANIFEST, "model.safetensors"),
    *("tokenizer.json", "tokenizer_config.json", "vocab.txt"),
}


def export(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def names(folder: Path) -> set[str]:
    """What is in a folder, hidden or not."""
    return {path.name for path in folder.iterdir()}


def confident_model() -> PreTrainedModel:
    """A random model whose answers differ so much that 8 bits do not turn them."""
    return make_model(initializer_range=0.3)


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    """A text file to compare on."""
    file = tmp_path / "sentences.txt"
    file.write_text("\n".join(SENTENCES), encoding="utf-8")
    return file


@pytest.fixture
def exported(tmp_path: Path, sentences: Path) -> Path:
    """An export of a little checkpoint."""
    model = confident_model()
    checkpoint = save_checkpoint(tmp_path / "val_loss=0.40.ckpt", model)
    pretrained = save_pretrained(tmp_path / "pretrained", model)
    folder = tmp_path / "exported"
    result = export(checkpoint, "--pretrained", pretrained, "-o", folder, "--sentences", sentences)
    assert result.exit_code == 0, result.output
    return folder


def test_a_checkpoint_becomes_a_whole_folder(exported: Path) -> None:
    """Every file is in the manifest with its sha256, and nothing else is left lying about."""
    manifest = read_manifest(exported)
    assert names(exported) == ALWAYS | {FLOAT32, INT8}
    assert {file: sha256(exported / file) for file in manifest.files} == manifest.files
    assert set(manifest.files) == names(exported) - {MANIFEST}
    assert manifest.source == fingerprint([exported.parent / "val_loss=0.40.ckpt"])
    assert manifest.serve == FLOAT32
    assert manifest.agreement[FLOAT32].largest_shift <= 1e-5
    assert manifest.agreement[INT8].same_labels == 1
    assert manifest.agreement[INT8].sentences == len(SENTENCES)
    assert manifest.agreement[INT8].name == "sentences.txt"
    assert not [name for name in names(exported.parent) if name.startswith(".")]


def test_it_serves_without_torch_and_transformers(exported: Path) -> None:
    """In a fresh process, from import to answer; the answer is the model's."""
    code = (
        "import sys; from sentiment.model.loader import load\n"
        "c = load(sys.argv[1], '', 128, 'onnx');"
        "print(c.predict([sys.argv[2]])[0].positive, {'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(exported), SENTENCES[0]],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    positive, imported = done.stdout.split(" ", 1)
    [expected] = loader.load(str(exported), "", 128, "torch").predict(SENTENCES[:1])
    assert float(positive) == pytest.approx(expected.positive, abs=0.05)
    assert imported == "set()\n"
    assert done.stderr == ""


def test_transformers_reads_it_too(exported: Path) -> None:
    """The folder is a Hugging Face folder as well: same tokens, same logits, labels by name."""
    model = AutoModelForSequenceClassification.from_pretrained(exported)
    inputs = AutoTokenizer.from_pretrained(exported)(SENTENCES[0], return_tensors="pt")
    with torch.inference_mode():
        probabilities = model(**inputs).logits.softmax(1)[0]
    [expected] = loader.load(str(exported), "", 128, "torch").predict(SENTENCES[:1])
    assert float(probabilities[1]) == pytest.approx(expected.positive, abs=1e-6)
    assert model.config.id2label == {0: "negative", 1: "positive"}


def test_no_more_tokens_are_read_than_there_are_positions(exported: Path) -> None:
    """The limit is known without the config."""
    classifier = loader.load(str(exported), "", 500, "auto")
    assert classifier.max_seq_length == 64
    assert classifier.predict(["영화 " * 1000])[0].tokens_total == 1002


def test_int8_only_keeps_the_weights_as_they_were(tmp_path: Path) -> None:
    """Half precision stays half, and the full-precision graph is left out."""
    source = save_folder(tmp_path / "half", confident_model().half())
    folder = tmp_path / "small"
    result = export(source, "-o", folder, "--int8-only")
    assert result.exit_code == 0, result.output
    assert names(folder) == ALWAYS | {INT8}
    assert sha256(folder / "model.safetensors") == sha256(source / "model.safetensors")


def test_exact_only_keeps_half_precision_and_answers_as_it(tmp_path: Path) -> None:
    """The graph points into weights in half precision: half the size, the same answers."""
    source = save_folder(tmp_path / "half", confident_model().half())
    folder = tmp_path / "exact"
    result = export(source, "-o", folder, "--exact-only")
    assert result.exit_code == 0, result.output
    assert names(folder) == ALWAYS | {FLOAT32}
    assert sha256(folder / "model.safetensors") == sha256(source / "model.safetensors")
    assert read_manifest(folder).agreement[FLOAT32].largest_shift <= 1e-5
    served, by_torch = (loader.load(str(folder), "", 128, way) for way in ("onnx", "torch"))
    for one, other in zip(served.predict(SENTENCES), by_torch.predict(SENTENCES), strict=True):
        assert one.positive == pytest.approx(other.positive, abs=1e-5)


def test_exact_only_writes_weights_of_other_names_anew(tmp_path: Path) -> None:
    """A graph can't point to tensors that are called otherwise than the model's own."""
    source = save_folder(tmp_path / "model", confident_model().half())
    file = source / "model.safetensors"
    tensors = load_file(file)
    renamed = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma"): tensors[name] for name in tensors
    }
    save_file(renamed, file, {"format": "pt"})
    result = export(source, "-o", tmp_path / "exact", "--exact-only")
    assert result.exit_code == 0, result.output
    assert sha256(tmp_path / "exact" / "model.safetensors") != sha256(file)
    [answer] = loader.load(str(tmp_path / "exact")).predict(SENTENCES[:1])
    [expected] = loader.load(str(source), backend="torch").predict(SENTENCES[:1])
    assert answer.positive == pytest.approx(expected.positive, abs=1e-5)


@pytest.mark.parametrize("asks", [["--int8-only"], ["--precision", "fast"]])
def test_only_one_form_can_be_the_only_one(
    tmp_path: Path, made_folder: Path, asks: list[str]
) -> None:
    """Both together would leave nothing, or a folder that serves a file that it lacks."""
    result = export(made_folder, "-o", tmp_path / "none", "--exact-only", *asks)
    assert result.exit_code == 2
    assert "makes no 8-bit form" in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_folder_can_be_exported_in_its_place(tmp_path: Path) -> None:
    """A model's own folder gains what it needs to serve; its weights and other files stay."""
    folder = save_folder(tmp_path / "model", confident_model().half())
    (folder / "README.md").write_text("about this model")
    weights = sha256(folder / "model.safetensors")
    result = export(folder, "-o", folder, "--int8-only")
    assert result.exit_code == 0, result.output
    assert names(folder) == ALWAYS | {INT8, "README.md"}
    assert sha256(folder / "model.safetensors") == weights
    assert names(tmp_path) == {"model"}


def coarse_model() -> PreTrainedModel:
    """A model that 8 bits ruin: one huge value, which is then ignored, swallows all others."""
    model = confident_model()
    for layer in model.bert.encoder.layer:
        layer.intermediate.dense.bias.data[0] = 3000.0
        layer.output.dense.weight.data[:, 0] = 0.0
    ids = torch.randint(0, len(WORDS), (100, 8))
    with torch.inference_mode():
        logits = model(ids).logits
    model.classifier.bias.data[1] -= (logits[:, 1] - logits[:, 0]).median()  # few are sure
    return model


def test_int8_that_disagrees_is_not_published(tmp_path: Path) -> None:
    """Full precision is served instead, which is said and stands in the manifest."""
    source = save_folder(tmp_path / "coarse", coarse_model())
    folder = tmp_path / "exported"
    sentences = tmp_path / "sentences.txt"
    known = [word for word in WORDS if word.isalpha()]
    sentences.write_text("\n".join(f"{a} {b}" for a in known for b in known), encoding="utf-8")
    result = export(source, "-o", folder, "--sentences", sentences)
    assert result.exit_code == 0, result.output
    assert "int8 disagrees and is left out" in result.stderr
    manifest = read_manifest(folder)
    assert manifest.serve == FLOAT32
    assert manifest.agreement[INT8].same_labels < 0.995
    assert INT8 not in names(folder) | set(manifest.files)
    refused = export(source, "-o", tmp_path / "small", "--int8-only", "--sentences", sentences)
    assert refused.exit_code == 2
    assert "Export it without --int8-only" in refused.stderr
    assert not (tmp_path / "small").exists()


def test_what_is_no_export_is_never_overwritten(tmp_path: Path, made_folder: Path) -> None:
    """Neither a folder with something in it nor a file."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        result = export(made_folder, "-o", tmp_path / name)
        assert result.exit_code == 2
        assert "left alone" in result.stderr
    assert names(tmp_path / "mine") == {"thesis.txt"}


def test_an_export_is_replaced_and_files_beside_it_stay(exported: Path, sentences: Path) -> None:
    """Exporting again takes the place of the old files; a README put there is kept."""
    (exported / "README.md").write_text("about this model")
    result = export(exported, "-o", exported, "--sentences", sentences, "--int8-only")
    assert result.exit_code == 0, result.output
    assert names(exported) == ALWAYS | {INT8, "README.md"}
    assert names(exported.parent) >= {"exported"}
    assert not [name for name in names(exported.parent) if name.startswith(".")]


KILLED = """
import os, signal, sys
from pathlib import Path
from sentiment.evaluation.sentences import read_sentences
from sentiment.model.export.writing import export
from sentiment.model.loader import find
from sentiment.model.checkpoints.restore import restore

def say(message):
    if "Comparing" in message:  # everything but the manifest is written
        os.kill(os.getpid(), signal.SIGKILL)

source = find(sys.argv[1], "")
export(source, restore(source), Path(sys.argv[2]), read_sentences(None), say)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_half_way_publishes_nothing(tmp_path: Path, made_folder: Path) -> None:
    """The target is not there, and a later export is not disturbed by what is left."""
    target = tmp_path / "out" / "exported"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(made_folder), str(target)],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode < 0
    assert not target.exists()
    source = save_folder(tmp_path / "m", confident_model())
    assert export(source, "-o", target).exit_code == 0
    assert (target / MANIFEST).is_file()


def damage(folder: Path, file: str) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)


@pytest.mark.parametrize("file", [FLOAT32, "model.safetensors", "tokenizer.json"])
def test_a_changed_file_is_refused(exported: Path, file: str) -> None:
    """One bit is enough; the message says what to do."""
    damage(exported, file)
    with pytest.raises(ModelError, match="not the file that was exported"):
        loader.load(str(exported), "", 128, "auto")


@pytest.mark.parametrize("change", [{"version": 99}, {"files": None, "more": 1}])
def test_a_manifest_of_another_version_is_refused(exported: Path, change: dict[str, int]) -> None:
    """A folder of a later program is not guessed at."""
    file = exported / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(ModelError, match="of another version"):
        loader.load(str(exported), "", 128, "onnx")


def test_real_reviews_are_compared_with_their_labels(
    shared: Path, tiny_checkpoints: Path, tiny_pretrained: Path, tmp_path: Path
) -> None:
    """The real checkpoint on real reviews: 8 bits lose neither labels nor accuracy."""
    reviews = tmp_path / "reviews.tsv"
    packed = shared / "data" / "naver-movie-reviews" / "dev.tsv.xz"
    with lzma.open(packed, "rt", encoding="utf-8", newline="\n") as lines:
        reviews.write_text("".join(next(lines) for _ in range(2001)), encoding="utf-8")
    folder = tmp_path / "exported"
    result = export(
        *(tiny_checkpoints, "--pretrained", tiny_pretrained),
        *("-o", folder, "--sentences", reviews),
    )
    assert result.exit_code == 0, result.output
    agreement = read_manifest(folder).agreement
    assert agreement[FLOAT32].largest_shift <= 1e-5
    assert agreement[INT8].same_labels >= 0.995
    assert agreement[INT8].accuracy is not None
    assert agreement[INT8].reference_accuracy == agreement[FLOAT32].reference_accuracy
