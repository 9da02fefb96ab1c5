"""Labels: which are the pair, how they stand to one another, and when a model is unsure."""

import json
from dataclasses import asdict

import pytest

from sentiment.labels import NEVER, PAIR, UNSURE, Labels
from tests.kit.labels import ENTAILMENT, HATE, STARS, THREE, named

REVERSED = named("positive", "negative", positive=0, negative=1)


@pytest.mark.parametrize(
    ("labels", "order", "tones"),
    [
        (PAIR, ["positive", "negative"], [-2, 2]),
        (REVERSED, ["positive", "negative"], [2, -2]),
        (THREE, ["positive", "neutral", "negative"], [-2, 0, 2]),
        (
            named("positive", "negative", "neutral", positive=0, negative=1),
            ["positive", "neutral", "negative"],
            [2, -2, 0],
        ),
        (
            STARS,
            ["5 stars", "4 stars", "3 stars", "2 stars", "1 star"],
            [-2, -1, 0, 1, 2],
        ),
        (named("5", "4", "3", "2", "1"), ["5", "4", "3", "2", "1"], [2, 1, 0, -1, -2]),
        (named("별 1개", "별 2개", "별 3개"), ["별 3개", "별 2개", "별 1개"], [-2, 0, 2]),
        (HATE, ["clean", "hate"], [None, None]),
        (ENTAILMENT, ["entailment", "neutral", "contradiction"], [None] * 3),
        (named("LABEL_0", "LABEL_1", "LABEL_2"), ["LABEL_0", "LABEL_1", "LABEL_2"], [None] * 3),
    ],
)
def test_labels_stand_in_order_from_positive_to_negative(
    labels: Labels, order: list[str], tones: list[int | None]
) -> None:
    """Told by names alone; labels without such sides stay as the model has them."""
    assert [labels[index].name for index in labels.order] == order
    assert list(labels.tones) == tones


def test_only_positive_and_negative_alone_are_the_pair() -> None:
    """In any order; two other labels are none."""
    assert PAIR.pair
    assert REVERSED.pair
    assert not any(labels.pair for labels in (THREE, STARS, HATE, ENTAILMENT))


def test_a_band_is_about_positive_of_the_pair_and_about_confidence_of_others() -> None:
    """One pair of numbers says both; a model that nobody measured is never unsure."""
    assert PAIR.verdict((0.6, 0.4), (0.3, 0.7)) == UNSURE
    assert REVERSED.verdict((0.8, 0.2), (0.3, 0.7)) == "positive"
    assert THREE.verdict((0.3, 0.4, 0.3), (0, 0.5)) == UNSURE
    assert THREE.verdict((0.1, 0.6, 0.3), (0, 0.5)) == "neutral"
    assert THREE.verdict((0.3, 0.4, 0.3), NEVER) == "neutral"
    assert HATE.verdict((0.45, 0.55), (0, 0.6)) == UNSURE


@pytest.mark.parametrize("labels", [PAIR, THREE, STARS, HATE])
def test_labels_survive_being_stored(labels: Labels) -> None:
    """As the JSON that a job keeps."""
    assert Labels.restored(json.loads(json.dumps(asdict(labels)))) == labels
