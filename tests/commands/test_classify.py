"""``classify``: whole files from the terminal, and going on after a kill."""

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from sentiment.bulk import classify as classify_module
from sentiment.bulk.classify import alone, carry_out, exhaust, order
from sentiment.bulk.inputs import Input, Wanted
from sentiment.bulk.rows import CHUNK
from sentiment.commands.classify import classify
from sentiment.model import loader
from sentiment.model.inference import Classifier, Prediction
from sentiment.settings import MAX_CHARACTERS, ROOT
from sentiment.storage.database import NAME
from sentiment.tables.layout import Row, cause
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows
from tests.kit.small import NEGATIVE, POSITIVE, WordWeights, small_classifier

Run = Callable[..., Result]

REVIEWS = f"""id,document,label
1,{POSITIVE},1
2,{NEGATIVE},0
3,"안 닫은,1
4,  ,1
5,{NEGATIVE},1
6,"{NEGATIVE}, {NEGATIVE}",중립
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs the command in an empty folder, on a classifier whose answers are known."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loader, "load", lambda *_, **__: small_classifier())

    def invoke(*arguments: str, text: bytes = b"", catch_exceptions: bool = True) -> Result:
        return CliRunner().invoke(
            classify, list(arguments), input=text, catch_exceptions=catch_exceptions
        )

    return invoke


class Killed(BaseException):
    """As hard as a kill: nothing is told and nothing tidied up."""


def killed_amid_delivery(_made: Path, target: Path) -> None:
    """Leave half of a result."""
    target.write_text("half of it", "utf-8")
    raise Killed


class Listening(Classifier):
    """A classifier that writes down what it is asked."""

    def __init__(self, asked: list[str]) -> None:
        self.__dict__ = small_classifier().__dict__
        self.asked = asked

    def predict_any(self, texts: Sequence[str]) -> list[Prediction]:
        """Its answers."""
        self.asked += texts
        return super().predict_any(texts)


def table(path: str | Path) -> list[list[str]]:
    """The rows of a result, its header first."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_answers_stand_beside_every_row(run: Run) -> None:
    """In order, bad rows too, and the summary says what was wrong and how often it was right."""
    Path("in.csv").write_text(REVIEWS, "cp949")
    result = run("in.csv", "-o", "out.csv")
    assert result.exit_code == 0, result.output
    header, *found = table("out.csv")
    added = ["label_2", "positive", "negative", "problem", "notice", "model"]
    assert header == ["id", "document", "label", *added]
    assert [row[0] for row in found] == list("123456")
    assert [row[3] for row in found] == ["positive", "negative", "", "", "negative", "negative"]
    assert [row[6] for row in found] == ["", "", "quoting", "empty", "", ""]
    judge = "word-weights word-weights"
    assert [row[-1] for row in found] == [judge, judge, "", "", judge, judge]
    [expected] = small_classifier().predict([POSITIVE])
    assert float(found[0][4]) == expected.positive
    assert float(found[0][4]) + float(found[0][5]) == 1
    assert "rows 6:" in result.stderr
    assert "the quoting is broken (행 rows 3)" in result.stderr
    assert "accuracy 66.67%" in result.stderr
    assert "부정 negative: 맞음 right 1, 틀림 wrong 0" in result.stderr
    assert result.stdout == ""
    assert not list(Path().glob("*.partial"))


def test_standard_input_to_standard_output(run: Run) -> None:
    """Lines in, JSON lines out, and nothing else on standard output."""
    result = run("-", "-o", "-", text=f"{POSITIVE}\n\n{NEGATIVE}\n".encode())
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["text"], row["label"], row["problem"]) for row in found] == [
        (POSITIVE, "positive", None),
        ("", None, "empty"),
        (NEGATIVE, "negative", None),
    ]


def test_a_folder_gives_a_folder(run: Run) -> None:
    """Each file that can be read in its own format, plain text as CSV; others are left alone."""
    folder = Path("reviews")
    folder.mkdir()
    (folder / "a.tsv").write_text(REVIEWS.replace(",", "\t"), "utf-16")
    (folder / "b.txt").write_text(f"{POSITIVE}\n{NEGATIVE}\n", "utf-8")
    (folder / "c.jsonl").write_text(json.dumps({"review": POSITIVE}) + "\n", "utf-8")
    (folder / "readme.md").write_text("# no reviews", "utf-8")
    result = run("reviews", "-o", "judged")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in Path("judged").iterdir()) == ["a.tsv", "b.csv", "c.jsonl"]
    assert [row[1] for row in table("judged/b.csv")] == ["label", "positive", "negative"]


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
def test_the_name_says_the_format(run: Run, kind: str) -> None:
    """And each of them can be read again."""
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    Path("in.txt").write_text(f"{POSITIVE}\n{NEGATIVE}\n", "utf-8")
    result = run("in.txt", "-o", f"out.{kind}")
    assert result.exit_code == 0, result.output
    layout = examine(Path(f"out.{kind}"))
    assert layout.kind == kind
    found = list(rows(Path(f"out.{kind}"), layout))
    assert [row.values[:2] for row in found] == [[POSITIVE, "positive"], [NEGATIVE, "negative"]]


