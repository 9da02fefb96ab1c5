"""The rows of a judged file, as a browser without script gets them."""

import csv
import re
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.labels import labels_of
from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.storage import retention
from sentiment.web.pages import rows
from tests.kit.app import create_app, owners
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

LINES = [
    (POSITIVE, "1", "2024-01-05", "a"),
    (f"{POSITIVE} 최고", "0", "2024-01-20", "b"),
    (NEGATIVE, "0", "2024-02-01", "a"),
    ("영화", "1", "2024-02-02", ""),
    ("", "1", "2024-02-03", "a"),
    (f"{NEGATIVE} 별로 ABC", "0", "2024-03-01", "b"),
]
MONTHS = ["2024-01", "2024-02", "2024-03"]
TABLE = "text,label,day,shop\n" + "".join(",".join(line) + "\n" for line in LINES)


def app_over(tmp_path: Path, names: str = "") -> Flask:
    """The app over the pair, or labels of these names; it is unsure around the middle."""
    model = small_classifier(labels=labels_of(names.split())) if names else small_classifier()
    engine = Engine(model)
    engine.unsure = (0.4, 0.6) if not names else (0.0, 0.34)
    return create_app(engine, Settings(data=tmp_path))


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """The owner's browser."""
    return owners(app_over(tmp_path))


def judged(client: FlaskClient, grouping: str = "day", table: str = TABLE) -> str:
    """The address of the table's result."""
    address = client.post("/files", data={"file": (BytesIO(table.encode()), "a.csv")}).location
    chosen = {"text": "text", "label": "label", "grouping": grouping}
    assert client.post(f"{address}/start", data=chosen).status_code == 303
    client.application.extensions["worker"].work()
    return str(address)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[FlaskClient, str]:
    """The owner's browser and the table's result, for tests that change nothing."""
    client = owners(app_over(tmp_path_factory.mktemp("data")))
    return client, judged(client)


def shown(client: FlaskClient, address: str, query: str = "") -> list[int]:
    """The numbers of the rows that a page shows, in its order."""
    response = client.get(f"{address}/rows?{query}")
    assert response.status_code == 200, response.text
    return [int(number) for number in re.findall(r'<li id="row-(\d+)"', response.text)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("sort=positive", [2, 1, 4, 3, 6, 5]),
        ("sort=negative", [6, 3, 4, 1, 2, 5]),
        ("sort=unsure", [4, 3, 1, 6, 2, 5]),
        ("sort=nonsense&page=99", [1, 2, 3, 4, 5, 6]),
        ("label=positive", [1, 2]),
        ("label=unsure", [4]),
        ("only=problems", [5]),
        ("only=wrong", [2, 4]),
        ("q=최고", [2]),
        ("q=abc", [6]),
        ("q=정말&label=negative&sort=negative", [6, 3]),
        ("q=정말&sort=unsure", [3, 1, 6, 2]),
        ("q=정말&group=2024-01&sort=negative&page=9", [1, 2]),
        ("q=%25", []),
        ("group=2024-02", [3, 4, 5]),
        ("group=2024-01-20", [2]),
        ("group=1999", []),
        ("bin=19", [1, 2]),
        ("only=corrected", []),
    ],
)
def test_rows_are_filtered_and_sorted(
    kept: tuple[FlaskClient, str], query: str, expected: list[int]
) -> None:
    """By all filters at once; rows without an answer come last."""
    assert shown(*kept, query) == expected


