"""Files are read in a process of their own, which may die, hang or eat memory, and nobody else."""

import sys
from itertools import islice
from pathlib import Path

import psutil
import pytest

from benchmarks import bombs
from sentiment.errors import DataError
from sentiment.tables import apart, limits, plan, reading
from sentiment.tables.layout import Said
from sentiment.tables.survey import surveyed

TEXTS = ["정말 좋은 곳이에요", "다시는 안 갈래요", '"따옴표", 쉼표\n줄']


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Some thousands of rows, a broken one among them."""
    lines = ["id,text,label"]
    for number in range(5_000):
        text = TEXTS[number % 3].replace('"', '""')
        lines.append(f'{number},"{text}",{number % 2}')
    lines[3_000] = '2999,"안 닫은 문장,1'
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def ours() -> list[psutil.Process]:
    """The processes that read for this one; a browser's is none of them."""
    begun = [each for each in psutil.Process().children() if each.status() != "zombie"]
    return [each for each in begun if each.cmdline()[:2] == [sys.executable, "-I"]]


def test_what_is_read_apart_is_what_is_read_here(table: Path) -> None:
    """The plan, every row with its number and problem, and from anywhere."""
    layout = apart.examine(table)
    assert layout == surveyed(table, plan.examine(table))
    assert (layout.rows, layout.meanings) == (5_000, {"0": "negative", "1": "positive"})
    here = list(reading.rows(table, layout))
    assert list(apart.rows(table, layout)) == here
    assert list(apart.rows(table, layout, 4_990)) == here[4_990:]
    assert [row.number for row in here if row.problem] == [3_000]
    assert apart.surveyed(table, layout) == layout


def test_what_the_owner_says_is_heard(table: Path) -> None:
    """All of it arrives in the other process."""
    said = Said(text_column="2", labels={"0": "positive"}, header=False, label_column="3")
    assert apart.examine(table, said=said) == surveyed(table, plan.examine(table, said=said))


def test_nobody_is_left_behind(table: Path) -> None:
    """Whoever stops in the middle ends the process."""
    found = apart.rows(table, apart.examine(table))
    assert len(list(islice(found, 3))) == 3
    assert len(ours()) == 1
    found.close()  # type: ignore[attr-defined]  # it is a generator
    assert ours() == []


def test_an_error_arrives_as_it_was_raised(tmp_path: Path) -> None:
    """With its message and values, to be translated."""
    path = tmp_path / "a.csv"
    path.write_text("text" + ",a" * 600 + "\n좋아요" + ",1" * 600 + "\n", "utf-8")
    with pytest.raises(DataError) as raised:
        apart.examine(path)
    assert "{count:,} columns" in raised.value.message
    assert raised.value.values == {"count": 601, "most": 500}
    with pytest.raises(DataError, match="There is no file"):
        apart.examine(tmp_path / "none.csv")


def test_a_stopped_process_is_given_up(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing for too long is ended, and the message says how long that was."""
    monkeypatch.setattr(apart, "START", "import time; time.sleep(600)")
    monkeypatch.setattr(limits, "SILENCE", 1.0)
    with pytest.raises(DataError, match="1 seconds without a row"):
        apart.examine(table)
    assert ours() == []


def test_a_process_that_dies_is_no_end_of_ours(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it died of; half a frame is none."""
    for code, message in (
        ("import os; os._exit(7)", "code 7"),
        ("import os; os.abort()", "MB of memory"),
        (r"import os; os.write(1, b'\0\0\0\x09{\"rows'); os._exit(3)", "code 3"),
    ):
        monkeypatch.setattr(apart, "START", code)
        with pytest.raises(DataError, match=message):
            apart.examine(table)


@pytest.mark.skipif(not psutil.LINUX, reason="other systems limit less: see docs/tables.md")
@pytest.mark.parametrize(
    "name",
    [
        *("unclosed.xlsx", "repeated.ods", "deep.json"),
        pytest.param("archive.zip", marks=pytest.mark.slow),  # making it takes ten seconds
    ],
)
def test_small_files_take_no_more_than_they_may(tmp_path: Path, name: str) -> None:
    """Each ends with a message; the other attacks are held by benchmarks/reading.py."""
    path = tmp_path / name
    bombs.BOMBS[name](path)
    with pytest.raises(DataError):
        list(apart.rows(path, apart.examine(path)))
    assert ours() == []
    assert not list(tmp_path.glob("*.part"))


def test_limits_grow_with_the_file_up_to_the_most() -> None:
    """A small file has no business with much memory."""
    assert limits.memory(0) == limits.BASE
    assert limits.memory(4_000_000) == limits.BASE + 128_000_000
    assert limits.memory(10**9) == limits.MOST_MEMORY < 800_000_000
    assert limits.patience(0) <= 30
    assert limits.disk(1_000) == 32_000_000
    assert limits.disk(10_000_000) == 200_000_000
