"""The page about the model: with measurements, without, and with a broken file."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sentiment.model.measurements import add
from sentiment.settings import Settings
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier
from tests.model.test_measurements import domain

CARD = "---\nlicense: mit\n---\n# word-weights\n\n## Data\n\nFifty <b>words</b>.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The model's folder, with a card."""
    (tmp_path / "README.md").write_text(CARD, "utf-8")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    """An English client of an app whose model lies there."""
    classifier = small_classifier()
    classifier.facts = replace(classifier.facts, folder=folder, kind="bert", parameters=6_300_000)
    client: FlaskClient = create_app(classifier, Settings()).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def shown(client: FlaskClient, path: str = "/model") -> str:
    """The words of a page."""
    return " ".join(unescape(client.get(path).text).split())


def test_a_model_without_measurements_says_how_to_make_them(client: FlaskClient) -> None:
    """What the model and its card say is there all the same."""
    page = shown(client)
    assert "Nobody has measured it" in page
    assert "evaluate FILE.csv --model MODEL --write" in page
    assert "BERT, 6.3 million parameters" in page
    assert "Positive · Negative" in page
    assert '<dd lang="en">mit</dd>' in page
    assert "Fifty &lt;b&gt;words" in client.get("/model").text
    assert "never says that it is unsure" in page
    assert "as sure as this" not in shown(client, f"/?sentence={POSITIVE}")


def test_what_is_measured_meanwhile_is_shown(client: FlaskClient, folder: Path) -> None:
    """Tables, plots, weak spots with a sentence to try; in the language of the page."""
    assert "Nobody has measured it" in shown(client)
    add(folder, "word-weights", "영화 평 · film reviews", domain(0.957))
    page = shown(client)
    assert "Nobody has measured it" not in page
    assert 'scope="row">film reviews</th><td>95.7% <small>92.7% – 98.7%</small></td>' in page
    assert "<title>film reviews: how often answers were right" in page
    assert page.count('class="column many"') == 2
    assert "70.0% right instead of 95.7%" in page
    assert 'href="/?sentence=%EB%85%B8%EC%9E%BC"' in page
    korean = client.get("/model", headers={"Accept-Language": "ko"}).text
    assert "영화 평" in korean
    assert "film reviews" not in korean


def test_an_answer_says_how_often_such_answers_are_right(client: FlaskClient, folder: Path) -> None:
    """One number, or from where to where; not where the model is unsure, nor of no Korean."""
    add(folder, "word-weights", "a", domain(0.9))
    assert "about 90 were right" in shown(client, f"/?sentence={POSITIVE}")
    add(folder, "word-weights", "b", domain(1.0))
    assert "90 to 99 were right" in shown(client, f"/?sentence={POSITIVE}")
    assert "were right" not in shown(client, "/?sentence=영화 별로")
    assert "were right" not in shown(client, "/?sentence=A good movie")


def test_a_broken_file_is_said_and_breaks_nothing(client: FlaskClient, folder: Path) -> None:
    """The page about the model says it; answers come as ever."""
    (folder / "measurements.json").write_text("{", "utf-8")
    assert "measurements.json can't be read" in shown(client)
    assert "Positive (긍정)" in shown(client, f"/?sentence={POSITIVE}")


def test_the_card_is_text(client: FlaskClient, folder: Path) -> None:
    """Whatever stands in it; without one there is no page."""
    card = client.get("/model/card")
    assert card.text == CARD
    assert card.content_type == "text/plain; charset=utf-8"
    (folder / "README.md").unlink()
    assert client.get("/model/card").status_code == 404
    assert "no card" in shown(client)


def test_every_page_leads_there(client: FlaskClient) -> None:
    """And to comparing and the API."""
    for path in ("/", "/files", "/docs", "/compare", "/nowhere"):
        page = client.get(path).text
        for link in ("/model", "/compare", "/docs"):
            assert f'href="{link}"' in page, (path, link)
