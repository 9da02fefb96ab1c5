"""What was hardly understood is said, and plain Korean never is."""

import json
import lzma
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import pytest

from sentiment.i18n import LANGUAGES, catalog
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.texts.notices import NOTICES, few_korean, notices, scripts
from tests.kit.small import small_classifier

KOREAN = "배송이 늦고 포장도 엉망이에요"

MISSPELLED = "s44"
"""U+FFCA is HALFWIDTH HANGUL LETTER YEO: this case spells 녀무 and means 너무."""


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    """The shipped model, which reads cleaned texts."""
    return load()


@pytest.mark.parametrize(
    "text",
    [
        *("굿", "노잼", "헐", "10점", "음...", "ㅇㅈ 최고", "The Dark Knight 최고", "LG TV 굿"),
        *(
            "뭐야??? 진짜??? 대박???",
            "ㄱㅅㄱㅅ",
            "ㅋㅌㅋㅌ",
            "ㅇㄱㄹㅇ",
            "漢字 混用 문장",
            "1) 배송 2) 포장",
            "좋아요 �",
            "a👍가",
        ),
        *(
            "Mission Impossible: Dead Reckoning 굿",
            "The Lord of the Rings: The Return of the King 최고",
            "LG OLED TV UHD HDR 굿",
            "OMG ㅠㅠ",
            "ㅋㅋㅋㅠㅠ",
            "#영화 #추천 @friend",
            "똠양꿍 뷁",
        ),
        *("우도환 우도환❤️❤️❤️", "100%50%80% 할인", "네 ㅠㅠ", "재밌다·····감동·····"),
    ],
)
def test_korean_gets_none(text: str) -> None:
    """However short, mixed or adorned."""
    assert notices(text) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Das Essen war sehr gut", "not_korean"),
        ("Очень хороший фильм", "not_korean"),
        ("とても面白い", "not_korean"),
        ("is this a good movie ㅋㅋ", "not_korean"),
        ("The 배우 was great but the story made no sense at all", "not_korean"),
        *(
            (text, "too_little")
            for text in (
                "5/5",
                "ㅁㄴㅇㄹ",
                "ㄱㄷㅈㅂ",
                "010-1234-5678",
                "www.example.com",
                "me@example.com",
                "!!!",
                "NaN",
            )
        ),
        *(
            (text, "too_little")
            for text in ("ㅋㅋㅋㅋㅋ", "ㅠ", "a", "❤❤❤", "\u200b", "N/A", "&nbsp;")
        ),
        *((text, "unreadable") for text in ("??? ?? ????", "���� ���", "□□□ □□ □□", "??????")),
        (json.dumps(KOREAN), "unreadable"),
        (quote(KOREAN), "unreadable"),
        (repr(KOREAN.encode()), "unreadable"),
    ],
)
def test_the_rest_is_told_by_its_kind(text: str, code: str) -> None:
    """Other languages, damage, and what says nothing."""
    assert notices(text) == (code,)


@pytest.mark.parametrize("written", ["utf-8", "cp949"])
@pytest.mark.parametrize("read", ["latin-1", "cp1252", "cp949", "utf-8"])
def test_korean_in_the_wrong_encoding_is_damaged(written: str, read: str) -> None:
    """Whatever took it for whatever, and also where question marks fill the holes."""
    for hole in ("\ufffd", "?"):
        damaged = KOREAN.encode(written).decode(read, "replace").replace("\ufffd", hole)
        assert (notices(damaged) == ()) == (written == read)


def test_files_of_little_korean_are_told() -> None:
    """By their letters: numbers and addresses count for nothing."""
    assert few_korean(*scripts("good movie 좋아요"))
    assert not few_korean(*scripts("2024-01-01 https://example.com/long/address 좋아요 OK"))
    assert not few_korean(0, 0)


def test_what_the_model_does_not_know_is_told() -> None:
    """A text mostly of unknown words, and one that is longer than what is read."""
    classifier = small_classifier()
    known, unknown, some, emoji = classifier.predict(
        ["정말 좋네요", "모르는낱말", "정말 최고 최고 뭐지", "좋 😀"]
    )
    assert known.notices == some.notices == emoji.notices == ()
    assert unknown.notices == ("unknown_words",)
    [long] = classifier.predict(["최고 " * 30])
    assert long.notices == ("truncated",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_can_be_told(language: str) -> None:
    """In the languages of the page."""
    for message in NOTICES.values():
        assert (catalog(language).gettext(message) != message) == (language == "ko")


def test_the_cases_are_right(shipped: Classifier, shared: Path) -> None:
    """Those of the shared folder: two spellings one answer, a notice where one is due."""
    lines = (shared / "cases" / "texts" / "cases.jsonl").read_text("utf-8").splitlines()
    wrong = []
    for case in map(json.loads, lines):
        if case["expect"] == "same":
            a, b = shipped.predict([case["a"], case["b"]])
            right = abs(a.positive - b.positive) < 1e-6 or case["id"] == MISSPELLED
        else:
            [answer] = shipped.predict([case["text"]])
            found = set(answer.notices)
            right = bool(found & set(case["any_of"])) if case["expect"] == "notice" else not found
        if not right:
            wrong.append(case)
    assert not wrong


def test_hardly_any_review_gets_one(shipped: Classifier, shared: Path) -> None:
    """At most one in 500 of those that are half Hangul or more."""
    file = shared / "data" / "naver-movie-reviews" / "dev.tsv.xz"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        texts = [line.split("\t")[1] for line in islice(lines, 1, 2001)]
    korean = [text for text in texts if is_korean(text)]
    told = [answer for answer in shipped.predict(korean) if answer.notices]
    assert len(korean) > 1900
    assert len(told) * 500 <= len(korean)


def is_korean(text: str) -> bool:
    """Whether at least half of it is Hangul, and two syllables are."""
    plain = [character for character in text if not character.isspace()]
    syllables = sum("가" <= character <= "힣" for character in plain)
    letters = sum("ㄱ" <= character <= "ㅣ" for character in plain)
    return syllables > 1 and (syllables + letters) * 2 >= len(plain)
