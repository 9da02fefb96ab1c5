"""Labels of a model's own: which is positive is told by the name, never by the place."""

import json
from dataclasses import asdict

import pytest

from sentiment.labels import NEVER, PAIR, UNSURE, Labels, labels_of
from tests.kit.labels import HATE, STARS, THREE


@pytest.mark.parametrize(
    "names",
    [("positive", "negative"), ("긍정", "부정"), ("POSITIVE", "NEGATIVE"), ("pos", "neg")],
)
def test_a_pair_is_recognised_in_any_order(names: tuple[str, str]) -> None:
    """Its names are the book's, its order stays that of the logits."""
    labels = labels_of(names)
    assert labels.names == ("positive", "negative")
    assert (labels.positive, labels.negative) == (0, 1)
    assert labels.is_pair
    assert labels_of(names[::-1]) == PAIR


def test_two_that_nobody_named_are_the_books() -> None:
    """Three are not: nobody knows what they mean."""
    assert labels_of(["LABEL_0", "LABEL_1"]) == PAIR
    three = labels_of(["LABEL_0", "LABEL_1", "LABEL_2"])
    assert three.names == ("LABEL_0", "LABEL_1", "LABEL_2")
    assert (three.positive, three.negative) == (None, None)


@pytest.mark.parametrize(
    ("names", "leanings"),
    [
        (["clean", "hate"], [None, None]),
        (["0", "1"], [None, None]),
        (["not positive", "positive"], [None, 1]),
        (["entailment", "neutral", "contradiction"], [None, 0, None]),
        (["긍정", "중립", "부정"], [1, 0, -1]),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], [-2, -1, 0, 1, 2]),
        (["매우 긍정", "긍정적", "보통", "나쁨"], [2, 1, 0, -1]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [-2, -1, 0, 1, 2]),
        (["5점", "4점", "3점", "2점", "1점"], [2, 1, 0, -1, -2]),
        (["1", "2", "3", "4"], [-3, -1, 1, 3]),
        (["1", "2"], [None, None]),
        (["2", "3", "4"], [None, None, None]),
    ],
)
def test_how_labels_lean(names: list[str], leanings: list[int | None]) -> None:
    """Foreign labels lean nowhere; whoever is shown as positive is so by its name."""
    labels = labels_of(names)
    assert [label.leaning for label in labels] == leanings
    assert labels.names == tuple(names)


def test_sides_are_single_labels() -> None:
    """With several on a side no one of them is "positive"."""
    three = labels_of(["negative", "neutral", "positive"])
    assert (three.negative, three.positive) == (0, 2)
    assert three.order == (2, 1, 0)
    assert not three.is_pair
    five = labels_of([f"{stars} stars" for stars in (1, 2, 3, 4, 5)])
    assert (five.negative, five.positive) == (None, None)
    assert five.order == (4, 3, 2, 1, 0)


@pytest.mark.parametrize("names", [[], ["", "positive"], ["Hate", "hate"]])
def test_names_that_cannot_be_told_apart(names: list[str]) -> None:
    """They are no labels."""
    with pytest.raises(ValueError, match=r".*"):
        labels_of(names)


def test_a_band_is_about_positive_of_the_pair_and_about_confidence_of_others() -> None:
    """One pair of numbers says both; a model that nobody measured is never unsure."""
    assert PAIR.verdict((0.6, 0.4), (0.3, 0.7)) == UNSURE
    assert labels_of(["pos", "neg"]).verdict((0.8, 0.2), (0.3, 0.7)) == "positive"
    assert THREE.verdict((0.3, 0.4, 0.3), (0, 0.5)) == UNSURE
    assert THREE.verdict((0.1, 0.6, 0.3), (0, 0.5)) == "neutral"
    assert THREE.verdict((0.3, 0.4, 0.3), NEVER) == "neutral"
    assert HATE.verdict((0.45, 0.55), (0, 0.6)) == UNSURE


@pytest.mark.parametrize("labels", [PAIR, THREE, STARS, HATE])
def test_labels_survive_being_stored(labels: Labels) -> None:
    """As the JSON that a job keeps."""
    assert Labels.restored(json.loads(json.dumps(asdict(labels)))) == labels
