"""A sentence has one answer: wherever it is asked, and whatever is judged beside it."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from sentiment.commands.cli import main
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.serving.engine import Engine
from sentiment.settings import SHIPPED_MODEL, Settings
from tests.kit.app import create_app

TEXTS = (
    "배우들 연기가 정말 좋았어요",
    "최악",
    "이 영화 진짜 지루하고 재미없다",
    "최고 최고 최고 movie!",
    "영화는 좋아요, 배우들이 지루했고 연기가 최악이었어요. 그래도 재미있어요!",
    "good",
)
NEIGHBOURS = tuple("영화가 정말 재미있어요 " * count for count in (1, 3, 9))
CLOSE = 2e-6
ROUNDED = 5e-5
"""Half of the last of the four digits that the book's fields have."""

Table = list[dict[str, float]]


@pytest.fixture(scope="module", params=["shipped", "exact"])
def model(request: pytest.FixtureRequest, made_folder: Path) -> str:
    """The model as it comes, in 8 bits, and a restored checkpoint in full precision."""
    return str(SHIPPED_MODEL if request.param == "shipped" else made_folder)


@pytest.fixture(scope="module")
def classifier(model: str) -> Classifier:
    """It, as the commands load it."""
    return load(model)


@pytest.fixture(scope="module")
def client(classifier: Classifier) -> Iterator[FlaskClient]:
    """Somebody at its page."""
    with closing(Engine(classifier)) as engine:
        yield create_app(engine, Settings()).test_client()


@pytest.fixture(scope="module")
def expected(classifier: Classifier) -> Table:
    """The answer to each text alone."""
    return [answer.by_name for text in TEXTS for answer in classifier.predict([text])]


def run(*arguments: object) -> str:
    """What a command prints."""
    result = CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def beside(texts: Sequence[str]) -> list[str]:
    """The texts among others."""
    return [NEIGHBOURS[0], *texts, *NEIGHBOURS[1:]]


def assert_same(found: Table, expected: Table, close: float = CLOSE) -> None:
    """Name by name."""
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=close)


def test_page_and_book(client: FlaskClient, expected: Table) -> None:
    """The bars of the form's answer, and the six fields."""
    bars, fields = [], []
    for text in TEXTS:
        html = client.post("/", data={"sentence": text}).text
        found = re.findall(r'<meter id="(\w+)" min="0" max="1" value="([^"]+)"', html)
        bars.append({name: float(value) for name, value in found})
        told = client.post("/api", json=text).get_json()
        fields.append({name: float(told[f"{name}_data"].split()[1]) for name in expected[0]})
    assert_same(bars, expected)
    assert_same(fields, expected, ROUNDED + CLOSE)


def test_api_and_reasons(client: FlaskClient, expected: Table) -> None:
    """Many at once, alone, and as the rest that is left where a word is taken out."""
    path = "/api/v1/predict"
    told = client.post(path, json={"sentences": beside(TEXTS)}).get_json()["predictions"]
    assert_same([each["probabilities"] for each in told[1:-2]], expected)
    told = client.post(path, json={"sentences": TEXTS, "explain": True}).get_json()["predictions"]
    assert_same([each["probabilities"] for each in told], expected)
    for text, each in zip(TEXTS, told, strict=True):
        spans = each["explanation"]["spans"]
        if len(spans) < 2:
            continue
        rest = client.post(path, json={"sentences": [text[spans[1]["start"] :]]}).get_json()
        alone = rest["predictions"][0]["positive"]
        assert spans[0]["positive_without"] == pytest.approx(alone, abs=CLOSE)
        assert each["positive"] - spans[0]["effect"] == pytest.approx(alone, abs=CLOSE)


def test_commands(tmp_path: Path, model: str, expected: Table) -> None:
    """`predict`, `classify` of files, and `evaluate`, whose mistakes show probabilities."""
    lines = run("predict", "--json", "--model", model, *beside(TEXTS)).splitlines()
    assert_same([json.loads(line)["probabilities"] for line in lines[1:-2]], expected)

    file, result = tmp_path / "in.csv", tmp_path / "out.csv"
    rows = [(text, 0) for text in beside(TEXTS)]
    wrong = [
        (text, int(each["positive"] < 0.5)) for text, each in zip(TEXTS, expected, strict=True)
    ]
    rows[1:-2] = wrong
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("document", "label"), *rows])
    run("classify", file, "-o", result, "--model", model)
    with result.open(encoding="utf-8-sig", newline="") as opened:
        judged = list(csv.DictReader(opened))[1:-2]
    assert_same([{name: float(row[name]) for name in expected[0]} for row in judged], expected)

    mistakes = json.loads(run("evaluate", file, "--json", "--model", model))["mistakes"]
    positive = {each["text"]: each["positive"][0] for each in mistakes}
    found = [{"positive": positive[text]} for text in TEXTS]
    assert_same(found, [{"positive": each["positive"]} for each in expected])
