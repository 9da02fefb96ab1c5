"""``python -m sentiment evaluate``, as it is typed, and the page that it writes."""

import json
import re
import shutil
import sys
import tracemalloc
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from sentiment.commands.cli import main
from sentiment.evaluation.answers import Answers
from sentiment.model.loader import load
from sentiment.model.measurements import read
from tests.kit.checkpoints import make_model, save_folder
from tests.kit.small import small_classifier

Run = Callable[..., Result]

MARKUP = "최고 <script>alert(1)</script> & 재미있어요"
ROWS = [
    (MARKUP, 1),
    ("정말 최악", 0),
    ("지루했어요", 0),
    ("좋아요 정말", 1),
    ("배우들 연기", "중립"),
]


@pytest.fixture
def run(made_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on the made model."""
    monkeypatch.setenv("SENTIMENT_MODEL", str(made_folder))

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four labelled sentences, and one with a label that is none."""
    lines = ["text\tlabel", *(f"{text}\t{label}" for text, label in ROWS)]
    path = tmp_path / "made.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made model with its two labels exchanged: it answers everything the other way."""
    model = make_model()
    with torch.no_grad():
        model.classifier.weight.copy_(model.classifier.weight.flip(0).clone())
    return save_folder(tmp_path_factory.mktemp("models") / "other-model", model)


def test_the_table_says_what_was_judged_and_how_well(run: Run, file: Path) -> None:
    """In both languages; the row that was left out is counted."""
    result = run(file, "--robust")
    assert result.exit_code == 0, result.output
    for text in (
        "4 문장",
        "정확도 · Accuracy",
        "no label: 1",
        "ROC-AUC",
        "짧음",
        "slips",
        "0=negative",
    ):
        assert text in result.stdout


def test_json_holds_every_measure(run: Run, file: Path) -> None:
    """One object that adds up, Korean as it is."""
    found = json.loads(run(file, "--json", "--robust").stdout)
    assert found["sentences"] == found["accuracy"]["of"] == 4
    assert found["unlabelled"] == 1
    assert sum(map(sum, found["confusion"])) == 4
    wrong = found["sentences"] - found["accuracy"]["right"]
    assert len(found["mistakes"]) == wrong
    assert {each["text"] for each in found["mistakes"]} <= {text for text, _ in ROWS}
    assert [group["name"] for group in found["rewritten"]] == ["without_spaces", "with_slips"]
    assert found["per_second"] > 0
    assert found["against"] is None
    assert (found["text_column"], found["label_column"]) == ("text", "label")
    assert found["meanings"] == {"0": "negative", "1": "positive", "중립": "neutral"}


def test_two_models_are_compared_on_the_same_sentences(run: Run, file: Path, other: Path) -> None:
    """One that always says the contrary is right where the first is wrong; every answer flips."""
    found = json.loads(run(file, "--json", "--against", other).stdout)
    against, right = found["against"], found["accuracy"]["right"]
    assert against["other"] == "other-model"
    assert (against["only_this"], against["only_other"]) == (right, 4 - right)
    assert (against["both"], against["neither"]) == (0, 0)
    assert against["difference"] == pytest.approx((2 * right - 4) / 4)
    assert {each["text"] for each in against["flips"]} == {text for text, _ in ROWS[:4]}
    assert "other-model" in run(file, "--against", other).stdout


def test_texts_of_another_file_can_be_left_out(run: Run, file: Path, tmp_path: Path) -> None:
    """The slice of new texts has the others alone."""
    train = tmp_path / "train.tsv"
    train.write_text("text\tlabel\n정말 최악\t0\n처음 보는 말\t1\n", encoding="utf-8")
    found = json.loads(run(file, "--json", "--without", train).stdout)
    [new] = [group for group in found["slices"] if group["name"] == "new"]
    assert new["share"]["of"] == 3
    assert "train.tsv" in new["english"]


def test_balanced_takes_as_many_of_each_label(run: Run, tmp_path: Path) -> None:
    """All of the rarer one, and the same of the other every time."""
    file = tmp_path / "uneven.csv"
    lines = ["text,label", *(f"정말 재미있어요 {i},1" for i in range(9)), "최악,0", "지루해요,0"]
    file.write_text("\n".join(lines), encoding="utf-8")
    found = json.loads(run(file, "--json", "--balanced").stdout)
    assert [each["sentences"] for each in found["labels"]] == [2, 2]
    again = json.loads(run(file, "--json", "--balanced").stdout)
    assert again["mistakes"] == found["mistakes"]


class Page(HTMLParser):
    """What a page would fetch or run, and its text."""

    def __init__(self, text: str) -> None:
        """Read it all."""
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, and where it points to outside of the page."""
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and not (value or "").startswith("#"):
                self.fetched.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text.append(data)


def test_the_report_is_one_page_that_fetches_and_runs_nothing(
    run: Run, file: Path, other: Path, tmp_path: Path
) -> None:
    """Four plots with text as text; sentences cannot become markup."""
    report = tmp_path / "report.html"
    result = run(file, "--report", report, "--against", other)
    assert result.exit_code == 0, result.output
    text = report.read_text("utf-8")
    page = Page(text)
    assert page.fetched == []
    assert not re.search(r"url\((?!#)|@import", text)
    assert "script" not in page.tags
    assert MARKUP in page.text
    assert page.tags.count("svg") == 4
    assert "확신 · confidence" in page.text
    assert not re.search(r"#0[0-9a-f]0[0-9a-f]0[0-9a-f]\b", text)  # stand-ins of colours
    assert {"비교", "McNemar's exact test"} <= {part.strip(" :") for part in page.text}


def test_the_report_is_the_same_every_time(run: Run, file: Path, tmp_path: Path) -> None:
    """Speed aside; two runs can be compared."""
    pages = []
    for name in ("a.html", "b.html"):
        run(file, "--report", tmp_path / name)
        text = (tmp_path / name).read_text("utf-8")
        pages.append(re.sub(r"[\d,]+<small>문장/초", "", text))
    assert pages[0] == pages[1]


def test_a_report_that_cannot_be_made_is_said_before_the_work(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing folder, and a missing matplotlib with the line that installs it."""
    missing = run(file, "--model", "no/such/model", "--report", tmp_path / "no" / "report.html")
    assert missing.exit_code == 2
    assert "--report" in missing.stderr
    assert "no/such/model" not in missing.stderr
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    without = run(file, "--report", tmp_path / "report.html")
    assert without.exit_code == 2
    assert "pip install" in without.stderr
    assert run(file).exit_code == 0  # the table needs no plots


def test_a_scale_that_is_not_understood_is_asked_for(run: Run, tmp_path: Path) -> None:
    """No figure over 0, 1 and 2, unless somebody says what they mean."""
    file = tmp_path / "scale.csv"
    rows = [("정말 최고예요", 2), ("그냥 그런 편이에요", 1), ("정말 최악이에요", 0)] * 3
    file.write_text("text,label\n" + "".join(f"{t},{n}\n" for t, n in rows), encoding="utf-8")
    result = run(file)
    assert result.exit_code == 2
    assert "0 (3)" in result.stderr
    assert "--labels 0=negative,1=neutral,2=positive" in result.stderr
    found = json.loads(run(file, "--json", "--labels", "0=negative,2=positive").stdout)
    assert (found["sentences"], found["unlabelled"]) == (6, 3)


def test_a_file_without_labels_is_one_message(run: Run, tmp_path: Path) -> None:
    """With the columns that there are and the option that names one."""
    file = tmp_path / "plain.csv"
    file.write_text("text,stars\n좋아요,많음\n별로예요,적음\n", encoding="utf-8")
    result = run(file)
    assert result.exit_code == 2
    assert "--label-column" in result.stderr
    assert "많음 (1), 적음 (1)" in result.stderr
    missing = run(tmp_path / "missing.csv")
    assert missing.exit_code == 2
    assert "missing.csv" in missing.stderr


def test_memory_does_not_grow_with_the_texts() -> None:
    """800 kB of sentences leave a few bytes each behind, and the clearest mistakes."""
    answers = Answers([small_classifier()], rewrite=False, known=None)
    tracemalloc.start()
    for start in range(0, 400, 50):
        answers.add(
            [
                (f"최고 {start + i} " + "가" * 1000, ("negative", "positive")[i % 2])
                for i in range(50)
            ]
        )
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(answers) == 400
    assert held < 200_000


def test_measures_are_added_to_the_folder_of_the_model(
    made_folder: Path, file: Path, tmp_path: Path
) -> None:
    """One domain after another, without any sentence; the page reads them by the model's id."""
    folder = tmp_path / "model"
    shutil.copytree(made_folder, folder)
    line = ["evaluate", str(file), "--model", str(folder), "--write"]
    assert CliRunner().invoke(main, [*line, "--backend", "torch"]).exit_code == 0
    named = CliRunner().invoke(
        main, [*line, "--robust", "--domain", "글 · posts", "--source", "us"]
    )
    assert f"Written: {folder / 'measurements.json'}" in named.output
    found = read(folder, load(folder).id)
    assert found
    assert list(found.domains) == [file.name, "글 · posts"]
    first, second = found.domains.values()
    assert (first.source, second.source) == (file.name, "us")
    assert first.accuracy.of == second.accuracy.of == 4
    wrong = 1 - (first.accuracy.accuracy or 0)
    assert first.boldly_wrong == wrong  # the model is never unsure
    assert {"short", "without_spaces"} <= {each.name for each in second.kinds}
    assert "최악" not in (folder / "measurements.json").read_text("utf-8")
