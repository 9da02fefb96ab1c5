"""Why this answer, as a browser without script gets it."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.model.inference import Classifier
from sentiment.settings import Settings
from sentiment.web.pages.sentence import LINKED, LONGEST_LINK
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier
from tests.web.test_compare import boxes

SENTENCE = "영화 정말 별로\u3000재미있네요 😀"


def client_of(classifier: Classifier) -> FlaskClient:
    """A Korean client of an app with it."""
    app: Flask = create_app(classifier, Settings())
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    """A client of the app with a small classifier."""
    return client_of(small_classifier())


def why(client: FlaskClient, sentence: str) -> TestResponse:
    """The page with the explanation, by link."""
    return client.get("/", query_string={"sentence": sentence, "why": "1"})


def section(response: TestResponse) -> str:
    """The part about why."""
    found = re.search(r'<section id="why".*?</section>', response.text, re.DOTALL)
    assert found
    return found[0]


def words(response: TestResponse) -> str:
    """The marked sentence, as markup."""
    found = re.search(r'<p class="words" lang="ko">(.*?)</p>', section(response), re.DOTALL)
    assert found
    return found[1]


def test_an_answer_offers_to_explain_itself_and_does_not_yet(client: FlaskClient) -> None:
    """The plain answer costs nothing more; its button asks by a link that can be sent."""
    page = client.get("/", query_string={"sentence": SENTENCE})
    assert 'method="get" action="/#why"' in section(page)
    assert "왜 이렇게 판단했나요?" in section(page)
    assert 'class="words"' not in page.text
    assert "sentiment_total_seconds_count 1.0" in client.get("/metrics").text


def test_words_are_marked_with_signs_and_the_strongest_told(client: FlaskClient) -> None:
    """In steps of strength, with what happens without each, and what that means."""
    page = why(client, SENTENCE)
    assert page.status_code == 200
    plain = unescape(re.sub(r"<[^>]+>", "", words(page)))
    assert plain == "영화 정말 별로−−−\u3000재미있네요+++ 😀"
    assert re.search(r'class="word positive step3"[^>]*>재미있네요', words(page))
    assert re.search(r'class="word negative step3"[^>]*>별로', words(page))
    told = [
        unescape(re.sub(r"<[^>]+>", "", row))
        for row in re.findall(r"<li>.*?</li>", section(page), re.DOTALL)
    ]
    assert [" ".join(row.split()) for row in told] == [
        "‘재미있네요’ 없이: 긍정 64.6% → 8.3% · 답이 바뀌어요.",
        "‘별로’ 없이: 긍정 64.6% → 95.7%",
    ]
    assert "옳다는 뜻은 아니에요" in section(page)


def test_changes_are_told_of_the_answer_given(client: FlaskClient) -> None:
    """Of a negative answer, the probability of negative."""
    assert "‘최악’ 없이: 부정 94.8% → 47.5%" in unescape(section(why(client, "정말 최악")))


def test_every_word_leads_to_the_comparison_without_it() -> None:
    """Whatever characters the sentence holds."""
    client = client_of(small_classifier(64))
    sentence = "정말 &amp; 100%\n<최고>? #1+1\u00a0\"'👍🏽 e\u0301 %41"
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', words(why(client, sentence)))]
    assert len(links) == len(sentence.split())
    for link, word in zip(links, sentence.split(), strict=True):
        original, rest = boxes(client.get(link))
        assert original == sentence
        assert rest.split() == [other for other in sentence.split() if other != word]


def test_editing_begins_with_the_sentence(client: FlaskClient) -> None:
    """Before and after the explanation, for a comparison."""
    for page in (client.get("/", query_string={"sentence": POSITIVE}), why(client, POSITIVE)):
        assert 'method="get" action="/compare"' in section(page)
        assert f'name="a" value="{POSITIVE}"' in section(page)


def test_nothing_that_moves_the_answer_is_said_so(client: FlaskClient) -> None:
    """Words without weight are left unmarked."""
    page = why(client, "영화 정말 😀")
    assert "+" not in re.sub(r"<[^>]+>", "", words(page))
    assert "답이 거의 달라지지 않아요" in section(page)


def test_a_single_word_is_said_to_be_all(client: FlaskClient) -> None:
    """There is nothing to compare it with."""
    assert "낱말이 하나뿐이에요" in section(why(client, "최악"))


def test_a_text_too_long_for_a_link_is_explained_by_form(client: FlaskClient) -> None:
    """In groups, which is said, and without links that would weigh too much."""
    sentence = "정말 재미있네요 " * (LONGEST_LINK // 50)
    plain = client.post("/", data={"sentence": sentence})
    assert 'method="post" action="/#why"' in section(plain)
    classifier = small_classifier(512)
    page = client_of(classifier).post("/", data={"sentence": sentence, "why": "1"})
    assert "4개씩 묶어" in section(page)
    assert len(sentence) <= LINKED or "href" not in words(page)


def test_all_of_a_long_text_is_explained(client: FlaskClient) -> None:
    """It is judged in parts, and so is what is left without a word."""
    page = why(client, "정말 " * 20 + "최악")
    assert words(page).count("href") == 21
    assert 'class="unread"' not in words(page)
    assert re.search(r'class="word negative step\d"[^>]*>최악', words(page))
