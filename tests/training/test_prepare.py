"""Splits by movie out of raw reviews."""

import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sentiment.commands.cli import main
from sentiment.errors import DataError
from sentiment.training.prepare import HEADER, SPLITS, prepare, raw_files, split_of


def review(number: int, movie: str, **more: Any) -> dict[str, Any]:
    """A raw review, as the repository has it."""
    about = {"date": "15.08.25", "author": "abcd****", "movie_id": movie}
    return {"review_id": str(number), "review": "좋아요", "rating": "10"} | about | more


@pytest.fixture
def raw(tmp_path: Path) -> Callable[..., Path]:
    """Writes raw files into a folder, and returns it."""
    folder = tmp_path / "raw"
    folder.mkdir()

    def write(**files: object) -> Path:
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name.strip('_')}.json").write_text(text, encoding="utf-8")
        return folder

    return write


def lines(file: Path) -> list[str]:
    """The lines of a packed file, with their ends."""
    with lzma.open(file, "rt", encoding="utf-8", newline="") as opened:
        return list(opened)


def of_movies(file: Path, movies: set[str]) -> Iterator[str]:
    """The lines of a large split about some movies, all of which come before movie 10007."""
    with lzma.open(file, "rt", encoding="utf-8", newline="") as opened:
        next(opened)
        for line in opened:
            if line.rstrip("\n").rpartition("\t")[2] in movies:
                yield line
            if line.endswith("\t10007\n"):  # movies are in the order of their names
                return


def test_rows_are_byte_for_byte_those_of_the_published_split(shared: Path, tmp_path: Path) -> None:
    """The five real raw files give exactly the lines that the shared training file has of them."""
    reviews = shared / "data" / "naver-movie-reviews"
    files = raw_files(reviews / "raw-sample")
    counts = prepare(files, tmp_path)
    assert counts == {"train": 500, "dev": 0, "held-out": 0}
    made = lines(tmp_path / "train.tsv.xz")
    expected = list(of_movies(reviews / "train.tsv.xz", {file.stem for file in files}))
    assert made == [HEADER, *expected]


@pytest.mark.parametrize(("name", "split"), [("train", "train"), ("dev", "dev")])
def test_movies_go_where_the_published_split_has_them(shared: Path, name: str, split: str) -> None:
    """The first movies of both shared files."""
    with lzma.open(shared / "data" / "naver-movie-reviews" / f"{name}.tsv.xz", "rt") as opened:
        next(opened)
        movies = {line.rstrip("\n").rpartition("\t")[2] for line, _ in zip(opened, range(5000))}  # noqa: B905
    assert {split_of(movie) for movie in movies} == {split}


def test_six_movies_in_a_hundred_are_held_out() -> None:
    """The rule in figures, over many movies."""
    found = [split_of(str(movie)) for movie in range(10_000)]
    assert [round(found.count(split) / 100) for split in SPLITS] == [91, 3, 6]


def test_white_space_becomes_single_spaces_and_blank_or_repeated_reviews_go(
    raw: Callable[..., Path], tmp_path: Path
) -> None:
    """A tab or a line end within a review would break its line."""
    folder = raw(
        _10013=[
            review(1, "10013", review=" 좋은\t영화\n 였다\u3000 ", rating=8),
            review(2, "10013", review="\n"),
            review(1, "10013"),
        ]
    )
    prepare(raw_files(folder), tmp_path / "out")
    assert lines(tmp_path / "out" / "dev.tsv.xz") == [HEADER, "1\t좋은 영화 였다\t8\t10013\n"]


def test_the_command_tells_how_many_reviews_each_split_has(
    raw: Callable[..., Path], tmp_path: Path
) -> None:
    """And writes all three files, one without a review too."""
    folder = raw(_10001=[review(1, "10001"), review(2, "10001")], _10013=[review(3, "10013")])
    result = CliRunner().invoke(main, ["prepare", str(folder), str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "train.tsv.xz: 2" in result.stdout
    assert "dev.tsv.xz: 1" in result.stdout
    assert "held-out.tsv.xz: 0" in result.stdout
    assert lines(tmp_path / "out" / "held-out.tsv.xz") == [HEADER]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[{", "10001.json is not a JSON list of reviews"),
        ('{"review": "좋아요"}', "it holds a dict"),
        ([review(1, "10001"), review(2, "10001", rating="11")], "entry 2 is no review"),
        ([{"review": "좋아요"}], "entry 1 is no review"),
        (["좋아요"], "entry 1 is no review"),
    ],
    ids=["cut short", "no list", "rating", "fields", "no object"],
)
def test_a_broken_file_is_named_and_nothing_is_left_half_written(
    raw: Callable[..., Path], tmp_path: Path, content: object, message: str
) -> None:
    """What was there before stays as it was."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "train.tsv.xz").write_bytes(b"before")
    with pytest.raises(DataError, match=message):
        prepare(raw_files(raw(_10000=[review(9, "10000")], _10001=content)), out)
    assert [path.name for path in out.iterdir()] == ["train.tsv.xz"]
    assert (out / "train.tsv.xz").read_bytes() == b"before"


def test_a_folder_without_raw_files_is_refused(tmp_path: Path) -> None:
    """The message says where they are to be had."""
    with pytest.raises(DataError, match="e9t/nsmc"):
        raw_files(tmp_path)