def test_columns_can_be_named(run: Run) -> None:
    """Other than those that seem to be meant."""
    Path("in.csv").write_text(f"document,제목,rating\n{POSITIVE},{NEGATIVE},2\n", "utf-8")
    result = run("in.csv", "-o", "out.csv", "--text-column", "제목", "--label-column", "rating")
    assert table("out.csv")[1][3] == "negative"
    assert "accuracy 100.00%" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv", "-o", "out.csv"], "none.csv does not exist"),
        (["in.csv", "-o", "out"], "--format"),
        (["in.csv", "-o", "there.csv"], "there.csv is there already.*--overwrite"),
        (["in.csv", "-o", "out.csv", "--text-column", "본문"], "id, document, label"),
        (["in.csv", "more.csv", "-o", "-"], "Standard output takes one"),
        (["in.csv", "folder", "-o", "judged", "--format", "csv"], "both be written to"),
        (["empty.csv", "-o", "out.csv"], "empty.csv: (?s:.*)is empty"),
        (["nothing", "-o", "out"], "holds no file"),
        (["in.csv", "-o", "out.csv.gz"], "does not say the format"),
        (["in.csv", "-o", "in.csv", "--overwrite"], "by its own result"),
        (["in.csv", "-o", "more.csv/out.csv"], "can't be written"),
    ],
)
def test_bad_input_is_named_before_anything_is_judged(
    run: Run, arguments: list[str], message: str
) -> None:
    """With exit code 2, the next step, and no trace."""
    for name in ("in.csv", "more.csv", "folder/in.tsv", "there.csv"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(REVIEWS, "utf-8")
    Path("empty.csv").write_text("", "utf-8")
    Path("nothing").mkdir()
    before = sorted(Path().rglob("*"))
    result = run(*arguments)
    assert result.exit_code == 2
    assert re.search(message, result.stderr), result.stderr
    assert sorted(Path().rglob("*")) == before


def test_a_result_is_replaced_when_asked(run: Run) -> None:
    """By a whole one."""
    Path("in.txt").write_text(f"{POSITIVE}\n", "utf-8")
    Path("out.csv").write_text("old", "utf-8")
    assert run("in.txt", "-o", "out.csv", "--overwrite").exit_code == 0
    assert table("out.csv")[1][0] == POSITIVE


def test_a_kill_while_results_are_written_is_no_reason_to_refuse_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its own run has put there is finished; no row is answered again."""
    Path("in.csv").write_text(REVIEWS, "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(classify_module, "deliver", killed_amid_delivery)
        with pytest.raises(Killed):
            run("in.csv", "-o", "out.csv", catch_exceptions=False)
    asked: list[str] = []
    monkeypatch.setattr(loader, "load", lambda *_, **__: Listening(asked))
    result = run("in.csv", "-o", "out.csv")
    assert result.exit_code == 0, result.output
    assert "Going on where it stopped" in result.stderr
    assert asked == []
    assert len(table("out.csv")) == 7
    assert not list(Path().glob("*.partial"))


def test_the_scale_of_ratings_is_told_by_the_whole_file(run: Run) -> None:
    """One that is sorted begins with a thousand times the rating 1, which is no label 1."""
    Path("in.csv").write_text(
        "text,rating\n" + f"{NEGATIVE},1\n" * 1200 + f"{POSITIVE},10\n" * 800, "utf-8"
    )
    result = run("in.csv", "-o", "out.csv")
    assert "accuracy 100.00% (rating (1=negative, 10=positive): 행 rows 2,000)" in result.stderr


def test_two_runs_do_not_write_one_result(run: Run) -> None:
    """The second is refused while the first is at it, and what it did stays."""
    Path("in.csv").write_text(REVIEWS, "utf-8")
    with alone(Path("out.csv").resolve(), Path("out.csv")):
        result = run("in.csv", "-o", "out.csv")
        assert result.exit_code == 2
        assert "Another run is writing out.csv" in result.stderr
        assert run("in.csv", "-o", "other.csv").exit_code == 0
    assert run("in.csv", "-o", "out.csv").exit_code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["in.csv", "other.csv", "out.csv"]


def test_hidden_files_of_a_folder_are_left_out(run: Run) -> None:
    """Excel and macOS put some beside the real ones."""
    Path("in").mkdir()
    for name in ("a.txt", "~$a.xlsx", "._a.txt"):
        Path("in", name).write_bytes(POSITIVE.encode() if name == "a.txt" else b"\0\5")
    assert run("in", "-o", "out").exit_code == 0
    assert [path.name for path in Path("out").iterdir()] == ["a.csv"]


class Beside(WordWeights):
    """A model whose answers depend on the texts beside them, as those in 8 bits do."""

    def __init__(self) -> None:
        self.asked = 0

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """The answers."""
        self.asked += len(ids)
        shift = np.float32(sum(map(len, ids)) % 97 / 97)
        return super().logits(ids) + np.array([0, shift], np.float32)


def beside() -> tuple[Classifier, Beside]:
    """A classifier over such a model."""
    classifier, backend = small_classifier(), Beside()
    classifier._backend = backend
    return classifier, backend


ROWS = 3 * CHUNK + 10


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_a_broken_run_goes_on_where_a_chunk_ended(tmp_path: Path, chunks: int) -> None:
    """No row is answered twice, and the result is that of one run, byte for byte."""
    source = tmp_path / "in.txt"
    source.write_text("".join(f"정말 영화 {'네요 ' * (row % 7)}\n" for row in range(ROWS)), "utf-8")

    def break_off(_file: Input, steps: Iterator[int]) -> None:
        for _ in range(chunks + 1):  # the first step tells what was there before
            next(steps)
        raise KeyboardInterrupt

    def judged(target: str, follow: Callable[[Input, Iterator[int]], None] = exhaust) -> int:
        classifier, backend = beside()
        with order([source], tmp_path / target, Wanted()) as made:
            carry_out(made, classifier, follow=follow)
        return backend.asked

    assert judged("whole.csv") == ROWS
    with pytest.raises(KeyboardInterrupt):
        judged("broken.csv", break_off)
    assert judged("broken.csv") == ROWS - chunks * CHUNK
    assert (tmp_path / "broken.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_answers_of_another_run_are_forgotten(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of another model, or to a file that has changed since, are none of this one."""
    Path("in.csv").write_text(REVIEWS, "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(classify_module, "deliver", killed_amid_delivery)
        with pytest.raises(Killed):
            run("in.csv", "-o", "out.csv", catch_exceptions=False)
    Path("in.csv").write_text(REVIEWS + f"7,{POSITIVE},1\n", "utf-8")
    asked: list[str] = []
    monkeypatch.setattr(loader, "load", lambda *_, **__: Listening(asked))
    assert run("in.csv", "-o", "out.csv", "--overwrite").exit_code == 0
    assert len(asked) == 5
    assert len(table("out.csv")) == 8


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("좋아요", None),
        (" \t", "empty"),
        ("가" * (MAX_CHARACTERS + 1), "too long"),
        ("가\0", "characters"),
    ],
)
def test_the_cause_is_named(text: str, why: str | None) -> None:
    """What is wrong with a text, unless the row had a problem before."""
    assert cause(Row(1, [text]), 0) == why
    assert cause(Row(1, [text], "fields"), 0) == "fields"


