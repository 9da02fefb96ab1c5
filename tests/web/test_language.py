"""Korean first, English by wish, and complete catalogs."""

import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from flask import Flask
from flask.testing import FlaskClient

from sentiment.errors import TooLongError
from sentiment.i18n import both
from sentiment.settings import ROOT, Settings
from sentiment.web.kit.language import duration, number, percent
from tests.kit.app import create_app, owners
from tests.kit.small import POSITIVE, small_classifier


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app with a small classifier."""
    return app.test_client()


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("en-GB", "en"),
        ("fr, en;q=0.5", "en"),
        ("ja", "ko"),
        ("*", "ko"),
        ("nonsense;q=x", "ko"),
    ],
)
def test_the_browsers_wish_decides(client: FlaskClient, wish: str, language: str) -> None:
    """Korean unless the browser would rather have English; page and headers say which."""
    response = client.get("/", headers={"Accept-Language": wish})
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_a_choice_is_remembered(client: FlaskClient) -> None:
    """``?lang=`` wins over everything and stays chosen."""
    wish = {"Accept-Language": "ko"}
    assert '<html lang="en">' in client.get("/?lang=en", headers=wish).text
    assert '<html lang="en">' in client.get("/", headers=wish).text
    assert '<html lang="ko">' in client.get("/?lang=ko", headers=wish).text


@pytest.mark.parametrize("query", ["lang=xx", "lang=../../etc", "lang=", "lang=%FF"])
def test_an_unknown_language_is_ignored(client: FlaskClient, query: str) -> None:
    """A language we do not speak changes nothing and is not remembered."""
    response = client.get(f"/?{query}")
    assert '<html lang="ko">' in response.text
    assert "Set-Cookie" not in response.headers


def test_a_strange_cookie_is_ignored(client: FlaskClient) -> None:
    """The cookie is a visitor's: it may hold anything."""
    client.set_cookie("lang", "xx")
    assert '<html lang="ko">' in client.get("/").text


def test_the_switch_keeps_the_sentence(client: FlaskClient) -> None:
    """The switch sends the form along, so the answer comes again in the other language."""
    switch = re.search(r'form="judge" formaction="([^"]+)"', client.get("/").text)
    assert switch
    response = client.post(switch[1], data={"sentence": POSITIVE}, follow_redirects=True)
    assert "Positive (긍정)" in response.text
    assert POSITIVE in response.text


def test_the_switch_works_with_an_empty_box(client: FlaskClient) -> None:
    """Nothing typed yet is no mistake when only the language is switched."""
    response = client.post("/judge?lang=en", data={"sentence": ""}, follow_redirects=True)
    assert response.status_code == 200
    assert 'id="problem"' not in response.text


def test_error_pages_can_be_switched(client: FlaskClient) -> None:
    """Pages without the form switch by a link to themselves."""
    assert 'href="?lang=en"' in client.get("/nowhere").text
    assert "There is no such page" in client.get("/nowhere?lang=en").text


def switch(client: FlaskClient, page: str) -> dict[str, list[str]]:
    """What the language switch of a Korean page asks for, beside English."""
    found = re.search(r'class="switch" href="\?([^"]+)" lang="en"', client.get(page).text)
    assert found
    asked = parse_qs(unescape(found[1]), keep_blank_values=True, errors="surrogateescape")
    assert asked.pop("lang") == ["en"]
    return asked


def test_the_switch_keeps_what_a_page_was_asked_for(tmp_path: Path) -> None:
    """How a file is read, the search and page of a list; and what is no filter, broken or not."""
    client = owners(create_app(small_classifier(), Settings(data=tmp_path, feedback="owner")))
    file = (BytesIO("글;값\n정말 최고;1\n".encode()), "a.csv")
    address = client.post("/files", data={"file": file}).location
    columns = f"{address}/columns?header=no&delimiter=%3B&encoding=&sheet=&skip_rows=1"
    assert switch(client, f"{columns}&lang=ko") == {
        "header": ["no"], "delimiter": [";"], "encoding": [""], "sheet": [""], "skip_rows": ["1"]
    }  # fmt: skip
    assert switch(client, "/feedback?text=정말+%22&page=2") == {"text": ['정말 "'], "page": ["2"]}
    client.post(f"{address}/start", data={"text": "글"})
    client.application.extensions["worker"].work()
    asked = f"{address}/rows?q=a%26b&sort=sure&group=+&page=1"
    assert switch(client, asked) == {
        "q": ["a&b"], "sort": ["sure"], "group": [" "], "page": ["1"]
    }  # fmt: skip
    assert switch(client, "/nowhere?a=%FF") == {"a": ["\udcff"]}


def test_an_error_is_told_in_both_languages() -> None:
    """The terminal shows Korean, then English, with the values filled in."""
    error = TooLongError(
        "The text has {count:,} characters; at most {most:,} are taken. Shorten it.",
        count=12345,
        most=10000,
    )
    korean, english = both(error.translated).splitlines()
    assert korean.startswith("글이 12,345자예요.")
    assert english.startswith("The text has 12,345 characters;")


def test_the_catalog_is_complete() -> None:
    """Every message has its Korean, with the same placeholders, and is compiled."""
    done = subprocess.run(
        [sys.executable, "scripts/translations.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["ko", "en"])
def test_numbers_are_written_as_cldr_has_them(client: FlaskClient, language: str) -> None:
    """What Babel's 31 MB of data say of our two languages, without them."""
    with client.application.test_request_context(f"/?lang={language}"):
        for seconds in (0, 0.7, 1, 1.5, 59, 89.9, 90, 5399, 5400, 86_400, 129_600, 1e6, 4e6, 3e7):
            told = format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=language)
            assert duration(seconds) == told
        for whole in range(1, 401):
            share = 247 / 2000 * whole / 400
            assert percent(share) == format_percent(share, "#,##0.0%", locale=language)
        for count in (0, 999, 1000, 1_234_567):
            assert number(count) == format_decimal(count, locale=language)
