"""The page as a browser without script gets it."""

import re
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.model.inference import Facts
from sentiment.settings import MAX_CHARACTERS, Settings
from sentiment.web.pages.sentence import EXAMPLES, LONGEST_LINK
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app with a small classifier."""
    return app.test_client()


def box(response: TestResponse) -> str:
    """What stands in the text box; a browser drops the first line end."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", response.text, re.DOTALL)
    assert found
    return unescape(found[1])


def meters(response: TestResponse) -> dict[str, float]:
    """The values of the bars by their id."""
    found = re.findall(r'<meter id="(\w+)" min="0" max="1" value="([^"]+)"', response.text)
    return {name: float(value) for name, value in found}


def test_the_start_page_has_a_form_and_no_answer(client: FlaskClient) -> None:
    """A first visit shows an empty box."""
    response = client.get("/")
    assert response.status_code == 200
    assert box(response) == ""
    assert meters(response) == {}


@pytest.mark.parametrize("sentence", [POSITIVE, f"{POSITIVE}. {NEGATIVE}.", "", "x" * 99_999])
def test_script_gets_the_answer_alone(client: FlaskClient, sentence: str) -> None:
    """Title, answer or problem and status are those of the whole page; all else is left out."""
    asked: dict[str, Any] = {"data": {"sentence": sentence, "why": "1"}}
    whole = client.post("/", **asked)
    part = client.post("/", headers={"Sentiment-Part": "answer"}, **asked)
    assert part.status_code == whole.status_code
    for found in ("<title>.*?</title>", r'<div id="answer">.*?\n  </div>'):
        [one], [other] = (re.findall(found, each.text, re.DOTALL) for each in (part, whole))
        assert one == other
    assert "<nav" not in part.text
    assert "<textarea" not in part.text


@pytest.mark.parametrize("way", ["form", "link"])
def test_a_sentence_is_judged(client: FlaskClient, way: str) -> None:
    """Form and link show label, both probabilities as bars and text, model and tokens."""
    if way == "form":
        response = client.post("/", data={"sentence": POSITIVE})
    else:
        response = client.get("/", query_string={"sentence": POSITIVE})
    expected = 1 / (1 + 2.718281828459045**-3.1)
    assert response.status_code == 200
    assert meters(response)["positive"] == pytest.approx(expected, abs=1e-6)
    assert meters(response)["negative"] == pytest.approx(1 - expected, abs=1e-6)
    for text in ("긍정 (positive)", "95.7%", "4.3%", "word-weights", "5 / 5"):
        assert text in response.text
    assert box(response) == POSITIVE


def test_a_negative_sentence_is_called_negative(client: FlaskClient) -> None:
    """The word follows the larger probability."""
    assert "부정 (negative)" in client.post("/", data={"sentence": NEGATIVE}).text


def test_a_browser_is_led_to_the_address_of_its_answer(client: FlaskClient) -> None:
    """So that Back and Reload find it; whatever is typed comes back, reasons too."""
    for text in (POSITIVE, "100% & <b>#1</b>\n둘째 줄 ", "", "좋\x01네요"):
        led = client.post("/judge", data={"sentence": text.replace("\n", "\r\n"), "why": "1"})
        assert led.status_code == 303
        address = urlsplit(led.location)
        assert address.path == "/"
        assert parse_qs(address.query, keep_blank_values=True) == {"sentence": [text], "why": ["1"]}
    assert client.get("/judge").location == "/"


def test_what_fits_into_no_address_is_answered_at_once(client: FlaskClient) -> None:
    """Long texts, and what is no text at all."""
    assert "긍정 (positive)" in client.post("/judge", data={"sentence": f"{POSITIVE} " * 200}).text
    broken = client.post(
        "/judge", data=b"sentence=%ff", content_type="application/x-www-form-urlencoded"
    )
    assert broken.status_code == 400
    assert client.post("/judge", json=POSITIVE).status_code == 415


def test_a_long_sentence_is_judged_in_parts_and_says_so(client: FlaskClient) -> None:
    """All of what is longer than the model reads counts, its end too."""
    response = client.post("/", data={"sentence": "영화 " * 20 + "정말 최악"})
    assert "2부분으로 나누어 판단했어요" in response.text
    assert "앞부분만" not in response.text
    assert "부정 (negative)" in response.text
    assert 'class="notice"' not in client.post("/", data={"sentence": POSITIVE}).text


def test_the_answer_has_a_link_that_gives_it_again(client: FlaskClient) -> None:
    """Following the link shows the same answer."""
    sentence = "정말 좋네요 & 100% <최고>? #1+1"
    first = client.post("/", data={"sentence": sentence})
    link = re.search(r'rel="bookmark" href="([^"]+)"', first.text)
    assert link
    again = client.get(unescape(link[1]))
    assert box(again) == sentence
    assert meters(again) == meters(first)


