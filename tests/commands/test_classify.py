"""``classify``: whole files from the terminal, and going on after a kill."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sentiment.bulk.inputs import Wanted, planned
from sentiment.bulk.journal import Journal
from sentiment.bulk.judging import CHUNK, Judged, cause, judged
from sentiment.bulk.running import alone, journal_of, judge_rest
from sentiment.commands.classify import classify
from sentiment.model import loader
from sentiment.model.inference import Prediction
from sentiment.settings import MAX_CHARACTERS, ROOT
from sentiment.tables.reading import Row, examine, rows
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

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

    def invoke(*arguments: str, text: bytes = b"") -> Result:
        return CliRunner().invoke(classify, list(arguments), input=text)

    return invoke


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
    assert header == ["id", "document", "label", "label_2", "positive", "negative", "problem"]
    assert [row[0] for row in found] == list("123456")
    assert [row[3] for row in found] == ["positive", "negative", "", "", "negative", "negative"]
    assert [row[6] for row in found] == ["", "", "quoting", "empty", "", ""]
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


def test_a_kill_while_results_are_written_is_no_reason_to_refuse_them(run: Run) -> None:
    """What its own run has put there is finished; no row is judged again."""
    Path("in.csv").write_text(REVIEWS, "utf-8")
    classifier = small_classifier()
    reading = {"model": classifier.id, "backend": "auto", "max_seq_length": 128}
    tasks = planned([Path("in.csv")], Path("out.csv"), Wanted(), Path())
    journal = journal_of(Path("out.csv"), tasks, reading)
    journal.open()
    assert list(judge_rest(tasks[0], 0, journal, classifier.judge)) == [0, 6]
    assert list(judge_rest(tasks[0], 0, journal, classifier.judge)) == [6]
    Path("out.csv").write_text("half of it", "utf-8")
    result = run("in.csv", "-o", "out.csv")
    assert result.exit_code == 0, result.output
    assert "Going on where it stopped" in result.stderr
    assert len(table("out.csv")) == 7
    assert not journal.folder.exists()


def test_the_scale_of_ratings_is_told_by_the_whole_file(run: Run) -> None:
    """One that is sorted begins with a thousand times the rating 1, which is no label 1."""
    Path("in.csv").write_text(
        "text,rating\n" + f"{NEGATIVE},1\n" * 1200 + f"{POSITIVE},10\n" * 800, "utf-8"
    )
    result = run("in.csv", "-o", "out.csv")
    assert "accuracy 100.00% (rating: 행 rows 2,000)" in result.stderr


def test_two_runs_do_not_write_one_result(run: Run) -> None:
    """The second is refused while the first is at it, and what it did stays."""
    Path("in.csv").write_text(REVIEWS, "utf-8")
    with alone(Path("out.csv")):
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


class Beside:
    """A judge whose answers depend on the texts beside them, as those in 8 bits do."""

    def __init__(self, most: int | None = None) -> None:
        """Break off instead of judging more than `most` chunks."""
        self.left = most
        self.asked = 0

    def __call__(self, texts: Sequence[str]) -> list[Prediction]:
        """The answers."""
        if self.left == 0:
            raise KeyboardInterrupt
        self.left = None if self.left is None else self.left - 1
        self.asked += len(texts)
        share = sum(map(len, texts)) % 97 / 97
        return [Prediction(text, 1 - share, share, 3, 3) for text in texts]


ROWS = [Row(number, [f"문장 {'아' * (number % 7)}"]) for number in range(1, 3 * CHUNK + 10)]


@pytest.mark.parametrize("tail", [b"", b"0.123", b"0.5\n0.25\n", b"0.5\n" * (CHUNK - 1) + b"!em"])
def test_a_journal_goes_on_where_a_chunk_ended(tmp_path: Path, tail: bytes) -> None:
    """What a kill left half of is judged again, so that the answers are those of one run."""
    whole = [answer for chunk in judged(ROWS, 0, Beside()) for answer in chunk]
    journal = Journal(tmp_path / "a.partial", {"model": "x"})
    journal.open()
    with pytest.raises(KeyboardInterrupt):
        list(journal.record(0, judged(ROWS, 0, Beside(2))))
    with journal.file(0).open("ab") as file:
        file.write(tail)

    again = Journal(tmp_path / "a.partial", {"model": "x"})
    again.open()
    done, complete = again.resume(0)
    assert (done, complete) == (2 * CHUNK, False)
    judge = Beside()
    assert sum(again.record(0, judged(ROWS[done:], 0, judge))) == judge.asked == len(ROWS) - done
    assert list(again.answers(0)) == whole
    assert again.resume(0) == (len(ROWS), True)


def test_a_journal_of_another_run_is_forgotten(tmp_path: Path) -> None:
    """Answers of another model are none of this one."""
    journal = Journal(tmp_path / "a.partial", {"model": "x"})
    journal.open()
    list(journal.record(0, [[Judged(0.5)]]))
    other = Journal(tmp_path / "a.partial", {"model": "y"})
    assert not other.matches
    other.open()
    assert other.resume(0) == (0, False)


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

    journal = tmp_path / "killed.csv.partial" / "0.answers"
    with start() as process:
        while not (journal.exists() and journal.stat().st_size):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed.csv").exists()
    assert 0 < journal.read_bytes().count(b"\n") < 1200

    with start() as process:
        _, said = process.communicate()
    assert process.returncode == 0, said
    assert "Going on where it stopped" in said
    unbroken = tmp_path / "whole.csv"
    CliRunner().invoke(classify, [str(tmp_path / "in.csv"), "-o", str(unbroken)])
    assert (tmp_path / "killed.csv").read_bytes() == unbroken.read_bytes()
    assert len(table(unbroken)) == 1201
