"""Which words pushed an answer: the effects are exact and belong to the words shown."""

from collections.abc import Sequence
from contextlib import closing
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.model.explain import MOST, SLICE, STEPS, Explanation, Span, leave_out, record
from sentiment.model.inference import Classifier, Prediction
from sentiment.serving.engine import Engine
from tests.kit.small import IDS, NEGATIVE, POSITIVE, small_classifier

QUICK = settings(max_examples=100, deadline=None, derandomize=True, database=None)

BLANKS = (" ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "\x1f")
MARKS = ("\u0301", "\u1161", "\u200d", "\ufe0f", "\u200b", "\U0001f3fd")
WORDS = ("재미있네요", "최악", "👍🏽", "👨‍👩‍👧", "한국", "e\u0301", "!", "A&<b>")
TEXTS = st.lists(
    st.sampled_from(BLANKS + MARKS + WORDS)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    max_size=60,
).map("".join)
"""Texts of blanks, combining characters, emoji and anything else, in any order."""


def explained(classifier: Classifier, sentence: str) -> Explanation:
    """The explanation of a sentence."""
    [prediction] = classifier.predict_any([sentence])
    return leave_out(prediction, classifier.predict_any, classifier.reading(sentence))


def positive(weight: float) -> float:
    """The probability that the small classifier makes of a sum of weights."""
    return 1 / (1 + exp(-weight))


@QUICK
@given(text=TEXTS)
def test_the_spans_make_up_the_sentence(text: str) -> None:
    """With the blanks between them, character by character; and nothing but blanks is between."""
    spans = explained(small_classifier(), text).spans
    rebuilt, end = "", 0
    for span in spans:
        assert text[end : span.start].strip() == ""
        assert span.text
        assert span.text == span.text.strip()
        rebuilt += text[end : span.start] + span.text
        end = span.end
    assert text[end:].strip() == ""
    assert rebuilt + text[end:] == text


@QUICK
@given(words=st.lists(st.sampled_from([*IDS, "👍🏽", "e\u0301"]), min_size=2, max_size=12))
def test_each_effect_is_of_the_word_shown(words: list[str]) -> None:
    """It is what the sentence without exactly that word is judged to lack."""
    classifier = small_classifier(64)
    spans = explained(classifier, " ".join(words)).spans
    whole = classifier.predict_any([" ".join(words)])[0].positive
    for index, span in enumerate(spans):
        rest = classifier.predict_any([" ".join(words[:index] + words[index + 1 :])])[0].positive
        assert span.text == words[index]
        assert span.without == pytest.approx(rest, abs=1e-6)
        assert span.effect == pytest.approx(whole - rest, abs=1e-6)


def test_strongest_words_come_first_and_weak_ones_not_at_all() -> None:
    """A word without weight is not told; what pushed most is told first."""
    explanation = explained(small_classifier(), "영화 정말 별로 재미있네요")
    assert [span.text for span in explanation.strongest] == ["재미있네요", "별로"]
    first, second = explanation.strongest
    assert first.effect == pytest.approx(positive(0.6) - positive(-2.4))
    assert second.effect == pytest.approx(positive(0.6) - positive(3.1))
    assert [span.strength for span in explanation.spans] == [0, 0, 3, 3]


@pytest.mark.parametrize("step", range(3))
def test_strength_goes_by_the_size_of_the_effect(step: int) -> None:
    """In either direction, from each threshold on."""
    for sign in (1, -1):
        assert Span(0, 1, "a", sign * STEPS[step], 0.5).strength == step + 1
        assert Span(0, 1, "a", sign * (STEPS[step] - 0.001), 0.5).strength == step


@pytest.mark.parametrize("text", ["최악", " 최악\n", "👍🏽"])
def test_a_single_word_has_nothing_to_be_compared_with(text: str) -> None:
    """Without it nothing would be left: its effect is unknown, and nothing is judged."""
    classifier = small_classifier()
    explanation = leave_out(classifier.predict_any([text])[0], never, classifier.reading(text))
    [span] = explanation.spans
    assert (span.text, span.effect, span.without) == (text.strip(), None, None)
    assert explanation.possible == explanation.tried == 0
    assert not explanation.capped
    assert explanation.strongest == []


def never(texts: Sequence[str]) -> list[Prediction]:
    """A judge that is not to be asked."""
    raise AssertionError(texts)


@pytest.mark.parametrize(("count", "size"), [(MOST, 1), (MOST + 1, 2), (60, 3)])
def test_many_words_are_left_out_in_groups(count: int, size: int) -> None:
    """No more texts are judged than the cap, and the explanation says how many go together."""
    classifier, asked = small_classifier(512), list[str]()

    def judge(texts: Sequence[str]) -> list[Prediction]:
        asked.extend(texts)
        return classifier.predict_any(texts)

    text = "영화 " * (count - 1) + "최악"
    explanation = leave_out(classifier.predict_any([text])[0], judge, classifier.reading(text))
    assert len(asked) <= MOST
    assert explanation.words == size
    assert explanation.capped == (size > 1)
    assert all(len(span.text.split()) <= size for span in explanation.spans)
    assert [span.text for span in explanation.strongest] == [explanation.spans[-1].text]


def test_what_was_not_read_has_no_effect_and_does_not_move_up() -> None:
    """A text is cut where the model stopped reading; the rest is one span without effect."""
    classifier = small_classifier(5)  # three words
    text = "최악 영화 영화 재미있네요 최고"
    explanation = explained(classifier, text)
    assert [span.text for span in explanation.spans] == ["최악", "영화", "영화", "재미있네요 최고"]
    assert explanation.spans[0].without == pytest.approx(positive(0))
    assert explanation.spans[-1].effect == 0
    assert explanation.spans[-1].without == explanation.prediction.positive
    assert (explanation.possible, explanation.capped) == (3, False)


def test_time_that_runs_out_is_told() -> None:
    """What was not left out in time has no effect rather than a wrong one."""
    classifier = small_classifier(64)
    text = "최악 " * 20
    explanation = leave_out(
        classifier.predict_any([text])[0],
        classifier.predict_any,
        classifier.reading(text),
        seconds=0,
    )
    assert [span.effect is None for span in explanation.spans] == [False] * SLICE + [True] * 12
    assert (explanation.tried, explanation.possible) == (SLICE, 20)
    assert explanation.capped


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("정말 재미있네요", ["재미있네요", "정말"]),
        (
            "  정말\u3000재미있네요\n영화 ",
            ["  재미있네요\n영화 ", "  정말\u3000영화 ", "  정말\u3000재미있네요"],
        ),
    ],
)
def test_the_rest_of_a_sentence_reads_well(text: str, rests: list[str]) -> None:
    """A word goes with the blanks behind it, the last one with those before."""
    explanation = explained(small_classifier(), text)
    assert [explanation.without(span) for span in explanation.spans] == rests


