"""Two sentences side by side, as a browser without script gets them."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.serving import queue
from sentiment.settings import MAX_CHARACTERS, Settings
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier


@pytest.fixture
def app() -> Flask:
    """The app with a small classifier."""
    return create_app(small_classifier(), Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A Korean client of it."""
    return app.test_client()


def compared(client: FlaskClient, **fields: str) -> TestResponse:
    """The page about two sentences."""
    return client.get("/compare", query_string=fields)


def boxes(response: TestResponse) -> list[str]:
    """What stands in the two boxes."""
    found = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", response.text, re.DOTALL)
    return [unescape(text) for text in found]


def meters(response: TestResponse) -> dict[str, float]:
    """The values of the bars by their id."""
    found = re.findall(r'<meter id="([\w-]+)" min="0" max="1" value="([^"]+)"', response.text)
    return {name: round(float(value), 3) for name, value in found}


def test_both_answers_and_their_difference_are_shown(client: FlaskClient) -> None:
    """With bars of their own, the difference in points and the turn of the answer."""
    page = compared(client, a=POSITIVE, b=NEGATIVE)
    assert page.status_code == 200
    assert boxes(page) == [POSITIVE, NEGATIVE]
    assert meters(page) == {
        "a-positive": 0.957,
        "a-negative": 0.043,
        "b-positive": 0.052,
        "b-negative": 0.948,
    }
    assert "90.5%포인트 더 부정적이에요" in page.text
    assert "긍정 (positive) → 부정 (negative)" in page.text
    back = compared(client, a=NEGATIVE, b=POSITIVE)
    assert "90.5%포인트 더 긍정적이에요" in back.text


def test_equal_answers_are_called_the_same(client: FlaskClient) -> None:
    """Without a turn."""
    page = compared(client, a="정말 영화", b="정말")
    assert "두 답이 같아요" in page.text
    assert "답이 바뀌었어요" not in page.text


def test_the_link_shows_the_same_comparison_again(client: FlaskClient) -> None:
    """One address that can be sent, whatever the sentences hold."""
    a, b = "정말 좋네요 & 100% <최고>?\n#1+1", "👍🏽\u3000별로\u00a0"
    page = compared(client, a=a, b=b, lang="en")
    link = re.search(r'rel="bookmark" href="([^"]+)"', page.text)
    assert link
    again = client.get(unescape(link[1]))
    assert boxes(again) == [a, b]
    assert meters(again) == meters(page)
    assert "lang" not in link[1]


def test_a_long_comparison_has_no_link(client: FlaskClient) -> None:
    """A link that programs would cut is not offered; the answers are."""
    page = compared(client, a="영화 " * 200, b=POSITIVE)
    assert len(meters(page)) == 4
    assert 'rel="bookmark"' not in page.text


def test_one_sentence_is_there_to_be_edited(client: FlaskClient) -> None:
    """Without a second one the first stands in both boxes, and nothing is judged yet."""
    page = compared(client, a=POSITIVE)
    assert page.status_code == 200
    assert boxes(page) == [POSITIVE, POSITIVE]
    assert meters(page) == {}
    assert boxes(client.get("/compare")) == ["", ""]


@pytest.mark.parametrize(
    ("bad", "status", "words"),
    [
        ("", 400, "판단할 글이 없어요"),
        (" \u3000", 400, "판단할 글이 없어요"),
        ("좋\0네요", 400, "NUL"),
        ("가" * (MAX_CHARACTERS + 1), 413, "10,001자"),
    ],
    ids=["empty", "blank", "nul", "long"],
)
@pytest.mark.parametrize("side", ["a", "b"])
def test_what_is_wrong_is_told_at_its_side(
    client: FlaskClient, side: str, bad: str, status: int, words: str
) -> None:
    """The other sentence is judged all the same, and both stay in their boxes."""
    other = "b" if side == "a" else "a"
    page = compared(client, **{side: bad, other: POSITIVE})
    assert page.status_code == status
    problem = re.search(rf'id="{side}-problem"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    assert problem
    assert words in problem[1]
    assert f'aria-describedby="{side}-problem"' in page.text
    assert set(meters(page)) == {f"{other}-positive", f"{other}-negative"}
    assert sorted(boxes(page)) == sorted([bad.replace("\0", "\ufffd"), POSITIVE])
    assert "%포인트" not in page.text


def test_bytes_that_are_no_text_are_refused(client: FlaskClient) -> None:
    """Escaped bytes that are not UTF-8: 400 on the page."""
    page = client.get("/compare?a=%FF&b=%EC%A2%8B")
    assert page.status_code == 400
    assert "UTF-8" in page.text


def test_the_language_switch_keeps_both(client: FlaskClient) -> None:
    """Its button belongs to the form; on an empty form it complains of nothing."""
    korean = compared(client, a=POSITIVE, b=NEGATIVE)
    assert 'form="compare" name="lang" value="en"' in korean.text
    english = compared(client, a=POSITIVE, b=NEGATIVE, lang="en")
    assert boxes(english) == [POSITIVE, NEGATIVE]
    assert "more negative by 90.5 points" in english.text
    assert compared(client, a="", b="", lang="en").status_code == 200


def test_markup_stays_text(client: FlaskClient) -> None:
    """On both sides."""
    text = "</textarea><script>alert(1)</script>\"'>"
    page = compared(client, a=text, b=f"정말 {text}")
    assert "<script>alert" not in page.text
    assert boxes(page) == [text, f"정말 {text}"]


def test_a_busy_model_says_when_to_ask_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 with Retry-After, and both sentences stay."""
    monkeypatch.setattr(queue, "CALLERS", 0)
    page = compared(client, a=POSITIVE, b=NEGATIVE)
    assert page.status_code == 429
    assert page.headers["Retry-After"]
    assert boxes(page) == [POSITIVE, NEGATIVE]
    assert meters(page) == {}
