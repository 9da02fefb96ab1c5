"""What was not understood, and what was made of a text, as people and programs are told."""

import csv
import re
from contextlib import closing
from dataclasses import replace
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sentiment.settings import Settings, TextForm
from sentiment.texts.notices import NOTICES
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier

ODD = {
    "This was a really good movie": "not_korean",
    "?? ??? ??? ????": "unreadable",
    "nan": "too_little",
    "모르는낱말뿐": "unknown_words",
}


def client_of(settings: Settings = Settings()) -> FlaskClient:
    """An English client of an app whose model reads cleaned texts."""
    classifier = small_classifier()
    classifier.form = "cleaned"
    client: FlaskClient = create_app(classifier, settings).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize(("text", "code"), ODD.items())
def test_a_page_says_what_was_not_understood(text: str, code: str) -> None:
    """Of one sentence and of two compared; of plain Korean nothing."""
    client = client_of()
    for address, fields in (("/", {"sentence": text}), ("/compare", {"a": text, "b": POSITIVE})):
        page = unescape(client.get(address, query_string=fields).text)
        assert page.count(NOTICES[code]) == 1
    page = unescape(client.get("/", query_string={"sentence": POSITIVE}).text)
    assert not [message for message in NOTICES.values() if message in page]


def test_what_was_hardly_understood_gets_no_bold_answer() -> None:
    """Neither the heading, the title, nor the list of a paragraph takes a side; bars are faint."""
    client = client_of()
    for text in ODD:
        page = unescape(client.get("/", query_string={"sentence": text}).text)
        assert "<title>Not reliable · " in page
        assert "Not reliable (믿기 어려워요)" in page
        assert 'class="card answer unsure"' in page
        assert 'class="bars faint"' in page
        assert "right less than 7 times" not in page
    page = client.get(
        "/", query_string={"sentence": f"{POSITIVE}\nA really bad movie, it is."}
    ).text
    assert '<li id="sentence-2" class="part unsure">' in page
    assert "Not reliable <b>1</b>" in page


def test_programs_are_told_by_codes() -> None:
    """In a list, empty for plain Korean; the book's six fields stay six."""
    client = client_of()
    answer = client.post("/api/v1/predict", json={"sentences": [*ODD, POSITIVE]}).get_json()
    assert [each["notices"] for each in answer["predictions"]] == [
        *([code] for code in ODD.values()),
        [],
    ]
    assert len(client.post("/api", json="nan").get_json()) == 6


def test_a_page_says_how_a_text_was_read() -> None:
    """Where cleaning changed it; the text itself stays."""
    client = client_of()
    page = client.get("/", query_string={"sentence": "정말<br />최고👍"}).text
    assert '<q lang="ko">정말 최고 👍</q>' in page
    assert "정말&lt;br /&gt;최고👍" in page
    assert "Read as:" not in client.get("/", query_string={"sentence": POSITIVE}).text


@pytest.mark.parametrize(("form", "said"), [("cleaned", "cleaned"), ("as-typed", "as they are")])
def test_a_page_says_that_an_option_overrules_the_model(form: TextForm, said: str) -> None:
    """In a quiet line, which is not there without the option."""
    settings = replace(Settings(), text_form=form)
    page = client_of(settings).get("/", query_string={"sentence": POSITIVE}).text
    assert "(--text-form)" in page
    assert said in page
    assert "(--text-form)" not in client_of().get("/", query_string={"sentence": POSITIVE}).text


def test_the_page_of_a_file_sums_up_what_was_hard_to_read(tmp_path: Path) -> None:
    """How many rows by what was hard, and in the result who judged each."""
    client = client_of(Settings(data=tmp_path))
    lines = ["text", POSITIVE, *["This was a really good movie"] * 2, "12345", "정말 최악"]
    file = (BytesIO("\n".join(lines).encode()), "a.csv")
    sent = client.post("/files", data={"file": file}, content_type="multipart/form-data")
    client.post(f"{sent.location}/start", data={"text": "text"})
    client.application.extensions["worker"].work()
    page = " ".join(re.sub(r"<[^>]+>", " ", unescape(client.get(sent.location).text)).split())
    assert "(column notice): hardly any Korean 2 , too little to judge 1" in page
    with closing(client.get(f"{sent.location}/result.csv")) as reply:
        rows = list(csv.DictReader(StringIO(reply.data.decode("utf-8-sig"))))
    assert {row["model"] for row in rows} == {"word-weights word-weights"}
