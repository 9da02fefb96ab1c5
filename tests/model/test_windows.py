"""Texts that are longer than the model reads."""

import pytest

from sentiment.model.windows import together, windows
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

MODEL = small_classifier(max_seq_length=8)
"""Reads six tokens of a text, without ``[CLS]`` and ``[SEP]``."""


def test_a_text_that_fits_is_one_window() -> None:
    """Its answer is the model's own."""
    assert windows(MODEL, POSITIVE) == [POSITIVE]
    [answer] = MODEL.predict([POSITIVE])
    assert together(MODEL, POSITIVE, [answer]) is answer


def test_windows_end_with_sentences() -> None:
    """As many as fit; a longer sentence is cut between words, a longer word where it must be."""
    text = f"{POSITIVE}. {NEGATIVE}! 영화. {'정말 ' * 8}최고. 별로. {'ㅋ!' * 8}"
    assert windows(MODEL, text) == [
        *("정말 재미있네요.", "정말 최악! 영화. 정말", "정말 정말 정말 정말 정말 정말"),
        *("정말 최고. 별로.", "ㅋ!ㅋ!ㅋ!", "ㅋ!ㅋ!ㅋ!", "ㅋ!ㅋ!"),
    ]


@pytest.mark.parametrize("text", ["정말 " * 30, f"{'영화네요. ' * 9}\n\n{NEGATIVE}", "ㅋ!" * 40])
def test_every_word_is_in_a_window(text: str) -> None:
    """In order, and each window is read whole."""
    found = windows(MODEL, text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert not any(answer.truncated for answer in MODEL.predict(found))


def test_longer_windows_weigh_more() -> None:
    """The answer is the mean by tokens, its verdict that of the mean."""
    text = f"{'정말 ' * 6}{'최악 ' * 2}"
    parts = MODEL.predict(windows(MODEL, text))
    whole = together(MODEL, text, parts)
    weights = [part.tokens_read for part in parts]
    assert weights == [8, 4]
    expected = sum(w * p.positive for w, p in zip(weights, parts, strict=True)) / 12
    assert whole.positive == pytest.approx(expected)
    assert whole.windows == 2
    assert not whole.truncated
    assert sum(whole.probabilities) == pytest.approx(1)
