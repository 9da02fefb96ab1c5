"""Files judged in parts: the same bytes as in one go, whatever is in them and wherever they lie."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import fsspec
import pytest

from sentiment.bulk import classify as whole
from sentiment.bulk.classify import carry_out
from sentiment.bulk.inputs import Wanted
from sentiment.bulk.rows import CHUNK
from sentiment.bulk.sharding import parts, places, plans
from sentiment.bulk.sharding.plans import Plan
from sentiment.bulk.sharding.run import Run, order, total
from sentiment.bulk.sharding.tasks import Here
from sentiment.errors import DataError
from sentiment.model.inference import Classifier, Prediction
from sentiment.tables import writing
from sentiment.tables.apart import examine
from sentiment.tables.cuts import cuts
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

BATCH = writing.BATCH

PART = 2 * CHUNK
"""Rows of a part here."""


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are so short that a small file has several."""
    monkeypatch.setattr(plans, "PARQUET", 1)
    monkeypatch.setattr(writing, "BATCH", CHUNK)


def exhausted(_total: int, steps: Iterator[int]) -> None:
    """Follow without a word."""
    for _ in steps:
        pass


def in_parts(
    inputs: list[str],
    output: str,
    wanted: Wanted = Wanted(),
    classifier: Classifier | None = None,
    overwrite: bool = False,
) -> tuple[Run, list[Plan]]:
    """What comes of judging some files part by part."""
    classifier = classifier or small_classifier()
    with order(inputs, output, wanted, classifier, {}, PART) as made:
        run = Run(made, Here(classifier))
        found = run.plan()
        run.judge(found, exhausted, overwrite)
    return run, found


def in_one_go(inputs: list[Path], output: Path, wanted: Wanted = Wanted()) -> list[whole.Result]:
    """What the plain command makes."""
    with whole.order(inputs, output, wanted) as made:
        return carry_out(made, small_classifier())


