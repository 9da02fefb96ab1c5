"""Everyday sentences: two test sets of our own, written without a model and never trained on."""

from collections import Counter
from pathlib import Path

import pytest

from sentiment.model.loader import load
from sentiment.settings import SHIPPED
from sentiment.tables.labelled import Table

EVERYDAY = Path(__file__).parents[1] / "everyday.tsv"
HARDER = Path(__file__).parents[1] / "training" / "everyday_dev.tsv"

LEAST = {
    ("small", EVERYDAY): 74,
    ("small", HARDER): 75,
    ("base", EVERYDAY): 74,
    ("base", HARDER): 79,
}
"""Of 80 and of 108 sentences; a little under what each shipped model gets."""


def test_the_set_is_balanced_and_each_sentence_stands_once() -> None:
    """At least 60, as many positive as negative, none of them about a film."""
    table = Table.of(EVERYDAY)
    sentences = list(table.sentences(table.usable()))
    assert len(sentences) == len(table.kinds) == len({text for text, _ in sentences}) >= 60
    assert len(set(Counter(label for _, label in sentences).values())) == 1
    assert not [text for text, _ in sentences if "영화" in text or "배우" in text]


@pytest.mark.parametrize(("name", "file"), LEAST)
def test_a_shipped_model_judges_everyday_sentences(name: str, file: Path) -> None:
    """Most of them rightly, as the page serves it; irony and double negation are in the harder."""
    table = Table.of(file)
    texts, labels = zip(*table.sentences(table.usable()), strict=True)
    model = load(SHIPPED[name])
    answers = [answer.label for answer in model.predict(texts)]
    pairs = [
        (text, said == label)
        for text, said, label in zip(texts, answers, labels, strict=True)
        if label in model.labels.names
    ]
    wrong = [text for text, right in pairs if not right]
    right = len(pairs) - len(wrong)
    assert right >= LEAST[name, file], f"{right} of {len(pairs)} right; wrong:\n" + "\n".join(wrong)
