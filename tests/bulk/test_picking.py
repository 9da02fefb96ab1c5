"""Rows of a judged file in any order."""

from pathlib import Path

import numpy as np
import pytest

from sentiment.bulk.picking import Pair, picked
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Row
from sentiment.tables.typed import Day, Number, Text, Truth

PAIRS: list[Pair] = [
    (Row(1, ["가\n", "1.50"]), RowAnswer((0.1, 0.9))),
    (Row(2, [Text("12"), Day("2026-01-02")]), RowAnswer((1 / 3, 2 / 3), notices=("english",))),
    (Row(3, ["", "\ud83d"], "fields"), RowAnswer(None, "fields")),
    (Row(4, [Number("1234567890123456"), Truth("TRUE")]), RowAnswer((0.5, 0.5))),
]


@pytest.mark.parametrize("numbers", [[], [1], [2, 4], [1, 2, 3, 4], [4, 2, 3, 1], [3, 2], [4, 1]])
def test_rows_come_as_they_are_asked_for(tmp_path: Path, numbers: list[int]) -> None:
    """With answers, problems and the types of their values; no file is left."""
    found = list(picked(iter(PAIRS), np.array(numbers, np.int64), tmp_path))
    assert found == [PAIRS[number - 1] for number in numbers]
    assert [[type(value) for value in row.values] for row, _ in found] == [
        [type(value) for value in PAIRS[number - 1][0].values] for number in numbers
    ]
    assert list(tmp_path.iterdir()) == []