def reviews(rows: int, between: dict[int, str]) -> str:
    """A CSV of so many rows, with lines of its own before some."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(["id", "text", "label"])
    for row in range(rows):
        file.write(between.get(row, ""))
        text = [POSITIVE, f'{NEGATIVE},\n"정말"\n\n', "=1+1 영화", " ", "최고 " * (row % 9)][
            row % 5
        ]
        table.writerow([row, text, row % 2])
    return file.getvalue()


ROWS = 3 * PART + 70
OPEN = '7,"안 닫은 영화,1\r\n'
HARD = {
    PART - 2: OPEN,
    PART: "\r\n\r\n",
    PART + 1: OPEN,
    2 * PART - 3: '8,"a"b,0\r\n',
    ROWS - 1: OPEN,
}
"""Lines around where parts begin that could be taken for the rows of another part."""

TEXTS: dict[str, bytes] = {
    "plain.csv": reviews(ROWS, {}).encode(),
    "open.csv": reviews(ROWS, HARD).encode(),
    "cut off.csv": reviews(ROWS, HARD).encode() + b'9,"\xec\xa2\x8b\r',
    "korean.csv": reviews(ROWS, HARD).encode("cp949"),
    "marked.csv": b"\xef\xbb\xbf" + reviews(ROWS, HARD).replace("\r\n", "\n").encode(),
    "damaged.csv": reviews(ROWS, {PART: "3,\udcec\udca2 영화,1\n"}).encode(
        errors="surrogateescape"
    ),
    "titled.tsv": b"\nreviews of 2026\n\n"
    + reviews(ROWS, {}).replace(",", "\t").replace("label", "label").encode(),
    "lines.txt": "".join(
        f"영화 {row} 최고\r\n" + "\n" * (row % 7 == 0) for row in range(ROWS)
    ).encode(),
    "last.txt": "".join(f"영화 {row} 최고\n" for row in range(2 * PART)).encode()
    + b"\xec\x98\x81\r\xed",
    "objects.jsonl": "".join(
        f'{{"review": "최고 {row}", "n": {{"a": {row}}}}}\n' + "\n" * (row % 5 == 0)
        for row in range(ROWS)
    ).encode(),
}


@pytest.mark.parametrize("name", TEXTS)
def test_parts_of_a_text_are_the_whole(tmp_path: Path, name: str) -> None:
    """Byte for byte, and number for number in the summary."""
    kind = "jsonl" if name == "plain.csv" else "csv"
    file, wanted = tmp_path / name, Wanted(kind=kind)
    file.write_bytes(TEXTS[name])
    [expected] = in_one_go([file], tmp_path / "whole", wanted)
    run, [plan] = in_parts([str(file)], str(tmp_path / "parts"), wanted)
    assert not run.failures
    assert len(plan.shards) > 2
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert run.results[0][1] == expected.tally
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "parts", "whole"])


def test_what_can_not_be_cut_is_one_part(tmp_path: Path) -> None:
    """UTF-16, carriage returns alone, a workbook: judged whole, with the same result."""
    text = reviews(ROWS, {})
    (tmp_path / "wide.csv").write_bytes(text.encode("utf-16"))
    (tmp_path / "mac.csv").write_bytes(text.replace("\r\n", "\r").replace("\n", " ").encode())
    (tmp_path / "book.csv").write_bytes(text.encode())
    for name, kind in (("wide.csv", "csv"), ("mac.csv", "tsv"), ("book.csv", "xlsx")):
        file, wanted = tmp_path / name, Wanted(kind=kind)
        in_one_go([file], tmp_path / "whole", wanted)
        _, [plan] = in_parts([str(file)], str(tmp_path / "parts"), wanted)
        assert len(plan.shards) == 1
        made = [(tmp_path / each) for each in ("parts", "whole")]
        if kind == "xlsx":  # which holds the time
            assert all(map(Path.exists, made))
        else:
            assert made[0].read_bytes() == made[1].read_bytes()
        for path in made:
            path.unlink()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_parts_of_parquet_are_the_whole(tmp_path: Path, kind: str) -> None:
    """Whatever groups of rows it has; numbers, dates and nothing keep their types."""
    pytest.importorskip("pyarrow")
    import pyarrow
    from pyarrow import parquet

    texts = [[POSITIVE, NEGATIVE, None, "최고 영화"][row % 4] for row in range(ROWS)]
    table = pyarrow.table(
        {
            "text": texts,
            "n": pyarrow.array([row if row % 3 else None for row in range(ROWS)], "int32"),
            "when": pyarrow.array([row * 1000 for row in range(ROWS)], "timestamp[ms]"),
        }
    )
    file, wanted = tmp_path / "in.parquet", Wanted(kind=kind)
    parquet.write_table(table, file, row_group_size=700)
    in_one_go([file], tmp_path / "whole", wanted)
    run, [plan] = in_parts([str(file)], str(tmp_path / "parts"), wanted)
    assert len(plan.shards) == 4
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert run.results[0][1].rows == ROWS


def test_cuts_are_where_rows_begin(tmp_path: Path) -> None:
    """A line break in quotes is none, an open quote is."""
    file = tmp_path / "in.csv"
    file.write_text('id,text\n1,"a\nb"\n2,"open\n3,c\n\n4,"d\n\ne"\n5,f\n', "utf-8")
    content, layout = file.read_bytes(), examine(file)
    found = cuts(file, layout, 1)
    lines = [content[place:].splitlines()[0] for place in found]
    assert lines == [b'2,"open', b"3,c", b"", b"5,f"]
    assert cuts(file, layout, 2) == found[1::2]


def test_a_folder_elsewhere_is_judged_to_elsewhere(tmp_path: Path) -> None:
    """Through fsspec, here its own memory; the result is that of local files."""
    memory = fsspec.filesystem("memory")
    local = tmp_path / "in"
    local.mkdir()
    for name in ("plain.csv", "open.csv", "objects.jsonl"):
        (local / name).write_bytes(TEXTS[name])
        memory.pipe_file(f"/in/{name}", TEXTS[name])
    memory.pipe_file("/in/readme.md", b"# no reviews")
    try:
        in_one_go([local], tmp_path / "whole")
        run, found = in_parts(["memory://in"], "memory://out")
        assert not run.failures
        assert [str(plan) for plan in found] == ["objects.jsonl", "open.csv", "plain.csv"]
        made = {Path(path).name: memory.cat_file(path) for path in memory.find("/out")}
    finally:
        memory.rm("/in", recursive=True)
        memory.rm("/out", recursive=True)
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    assert total(tally for _, tally in run.results).rows == sum(t.rows for _, t in run.results)


class Asked(Classifier):
    """A classifier that counts what it is asked, and fails for one text."""

    def __init__(self, fails: str = "-") -> None:
        self.__dict__ = small_classifier().__dict__
        self.count, self.fails = 0, fails

    def predict_any(self, texts: Sequence[str]) -> list[Prediction]:
        """Its answers."""
        self.count += len(texts)
        if any(self.fails in text for text in texts):
            raise RuntimeError("no room")
        return super().predict_any(texts)


def test_a_part_that_fails_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    """The next run judges that part alone, and all is there."""
    lines = [f"최고 영화 {row}" for row in range(ROWS)]
    (tmp_path / "a.txt").write_text("\n".join(lines), "utf-8")
    (tmp_path / "b.txt").write_text("\n".join(lines[:PART]), "utf-8")
    (tmp_path / "c.csv").write_text("", "utf-8")
    inputs = [str(tmp_path / name) for name in ("a.txt", "b.txt", "c.csv")]
    output = tmp_path / "out"
    run, _ = in_parts(inputs, str(output), classifier=Asked(f"영화 {PART + 3}"))
    assert [failure.what for failure in run.failures] == [
        "c.csv",
        f"a.txt {PART + 1:,}-{2 * PART:,}",
    ]
    assert "no room" in str(run.failures[1].error)
    assert [str(plan) for plan, _ in run.results] == ["b.txt"]
    assert not (output / "a.csv").exists()

    (tmp_path / "c.csv").write_text(f"text\n{POSITIVE}\n", "utf-8")
    again = Asked()
    run, _ = in_parts(inputs, str(output), classifier=again)
    assert not run.failures
    assert again.count == PART + 1
    assert [str(plan) for plan, _ in run.results] == ["a.txt", "b.txt", "c.csv"]
    assert sorted(path.name for path in output.iterdir()) == ["a.csv", "b.csv", "c.csv"]
    in_one_go([Path(each) for each in inputs], tmp_path / "whole")
    for made in output.iterdir():
        assert made.read_bytes() == (tmp_path / "whole" / made.name).read_bytes()


class Killed(BaseException):
    """As hard as a kill."""


@pytest.mark.parametrize("step", ["header", "remove"])
def test_a_kill_while_results_are_joined_is_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The next run makes the result whole, over what lies there of this one."""
    file, output = tmp_path / "a.txt", tmp_path / "out.csv"
    file.write_text("최고 영화\n" * ROWS, "utf-8")

    def killed(*_: object) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(parts if step == "header" else places, step, killed)
        with pytest.raises(Killed):
            in_parts([str(file)], str(output))
    assert output.exists() is (step == "remove")
    again = Asked()
    run, _ = in_parts([str(file)], str(output), classifier=again)
    assert not run.failures
    assert again.count == 0
    in_one_go([file], tmp_path / "whole.csv")
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out.csv", "whole.csv"]


