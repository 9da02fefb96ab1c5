"""Everyday sentences that are not about films: a test set of our own, written without a model.

The shipped model learned from film reviews alone; how far that carries stands in its card.
"""

from collections import Counter
from pathlib import Path

from sentiment.model.loader import load
from sentiment.settings import Settings
from sentiment.tables.labelled import Table

EVERYDAY = Path(__file__).parents[1] / "everyday.tsv"

LEAST = 68
"""Of 80 sentences; a little under what the shipped model gets."""


def test_the_set_is_balanced_and_each_sentence_stands_once() -> None:
    """At least 60, as many positive as negative, none of them about a film."""
    table = Table.of(EVERYDAY)
    sentences = list(table.sentences(table.usable()))
    assert len(sentences) == len(table.kinds) == len({text for text, _ in sentences}) >= 60
    assert len(set(Counter(label for _, label in sentences).values())) == 1
    assert not [text for text, _ in sentences if "영화" in text or "배우" in text]


def test_the_shipped_model_judges_everyday_sentences() -> None:
    """Most of them rightly, as the page serves it."""
    table = Table.of(EVERYDAY)
    texts, labels = zip(*table.sentences(table.usable()), strict=True)
    model = load(Settings.model, Settings.pretrained, Settings.max_seq_length, Settings.backend)
    answers = [answer.label for answer in model.predict(texts)]
    wrong = [
        text for text, said, label in zip(texts, answers, labels, strict=True) if said != label
    ]
    right = len(texts) - len(wrong)
    assert right >= LEAST, f"{right} of {len(texts)} right; wrong:\n" + "\n".join(wrong)