def test_an_engine_explains_as_its_classifier_does() -> None:
    """Through its queue, in groups as any long list."""
    classifier = small_classifier()
    with closing(Engine(small_classifier())) as engine:
        for text in (POSITIVE, NEGATIVE, "영화 " * 30 + "최고"):
            [prediction] = engine.predict([text])
            read = engine.reading(text)
            found = leave_out(prediction, lambda texts: engine.answer(texts).predictions, read)
            assert record(found) == record(explained(classifier, text))


def test_programs_are_told_spans_and_whether_they_are_all() -> None:
    """With places in characters."""
    assert record(explained(small_classifier(), "👍🏽 최악")) == {
        "spans": [
            {
                "start": 0,
                "end": 2,
                "text": "👍🏽",
                "effect": 0.0,
                "positive_without": pytest.approx(positive(-3)),
            },
            {
                "start": 3,
                "end": 5,
                "text": "최악",
                "effect": pytest.approx(positive(-3) - positive(0)),
                "positive_without": pytest.approx(positive(0)),
            },
        ],
        "capped": False,
    }


def test_reading_tells_what_is_unknown_and_where_it_ends() -> None:
    """A run of over 100 characters is one unknown word; a cut text is read to its cut."""
    text = "정말 " + "가" * 101 + " 최고"
    reading = small_classifier().reading(text)
    assert reading.end == len(text)
    assert [text[start:end] for start, end in reading.unknown] == ["가" * 101]
    assert small_classifier(4).reading("정말 😀 최고 😀").end == 4
    assert small_classifier(4).reading("정말 😀 최고 😀").unknown == [(3, 4)]