def test_a_result_that_is_there_stays(tmp_path: Path) -> None:
    """Unless it may be replaced."""
    (tmp_path / "in.txt").write_text(f"{POSITIVE}\n", "utf-8")
    (tmp_path / "out.csv").write_text("old", "utf-8")
    with pytest.raises(DataError, match="--overwrite"):
        in_parts([str(tmp_path / "in.txt")], str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text() == "old"
    in_parts([str(tmp_path / "in.txt")], str(tmp_path / "out.csv"), overwrite=True)
    assert POSITIVE in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_a_file_that_changes_meanwhile_is_named(tmp_path: Path) -> None:
    """No result mixes rows of two files."""
    file = tmp_path / "in.txt"
    file.write_text("최고 영화\n" * ROWS, "utf-8")
    classifier = small_classifier()
    with order([str(file)], str(tmp_path / "out.csv"), Wanted(), classifier, {}, PART) as made:
        run = Run(made, Here(classifier))
        found = run.plan()
        with file.open("a", encoding="utf-8") as more:
            more.write("최고\n")
        run.judge(found, exhausted)
    assert "was changed" in str(run.failures[0].error)
    assert not (tmp_path / "out.csv").exists()


def tried(inputs: list[str], output: str) -> None:
    """Judge, and raise what failed."""
    run, _ = in_parts(inputs, output)
    for failure in run.failures:
        raise failure.error


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["in.txt"], "in.txt", "own result|does not say"),
        (["in.txt", "in/in.csv"], "out", "both be written"),
        (["in.txt"], "-", "Standard input"),
        (["nosuch://a/b.csv"], "out.csv", "can't be reached"),
        (["memory://nothing.csv"], "out.csv", "does not exist"),
    ],
)
def test_what_can_not_work_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], output: str, message: str
) -> None:
    """In one sentence, before anything is judged."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in ("in.txt", "in/in.csv"):
        Path(name).write_text(f"text\n{POSITIVE}\n", "utf-8")
    with pytest.raises(DataError, match=message):
        tried(inputs, output)


def test_parts_are_whole_chunks_and_whole_groups_of_rows() -> None:
    """Else neighbours would change, and with them a little of what a large model says."""
    assert plans.PART % CHUNK == plans.PART % BATCH == 0
