"""One sentence, however it is spelled: its form, and where each character of that was typed."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentiment.errors import ModelError
from sentiment.texts.spelling import Form, aligned, form_of, spelled

QUICK = settings(max_examples=300, deadline=None, derandomize=True, database=None)

PIECES = (
    *("정말 좋아요", "ㅋㅋ", "ㅠㅁㅠ", " ", "\n", "\r\n", "Good", "10점", "&", "<", ";", "#39"),
    *("&amp;", "&#51116;", "&nbsp;", "&lt", "&amp;#39;", "<br />", "<b>", "&copy;", "&#x1F44D;"),
    *("👍", "👍🏽", "❤\ufe0f", "👨\u200d👩\u200d👧", "1\ufe0f\u20e3", "♥", "e\u0301", "\u0316"),
    *("\u1112\u1161\u11ab", "\u110f\u110f", "\uffbb", "\uffa4\uffc6", "ㄴㅓㅁㅜ", "Ａ！"),
    *("\u200b", "\u00a0", "\u3000", "\ufeff", "\xad", "\uf981", "한"),
)
TEXTS = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    max_size=30,
).map("".join)
"""Texts of whatever is changed, in any order, and of anything else."""

FORMS = st.sampled_from(("as-typed", "cleaned"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (unicodedata.normalize("NFD", "좋아요"), "좋아요"),
        ("\u110f\u110f 재밌다", "ㅋㅋ 재밌다"),
        ("재밌다\u1172\u1172", "재밌다ㅠㅠ"),
        ("\uffbb\uffbb", "ㅋㅋ"),
        ("\uffa4\uffc6\uffb1\uffd3", "너무"),
        ("ㅈㅐㅁㅣㅇㅣㅆㄷㅏ", "재미있다"),
        ("ㄱㅙㄶ찮아", "괞찮아"),
        ("ㅠㅁㅠ ㅋㅋㅋㅋㅠ ㅇㅈ", "ㅠㅁㅠ ㅋㅋㅋㅋㅠ ㅇㅈ"),
        ("１０점　ＯＳＴ！", "10점 OST!"),
        ("정말\u00a0좋은\u3164영화\u2003예요", "정말 좋은 영화 예요"),
        ("정\u200b말\ufeff 좋\xad아요\u202e", "정말 좋아요"),
        ("최고👍👍🏽예요", "최고 👍👍🏽 예요"),
        ("최고❤\ufe0f", "최고 ❤"),
        ("1\ufe0f\u20e3등", "1등"),
        ("최고1\ufe0f\u20e3 2\u20e3", "최고 1 2"),
        ("최고⌚예요⏰", "최고 ⌚ 예요 ⏰"),
        ("좋아요&amp;amp;lt;br class='a'&amp;gt;10&nbsp8점", "좋아요 10 8점"),
        ("좋아요&#55357;&#56832;&#xD83D;&#xdc4d;", "좋아요 😀👍"),
        ("&#55203;&#44032;", "힣가"),
        ("&#51116;&#xBC0C;&nbsp;&lt;3 &quot;R&amp;B&quot;", '재밌 <3 "R&B"'),
        ("&amp;#39;내가&amp;nbsp;왕&amp;#39;", "'내가 왕'"),
        ("&lt올가미&gt R&B, Q&A, a&b; &unknown;", "<올가미> R&B, Q&A, a&b; &unknown;"),
        ("이게<br>왜<BR/>8점<br />인지</br>", "이게 왜 8점 인지 "),
        ("<b>좋아요</b>", "<b>좋아요</b>"),
        ("정말 좋아요. ㅋㅋ 10/10 :) ㅠㅠ", "정말 좋아요. ㅋㅋ 10/10 :) ㅠㅠ"),
    ],
)
def test_what_a_model_of_cleaned_texts_reads(typed: str, read: str) -> None:
    """Each odd spelling is the usual one; what only looks like one stays."""
    assert spelled(typed, "cleaned") == read


@pytest.mark.parametrize(
    "typed", ["<br>", "&amp;", "\u1112", "\u3164", "Ａ", "좋아요👍", "\u200b", "ㄴㅓ", "  a \r\n"]
)
def test_any_other_model_reads_what_was_typed(typed: str) -> None:
    """Composition alone is done for it."""
    assert spelled(typed, "as-typed") == typed
    decomposed = unicodedata.normalize("NFD", f"{typed} 한국")
    assert spelled(decomposed, "as-typed") == f"{typed} 한국"


@QUICK
@given(text=TEXTS)
def test_as_typed_is_canonical_composition(text: str) -> None:
    """Part by part it is the same as of the whole."""
    assert aligned(text, "as-typed").text == unicodedata.normalize("NFC", text)


@QUICK
@given(text=TEXTS, form=FORMS)
@example(text="👍", form="cleaned")
@example(text="좋아요👍", form="cleaned")
@example(text="&lte\u0301", form="cleaned")  # composed first, it is no longer "&lte"
def test_places_are_those_of_the_typed_text(text: str, form: Form) -> None:
    """One for each character read, in order, inside the text; both ways give the same text."""
    found = aligned(text, form)
    assert found.text == spelled(text, form)
    assert found.typed == text
    places = [found.place(i, i + 1) for i in range(len(found.text))]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    for (start, end), (later, later_end) in pairwise(places):
        assert start <= later
        assert end <= later_end


@QUICK
@given(text=TEXTS, form=FORMS)
def test_what_is_read_as_it_was_typed_stands_where_it_was_typed(text: str, form: Form) -> None:
    """A syllable that cleaning leaves alone is found at its very place."""
    found = aligned(text, form)
    for index, character in enumerate(found.text):
        start, end = found.place(index, index + 1)
        if end - start == 1 and "가" <= text[start] <= "힣":
            assert character == text[start]


@QUICK
@given(
    words=st.lists(st.sampled_from(("정말", "영화", "최고")), min_size=1, max_size=8),
    blank=st.sampled_from((" ", "&nbsp;", "<br />", "\u3164", "\u3000", "&amp;nbsp;", "\r\n")),
    odd=st.sampled_from(
        (
            str,
            lambda word: unicodedata.normalize("NFD", word),
            lambda word: "".join(f"&#{ord(character)};" for character in word),
            "\u200b".join,
        )
    ),
)
def test_words_lie_on_the_typed_text(words: list[str], blank: str, odd: object) -> None:
    """However they and the blanks between them are spelled."""
    assert callable(odd)
    typed = blank.join(map(odd, words))
    found = aligned(typed, "cleaned")
    assert [typed[start:end] for start, end in found.words()] == list(map(odd, words))
    assert found.text.split() == words


def test_a_config_with_another_form_is_refused() -> None:
    """The message names the key and what can stand there."""
    config = type("Config", (), {"text_form": "shiny"})
    with pytest.raises(ModelError, match=r"shiny.*as-typed, cleaned"):
        form_of(config())
    assert form_of(object()) == "as-typed"