def test_each_plot_leads_to_its_rows(client: FlaskClient) -> None:
    """Bars, points, columns, words and counts: what they say is what the rows are."""
    for grouping in ("day", "shop"):
        address = judged(client, grouping)
        page = client.get(address).text
        links = {
            link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+/rows[^"]*)"', page)
        }
        queries = [link.partition("?")[2] for link in links]
        groups = sorted(parse_qs(query)["group"][0] for query in queries if "group=" in query)
        assert groups == (
            ["2024-01", "2024-02", "2024-03"] if grouping == "day" else [" ", "a", "b"]
        )
        counts = [len(shown(client, address, query)) for query in queries if "group=" in query]
        assert sum(counts) == len(LINES)
        columns = [len(shown(client, address, query)) for query in queries if "bin=" in query]
        assert sum(columns) == len(LINES) - 1
        assert {"only=wrong", "only=problems", "label=positive"} <= set(queries)


def test_what_is_no_filter_is_told(kept: tuple[FlaskClient, str]) -> None:
    """A label that the model lacks, a kind of rows or a column of a plot that is not there."""
    client, address = kept
    for query in ("label=x", "only=x", "bin=20", "bin=-1", "bin=x"):
        assert client.get(f"{address}/rows?{query}").status_code == 400
    assert 'value="&lt;b&gt;"' in client.get(f"{address}/rows?q=<b>").text


def test_pages_are_turned(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order asked for, with the filters kept."""
    monkeypatch.setattr(rows, "PAGE", 2)
    address = judged(client)
    assert [shown(client, address, f"sort=negative&page={page}") for page in (1, 2, 3)] == [
        [6, 3],
        [4, 1],
        [2, 5],
    ]
    page = client.get(f"{address}/rows?sort=negative&q=정말&page=1").text
    turned = re.search(r'href="([^"]+page=2[^"]*)"', page)
    assert turned
    assert {"sort": ["negative"], "q": ["정말"]}.items() <= parse_qs(
        urlsplit(turned[1].replace("&amp;", "&")).query
    ).items()


def test_corrections_are_kept_with_the_result(client: FlaskClient) -> None:
    """A column of it; taken back they are gone, and earlier results are never handed out."""
    address = judged(client)
    with client.get(f"{address}/result.csv") as response:
        assert b"correction" not in response.data
    corrected = client.post(f"{address}/rows/3/correct?q=정말&page=1", data={"correct": "positive"})
    assert corrected.status_code == 303
    assert corrected.location.endswith("#row-3")
    assert "q=" in corrected.location
    assert shown(client, address, "only=corrected") == [3]
    assert "직접 고침" in client.get(f"{address}/rows").text
    assert "1행을 직접 고쳤어요" in client.get(address).text
    with client.get(f"{address}/result.csv") as response:
        found = list(csv.DictReader(StringIO(response.data.decode("utf-8-sig"))))
    assert [row["correction"] for row in found] == ["", "", "positive", "", "", ""]
    for number, label in ((3, "x"), (5, "positive"), (7, "positive"), (0, "positive")):
        sent = client.post(f"{address}/rows/{number}/correct", data={"correct": label})
        assert sent.status_code in (400, 404)
    client.post(f"{address}/rows/3/correct", data={"correct": ""})
    assert shown(client, address, "only=corrected") == []
    with client.get(f"{address}/result.csv") as response:
        assert b"correction" not in response.data


def test_the_rows_found_are_downloaded(client: FlaskClient, tmp_path: Path) -> None:
    """With all their columns, in the order shown; the last such file is kept, no more."""
    address = judged(client)
    for query, expected in (
        ("label=positive", [1, 2]),
        ("q=정말&sort=positive", [2, 1, 3, 6]),
        ("q=정말&sort=negative", [6, 3, 1, 2]),
        ("only=problems&sort=unsure", [5]),
        ("group=1999&sort=unsure", []),
        ("", [1, 2, 3, 4, 5, 6]),
    ):
        assert shown(client, address, query) == expected
        with client.get(f"{address}/rows.csv?{query}") as response:
            found = list(csv.DictReader(StringIO(response.data.decode("utf-8-sig"))))
        texts = [line[0] for line in LINES]
        assert [texts.index(row["text"]) + 1 for row in found] == expected
        assert [row["day"] for row in found] == [LINES[number - 1][2] for number in expected]
    with client.get(f"{address}/rows.xlsx?only=problems") as response:
        assert response.data.startswith(b"PK")
        assert "a-rows.xlsx" in response.headers["Content-Disposition"]
    assert client.get(f"{address}/rows.exe").status_code == 404
    [place] = retention.uploads(tmp_path).iterdir()
    assert len(list(place.glob("rows.*"))) == 1


def test_rows_of_an_earlier_version_are_made_ready(client: FlaskClient, tmp_path: Path) -> None:
    """When somebody first looks at them."""
    address = judged(client)
    [place] = retention.uploads(tmp_path).iterdir()
    [index] = place.glob("index.*")
    index.unlink()
    assert shown(client, address, "only=wrong") == [2, 4]


def test_other_columns_replace_the_result(client: FlaskClient) -> None:
    """Without another upload: the old result stays until the start, then nothing of it is left."""
    address = judged(client)
    client.post(f"{address}/rows/1/correct", data={"correct": "negative"})
    page = client.get(f"{address}/columns").text
    assert "처음부터 다시 판단해요" in page
    assert shown(client, address, "only=corrected") == [1]
    client.post(f"{address}/start", data={"text": "shop"})
    assert client.get(f"{address}/rows").status_code == 404
    assert client.get(f"{address}/columns").status_code == 400  # it is under way
    client.application.extensions["worker"].work()
    assert shown(client, address, "only=corrected") == []
    assert shown(client, address, "q=정말") == []
    assert shown(client, address, "only=problems") == [4]


@pytest.mark.parametrize("names", ["hate offensive none", "1 2 3", "negative neutral positive"])
def test_any_labels_have_rows(tmp_path: Path, names: str) -> None:
    """Told by name; only labels that lean have a most positive row."""
    client = owners(app_over(tmp_path, names))
    address = judged(client)
    leaning = "hate" not in names
    page = client.get(f"{address}/rows").text
    assert ('<option value="positive">긍정이 강한 것부터' in page) == leaning
    found = [shown(client, address, f"label={label}") for label in (*names.split(), "unsure")]
    assert sorted(chain(*found)) == [1, 2, 3, 4, 6]
    assert shown(client, address, "sort=sure")[-1] == 5
    if leaning:
        assert shown(client, address, "sort=positive")[0] == 2


def test_a_long_text_leads_to_why_too(client: FlaskClient) -> None:
    """Where it is too long for an address, by a form; what was looked for is in sight."""
    long = "영화 " * 700 + "최고"
    page_of = judged(
        client, table=f"text,label,day\n{long},1,2024-01-01\n{POSITIVE},1,2024-01-01\n"
    )
    page = client.get(f"{page_of}/rows?q=최고").text
    assert "<mark>최고</mark>" in page
    assert 'name="why" value="1"' in page
    assert len(page) < 40_000
    page = client.get(f"{page_of}/rows?q=재미").text
    link = re.search(r'href="(/\?sentence=[^"]+#why)"', page)
    assert link
    assert "why=1" in link[1]


def test_deleting_asks_first(client: FlaskClient) -> None:
    """By a page without script, which offers the result and the way back."""
    address = judged(client)
    assert f'href="{address}/remove"' in client.get(address).text
    page = client.get(f"{address}/remove").text
    assert "지울까요" in page
    assert f"{address}/result.csv" in page
    assert client.get(address).status_code == 200
    client.post(f"{address}/remove")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/remove").status_code == 404
