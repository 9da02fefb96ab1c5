"""Commands with other labels than the book's pair, on a little BERT that has its own."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sentiment.commands.cli import main
from sentiment.model import loader
from sentiment.tables.answers import TOLD
from tests.kit.checkpoints import make_model, save_folder

THREE = ("negative", "neutral", "positive")
HATE = ("clean", "hate")
TEXTS = ("정말 재미있어요", "정말 지루하다", "배우들 연기가 좋아요", "최악 최악 영화", "진짜 좋다")


def folder_of(place: Path, names: tuple[str, ...]) -> Path:
    """A model folder whose config names the labels."""
    return save_folder(
        place,
        make_model(
            num_labels=len(names),
            id2label=dict(enumerate(names)),
            label2id={name: index for index, name in enumerate(names)},
        ),
    )


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of negative, neutral and positive."""
    return folder_of(tmp_path_factory.mktemp("three") / "three", THREE)


@pytest.fixture(scope="module")
def hate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of clean and hate."""
    return folder_of(tmp_path_factory.mktemp("hate") / "hate", HATE)


def run(*arguments: object, code: int = 0, given: str | None = None) -> Result:
    """What a command prints; it ends with that exit code."""
    done = CliRunner().invoke(main, list(map(str, arguments)), input=given)
    assert done.exit_code == code, done.output
    return done


def table(place: Path, rows: list[tuple[str, str]]) -> Path:
    """A CSV of texts and labels."""
    lines = ["text,label", *(f"{text},{label}" for text, label in rows)]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def answers(model: Path) -> list[Any]:
    """What the model answers to `TEXTS`."""
    return loader.load(model, backend="torch").predict(TEXTS)


def test_predict_tells_labels_by_name(three: Path, hate: Path) -> None:
    """In both languages where they are known, and under their own names."""
    known = run("predict", "--model", three, "--backend", "torch", TEXTS[0]).stdout
    assert any(word in known for word in ("부정 negative", "중립 neutral", "긍정 positive"))
    lines = run("predict", "--json", "--explain", "--model", hate, "--backend", "torch", *TEXTS)
    for line, expected in zip(lines.stdout.splitlines(), answers(hate), strict=True):
        told = json.loads(line)
        assert told["label"] == expected.label
        assert told["probabilities"] == expected.by_name
        assert told["explanation"]["label"] == expected.label
        assert not {"positive", "negative"} & told.keys()
    plain = run("predict", "--explain", "--model", hate, "--backend", "torch", *TEXTS).stdout
    assert not any(word in plain for word in ("긍정", "부정", "positive", "negative"))


def test_classify_has_a_column_for_each_label(three: Path, tmp_path: Path) -> None:
    """And counts rows by label; those of a label that the model lacks are told apart."""
    right = [answer.label for answer in answers(three)]
    file = table(tmp_path / "in.csv", [*zip(TEXTS, right, strict=True), (TEXTS[0], "spam")])
    told = run(
        *("classify", file, "-o", tmp_path / "out.csv", "--model", three, "--backend", "torch")
    )
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert list(rows[0])[2:] == ["label_2", "positive", "neutral", "negative", *TOLD]
    for row, expected in zip(rows, answers(three), strict=False):
        assert row["label_2"] == expected.label
        for name, share in expected.by_name.items():
            assert float(row[name]) == pytest.approx(share, abs=2e-6)
    assert "100.00%" in told.stderr
    assert "lacks, not counted: spam 1" in told.stderr


def test_evaluate_measures_every_label(three: Path, tmp_path: Path) -> None:
    """Macro F1, each label, the confusion matrix; what the model lacks is counted apart."""
    right = [answer.label for answer in answers(three)]
    said = dict.fromkeys(THREE, 0) | {name: right.count(name) for name in right}
    wrong = next(name for name in THREE if name != right[0])
    rows = [*zip(TEXTS, right, strict=True), (TEXTS[0], wrong)] * 2 + [("영화", "spam")]
    file = table(tmp_path / "in.csv", rows)
    options = ("evaluate", file, "--model", three, "--backend", "torch")
    found = json.loads(run(*options, "--json").stdout)
    assert [each["label"] for each in found["labels"]] == list(THREE)
    assert found["lacking"] == {"spam": 1}
    assert (found["sentences"], found["accuracy"]["right"]) == (12, 10)
    assert sum(map(sum, found["confusion"])) == 12
    assert found["confusion"][THREE.index(wrong)][THREE.index(right[0])] == 2
    f1 = [each["f1"] for each in found["labels"] if each["sentences"]]
    assert found["macro_f1"] == pytest.approx(sum(f1) / len(f1))
    assert found["mistakes"][0]["answers"] == [right[0]]
    assert said
    text = run(*options, "--report", tmp_path / "report.html").stdout
    for part in ("매크로 F1 · Macro F1", "중립 neutral", "the model lacks: spam 1"):
        assert part in text
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "중립" in page
    assert "ROC 곡선" not in page


def test_a_file_without_the_models_labels_is_refused_with_what_it_has(
    hate: Path, three: Path, tmp_path: Path
) -> None:
    """Nothing is folded into another label."""
    file = table(tmp_path / "in.csv", [(text, HATE[i % 2]) for i, text in enumerate(TEXTS * 2)])
    run("evaluate", file, "--model", hate, "--backend", "torch")
    told = run("evaluate", file, "--model", three, "--backend", "torch", code=2).stderr
    assert "hate" in told
    assert "clean" in told


def test_two_models_of_other_labels_are_compared_by_name(
    three: Path, hate: Path, tmp_path: Path
) -> None:
    """The other is right nowhere, as its labels are others."""
    right = [answer.label for answer in answers(three)]
    file = table(tmp_path / "in.csv", list(zip(TEXTS, right, strict=True)))
    options = ("evaluate", file, "--model", three, "--against", hate, "--backend", "torch")
    found = json.loads(run(*options, "--json").stdout)["against"]
    assert (found["only_this"], found["only_other"], found["both"]) == (5, 0, 0)
    assert set(found["flips"][0]["answers"]) & set(HATE)
    assert "→" in run(*options).stdout


def test_three_labels_are_calibrated(three: Path, tmp_path: Path) -> None:
    """The band is written as it is of a confidence, and read back."""
    model = folder_of(tmp_path / "model", THREE)
    rows = [(f"{text} {i}", THREE[(i + j) % 3]) for i in range(12) for j, text in enumerate(TEXTS)]
    file = table(tmp_path / "dev.csv", rows)
    run("calibrate", "--model", model, "--data", file, "--write")
    band = json.loads((model / "config.json").read_text("utf-8"))["unsure"]
    assert band[0] in (0, 0.5)
    assert loader.load(model, backend="torch").unsure == tuple(band)


def test_labels_of_the_data_are_trained_and_named_in_the_config(tmp_path: Path) -> None:
    """From a table with words of its own to a folder that is served under them."""
    pytest.importorskip("pytorch_lightning", reason="pip install -r requirements-dev.txt")
    base = save_folder(tmp_path / "base", make_model())
    names = ("기쁨", "분노", "슬픔")
    rows = [(f"{text} {i}", names[i % 3]) for i in range(12) for text in TEXTS]
    file = table(tmp_path / "emotions.csv", rows)
    options = ("--epochs", "1", "--batch", "8", "--max-seq-length", "16")
    told = run(
        *("train", "--corpus", file, "--pretrained", base, "--label-column", "label"),
        *("--output", tmp_path / "out", *options),
    )
    assert "기쁨" in told.stderr
    config = json.loads((tmp_path / "out" / "config.json").read_text("utf-8"))
    assert config["id2label"] == {"0": "기쁨", "1": "분노", "2": "슬픔"}
    model = loader.load(tmp_path / "out", backend="torch")
    assert model.labels.names == names
    evaluated = run("evaluate", file, "--model", tmp_path / "out", "--backend", "torch").stdout
    assert "기쁨" in evaluated


def test_an_export_agrees_on_every_label(three: Path, tmp_path: Path) -> None:
    """Its manifest names them, and shifts are over all of them."""
    run("export", three, "-o", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    exact = manifest["agreement"]["model.onnx"]
    assert exact["largest_shift"] <= 1e-5
    fast = loader.load(tmp_path / "out").predict(TEXTS)
    for answer, expected in zip(fast, answers(three), strict=True):
        assert answer.label == expected.label
        assert answer.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