def test_a_long_sentence_has_no_link(client: FlaskClient) -> None:
    """A link that programs would cut is not offered."""
    sentence = "영" * (LONGEST_LINK // 9)
    assert 'rel="bookmark"' not in client.post("/", data={"sentence": sentence}).text


def test_every_example_can_be_followed(client: FlaskClient) -> None:
    """Each example is a link to its own answer."""
    links = re.findall(r'href="([^"]+)" data-example', client.get("/").text)
    assert [box(client.get(unescape(link))) for link in links] == list(EXAMPLES)


def test_text_is_only_ever_text(client: FlaskClient) -> None:
    """Markup in a sentence never becomes markup of the page."""
    sentence = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    response = client.post("/", data={"sentence": sentence})
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text
    assert box(response) == sentence


@pytest.mark.parametrize("sentence", ["\n첫 줄\n둘째 줄\n", " 앞뒤 공백 ", "👍🏽 이모지", "ㅋㅋㅋ"])
def test_text_comes_back_as_it_was_typed(client: FlaskClient, sentence: str) -> None:
    """Line ends, blanks and emoji survive; forms send line ends as CRLF."""
    response = client.post("/", data={"sentence": sentence.replace("\n", "\r\n")})
    assert box(response) == sentence


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u3000"])
def test_a_blank_sentence_is_refused(client: FlaskClient, blank: str) -> None:
    """Nothing to judge: 400, by form and by link."""
    for response in (
        client.post("/", data={"sentence": blank}),
        client.get("/", query_string={"sentence": blank}),
    ):
        assert response.status_code == 400
        assert "판단할 글이 없어요" in response.text


def test_a_form_without_the_field_is_refused(client: FlaskClient) -> None:
    """A form that holds something else holds no sentence."""
    assert client.post("/", data={"text": "좋네요"}).status_code == 400


def test_too_long_a_text_is_kept_in_the_box(client: FlaskClient) -> None:
    """One character too many: 413, and the text can be shortened where it is."""
    sentence = "가" * (MAX_CHARACTERS + 1)
    response = client.post("/", data={"sentence": sentence})
    assert response.status_code == 413
    assert "10,001자" in response.text
    assert box(response) == sentence


@pytest.mark.parametrize("character", ["가", "😀"])
def test_the_longest_text_is_judged(client: FlaskClient, character: str) -> None:
    """The limit counts characters, whatever their bytes."""
    response = client.post("/", data={"sentence": character * MAX_CHARACTERS})
    assert response.status_code == 200


def test_an_oversize_body_is_refused(client: FlaskClient) -> None:
    """A body far over the limit is not read: 413."""
    response = client.post("/", data={"sentence": "가" * 100_000})
    assert response.status_code == 413
    assert 'id="problem"' in response.text


def test_an_oversize_body_of_unknown_length_is_refused(client: FlaskClient) -> None:
    """A chunked body is not taken for ended where reading stops: 413."""
    response = client.post(
        "/",
        input_stream=BytesIO(b"other=" + b"a" * 300_000 + b"&sentence=good"),
        headers={"Transfer-Encoding": "chunked"},
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 413


@pytest.mark.parametrize("broken", [b"%EC%A2", b"%FF", b"\xec\xa2", b"%ED%A0%80"])
def test_broken_utf8_is_refused_and_readable_text_kept(client: FlaskClient, broken: bytes) -> None:
    """Broken UTF-8: 400; what could be read stays in the box."""
    form = b"sentence=" + quote("좋네요").encode() + broken
    response = client.post("/", data=form, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "UTF-8" in response.text
    assert box(response).startswith("좋네요\N{REPLACEMENT CHARACTER}")
    environ = {"QUERY_STRING": form.decode("latin-1")}
    assert client.get("/", environ_overrides=environ).status_code == 400


def test_raw_utf8_in_a_link_is_read(client: FlaskClient) -> None:
    """A link typed without escapes works: programs send its bytes as they are."""
    environ = {"QUERY_STRING": f"sentence={POSITIVE}".encode().decode("latin-1")}
    response = client.get("/", environ_overrides=environ)
    assert response.status_code == 200
    assert box(response) == POSITIVE


def test_a_nul_is_refused(client: FlaskClient) -> None:
    """NUL: 400, and none in the page."""
    response = client.post("/", data={"sentence": "좋\0네요"})
    assert response.status_code == 400
    assert "\0" not in response.text


def test_a_form_of_another_kind_is_refused(client: FlaskClient) -> None:
    """What is no URL-encoded form: 415."""
    assert client.post("/", json="좋네요").status_code == 415


def test_an_unknown_page_is_friendly(client: FlaskClient) -> None:
    """404 with a way back."""
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "첫 페이지로" in response.text
    assert response.mimetype == "text/html"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    """405 with Allow."""
    response = client.delete("/")
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_an_accident_shows_no_details(caplog: pytest.LogCaptureFixture) -> None:
    """An unexpected error: 500 without its text; the log has it."""
    app = create_app(small_classifier(), Settings())

    @app.get("/accident")
    def accident() -> str:
        raise RuntimeError("secret detail")

    response = app.test_client().get("/accident")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert 'id="problem"' in response.text
    assert "secret detail" in caplog.text


def test_the_answer_says_how_exactly_the_model_computes() -> None:
    """In 8 bits also how far that is from full precision, in both languages."""
    model = small_classifier()
    said = []
    for model.facts in (Facts(), Facts("fast", "onnx", shift=0.0423, same_labels=0.9985)):
        client = create_app(model, Settings()).test_client()
        for language in ("ko", "en"):
            html = client.get("/", query_string={"sentence": POSITIVE, "lang": language}).text
            found = re.search(r"<dt>(?:정밀도|Precision)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
            said.append(found and unescape(found[1]))
        told = client.post("/api/v1/predict", json={"sentences": [POSITIVE]}).get_json()["model"]
    assert said == [
        "원래대로",
        "full",
        "8비트 · 원래와 확률 차이 최대 4.2%p, 같은 답 99.8%",
        "8 bits: at most 4.2% from full precision, 99.8% of answers the same",
    ]
    assert told["facts"] == {"precision": "fast", "shift": 0.0423, "same_labels": 0.9985}
