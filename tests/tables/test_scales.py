"""What label columns say: understood where everybody means the same, asked for elsewhere."""

import pytest

from sentiment.errors import DataError
from sentiment.tables.scales import NEGATIVE_TO, POSITIVE_FROM, meanings, number, parsed, plain

Meanings = dict[str, str] | None


@pytest.mark.parametrize(
    ("column", "counts", "found"),
    [
        ("label", {"0": 5, "1": 5}, {"0": "negative", "1": "positive"}),
        ("label", {"0.0": 5, "1.0": 5, "": 3}, {"0.0": "negative", "1.0": "positive"}),
        ("라벨", {"-1": 3, "0": 3, "1": 3}, {"-1": "negative", "0": "neutral", "1": "positive"}),
        ("감성", {"긍정": 2, "부정": 2}, {"긍정": "positive", "부정": "negative"}),
        ("x", {"Very Positive": 2, "neg": 2}, {"Very Positive": "positive", "neg": "negative"}),
        ("별점", {"1": 3, "5": 4}, {"1": "negative", "5": "positive"}),
        ("stars", {"1": 3, "3": 4, "4": 1}, {"1": "negative", "3": "neither", "4": "neither"}),
        ("rating", {"1": 9}, {"1": "negative"}),
        ("별점", {"★★★★★": 3, "★☆☆☆☆": 3}, {"★★★★★": "positive", "★☆☆☆☆": "negative"}),
        ("만족도", {"5점": 3, "1점": 3}, {"5점": "positive", "1점": "negative"}),
        ("rating", {"1": 4, "10": 4, "8": 2}, {"1": "negative", "10": "positive", "8": "neither"}),
        ("label", {"1": 4, "10": 4}, {"1": "negative", "10": "positive"}),
        ("label", {"0": 50, "1": 49, "7": 1}, {"0": "negative", "1": "positive", "7": "neither"}),
        ("평점", {"1": 20, "0": 1, "10": 9}, {"1": "negative", "0": "neither", "10": "positive"}),
        ("label", {"0": 5, "1": 5, "2": 5}, None),
        ("label", {"0": 50, "1": 49, "2": 1}, None),
        ("sentiment", {"1": 5, "2": 5}, None),
        ("score", {"1": 5, "2": 5}, None),
        ("label", {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1}, None),
        ("감정", {"1": 3, "2": 3, "3": 3, "4": 3, "5": 3}, None),
        ("score", {"0": 3, "50": 3, "100": 3}, None),
        ("label", {"기쁨": 3, "슬픔": 3}, None),
        ("label", {"-1": 1, "0": 50, "1": 49}, None),
        ("별점", {"2024": 3, "2023": 2}, None),
        ("label", {"": 4, "nan": 2}, None),
    ],
)
def test_a_scale_is_mapped_only_where_it_is_understood(
    column: str, counts: dict[str, int], found: Meanings
) -> None:
    """The name of the column, all its values and how often they stand there decide."""
    assert meanings(counts, column) == found


def test_what_the_owner_says_counts_more() -> None:
    """Values that are not named are neither; 2.0 is 2."""
    given = {"0": "negative", "2": "positive"}
    assert meanings({"0": 1, "1": 2, "2.0": 3}, "x", given) == {
        "0": "negative",
        "1": "neither",
        "2.0": "positive",
    }


def test_the_option_is_understood() -> None:
    """Also with Korean words, labels of a model's own, and an equals sign in a value."""
    assert parsed("0=negative, 1=중립,a=b=긍정,2=기쁨") == {
        "0": "negative",
        "1": "neutral",
        "a=b": "positive",
        "2": "기쁨",
    }
    assert parsed("") == {}
    for wrong in ("0", "=negative", "0=", "0:negative"):
        with pytest.raises(DataError, match="--labels"):
            parsed(wrong)


def test_numbers_of_a_scale() -> None:
    """Longer ones are years or ids."""
    texts = {"5": 5.0, "-1": -1.0, "4.5": 4.5, "4/5": 4.0, "3 점": 3.0, "★★": 2.0}
    assert {text: number(text) for text in texts} == texts
    assert [number(text) for text in ("", "2024", "x", "²", "--1", "1e3", "오")] == [None] * 7
    assert plain(" Very-Positive ") == "verypositive"


def test_the_rule_of_nsmc() -> None:
    """The recipes of the shipped model depend on it."""
    assert (NEGATIVE_TO, POSITIVE_FROM) == (4, 9)
