"""Rows looked through: texts that hold others, columns compared, orders."""

import math
import random
import unicodedata
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from sentiment.storage import holding
from sentiment.storage.rows import NOWHERE, PROBLEM, Rows, Wanted, Writer

TEXTS = ["Aa가나", "나가", "ABC 5%_x\"'가", "😀가나\0다", "", "가" * 30 + "나", "é가"]
LOOKED_FOR = [
    *("가", "나", "가나", "나나", "나가", "가가가", "다", "없다", "없", "abc", "X", "😀", "😀가"),
    *("%", "_", "%_X", "5%x", '"', "\"'", "'가", "가" * 31, "가" * 30 + "나", "É", "é가"),
    *("e\u0301", "\u1100\u1161"),  # é and 가 apart
]

Composed = Literal["NFC", "NFD"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Seven rows, the fifth without an answer."""
    path = tmp_path / "rows"
    with Writer(path) as writer:
        for number, text in enumerate(TEXTS, 1):
            bad = number == 5
            scores = (math.nan, math.nan) if bad else (number % 3 - 1, 0.5 + number / 100)
            places = (NOWHERE if bad else number % 2, number % 3, NOWHERE if bad else number)
            writer.add(text, scores, places, PROBLEM * bad)
        writer.finish(["2024-01-01", "2024-01-02", "2024-10"], True)
    return path


@pytest.mark.parametrize("few", [0, 1, 10**9])
@pytest.mark.parametrize("block", [1, 3, 8, 1 << 18])
def test_texts_that_hold_another_are_found(
    path: Path, block: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a block ends, in either case, and never across two texts."""
    monkeypatch.setattr(holding, "BLOCK", block)
    monkeypatch.setattr(holding, "FEW", few)
    with Rows(path) as rows:
        texts = [rows.text(number) for number in range(1, len(rows) + 1)]
        assert texts == [text.replace("\0", "\ufffd") for text in TEXTS]
        for text in LOOKED_FOR:
            asked = unicodedata.normalize("NFC", text).casefold()
            expected = [asked in each.casefold() for each in texts]
            assert rows.matching(Wanted(text=text)).tolist() == expected, text


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_a_text_is_found_however_it_is_composed(
    tmp_path: Path, written: Composed, asked: Composed
) -> None:
    """Files and keyboards of macOS take Hangul apart."""
    text = unicodedata.normalize(written, "참 좋다")
    looked_for = unicodedata.normalize(asked, "좋")
    with Writer(tmp_path / "rows") as writer:
        writer.add(text, (0.0, 0.5), (0, 0, 0), 0)
        writer.finish([], False)
    with Rows(tmp_path / "rows") as rows:
        assert rows.matching(Wanted(text=looked_for)).tolist() == [True]


def test_any_text_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of drawn texts, short and long, the same hold another as Python says."""
    monkeypatch.setattr(holding, "BLOCK", 100)
    drawn = random.Random(1)
    texts = ["".join(drawn.choices("가나다 a", k=drawn.randrange(40))) for _ in range(300)]
    units = np.frombuffer(holding.encoded("".join(f"{text}\0" for text in texts)), "<u2")
    ends = np.cumsum([len(text) + 1 for text in texts])
    for length in range(1, 12):
        text = "".join(drawn.choices("가나다 a", k=length))
        found = holding.holding(text, units, ends)
        assert found.tolist() == [text in each for each in texts], text


def test_columns_are_compared_and_rows_ordered(path: Path) -> None:
    """All filters hold at once; equals stay in file order, rows without an answer come last."""
    with Rows(path) as rows:

        def found(sort: str = "file", **wanted: object) -> list[int]:
            matching = rows.matching(Wanted(**wanted))  # type: ignore[arg-type]
            return [int(number) for number in rows.numbers(matching, sort)]

        assert found() == [1, 2, 3, 4, 5, 6, 7]
        assert found(side=1) == [1, 3, 7]
        assert found(flag=PROBLEM) == [5]
        assert found(group="2024-01") == [1, 3, 4, 6, 7]
        assert found(group="2024-1") == []
        assert found(bin=3) == [3]
        assert found(among={7, 2, 99, 0}) == [2, 7]
        assert found("positive") == [2, 1, 4, 7, 3, 6, 5]
        assert found("negative", side=0) == [6, 4, 2]
        assert found("unsure")[2:4] == [3, 4]
        assert rows.sorts == ["positive", "negative", "sure", "unsure"]
        with pytest.raises(IndexError):
            rows.text(8)


def test_no_rows_at_all(tmp_path: Path) -> None:
    """Are no error."""
    with Writer(tmp_path / "rows") as writer:
        writer.finish([], False)
    with Rows(tmp_path / "rows") as rows:
        assert (len(rows), rows.sorts) == (0, [])
        assert rows.numbers(rows.matching(Wanted(text="a", group="")), "file").tolist() == []