def answers_in(store: Path) -> int:
    """How many rows have an answer in a store that another process may be writing."""
    if not store.exists():
        return 0
    try:
        with closing(sqlite3.connect(store)) as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    except sqlite3.OperationalError:  # it is just being made
        return 0


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """With the shipped model: the result after kill -9 is that of an unbroken run."""
    lines = [f"{number},{'정말 재미있는 영화' * (number % 5 + 1)}\n" for number in range(1200)]
    (tmp_path / "in.csv").write_text("id,document\n" + "".join(lines), "utf-8")
    command = [sys.executable, "-m", "sentiment", "classify", "in.csv", "-o"]

    def start() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*command, "killed.csv"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )

    store = tmp_path / "killed.csv.partial" / NAME
    with start() as process:
        while not answers_in(store):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed.csv").exists()
    assert 0 < answers_in(store) < 1200

    with start() as process:
        _, said = process.communicate()
    assert process.returncode == 0, said
    assert "Going on where it stopped" in said
    unbroken = tmp_path / "whole.csv"
    CliRunner().invoke(classify, [str(tmp_path / "in.csv"), "-o", str(unbroken)])
    assert (tmp_path / "killed.csv").read_bytes() == unbroken.read_bytes()
    assert len(table(unbroken)) == 1201


def test_a_column_says_what_was_not_understood(run: Run) -> None:
    """Empty for plain Korean; counted in the summary."""
    Path("in.csv").write_text(f"text\n{POSITIVE}\nThis is English\n최고👍\n12345\n", "utf-8")
    result = run("in.csv", "-o", "out.csv")
    assert result.exit_code == 0, result.output
    header, *found = table("out.csv")
    assert header[-3:] == ["problem", "notice", "model"]
    assert [row[-2] for row in found] == ["", "not_korean", "", "too_little"]
    assert "(notice): not_korean 1, too_little 1" in result.stderr
