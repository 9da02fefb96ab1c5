"""Pages, API and feedback with other labels than the book's pair, as programs and browsers ask."""

import csv
import io
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from sentiment.labels import PAIR, Labels, labels_of
from sentiment.settings import Settings
from sentiment.storage import database, jobs, migrations
from sentiment.storage.feedback import COLUMNS
from sentiment.tables.answers import TOLD
from tests.kit.app import create_app
from tests.kit.labels import ENTAILMENT, HATE, STARS, THREE, TOPICS
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

ALL = [THREE, STARS, HATE, ENTAILMENT, TOPICS]
IDS = ["three", "stars", "hate", "entailment", "topics"]
TABLE = f"text,label\n{POSITIVE},{{good}}\n{NEGATIVE},{{bad}}\n영화,{{none}}\n"


def client_of(folder: Path, labels: Labels, language: str = "ko") -> FlaskClient:
    """A client of an app whose small model has these labels, unsure below 0.3."""
    model = small_classifier(labels=labels)
    model.unsure = (0, 0.05)
    client = create_app(model, Settings(data=folder, feedback="owner")).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def plain(html: str) -> str:
    """The text of some markup, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("labels", ALL, ids=IDS)
def test_the_api_tells_probabilities_by_name(tmp_path: Path, labels: Labels) -> None:
    """All of them, in the model's order; the pair's own fields are left out."""
    reply = client_of(tmp_path, labels).post("/api/v1/predict", json={"sentences": [POSITIVE]})
    [told] = reply.get_json()["predictions"]
    [expected] = small_classifier(labels=labels).predict([POSITIVE])
    assert told["label"] == expected.label == labels.names[-2 if labels == TOPICS else -1]
    assert list(told["probabilities"]) == list(labels.names)
    assert list(told["probabilities"].values()) == list(expected.probabilities)
    assert not {"positive", "negative"} & told.keys()


def test_the_pair_keeps_its_fields_in_any_order(tmp_path: Path) -> None:
    """Positive is told by its name, not by its place."""
    reversed_ = labels_of(["긍정", "부정"])
    client = client_of(tmp_path, reversed_)
    [told] = client.post("/api/v1/predict", json={"sentences": [NEGATIVE]}).get_json()[
        "predictions"
    ]
    assert told["label"] == "positive"  # the small model's first label is that of bad words
    assert told["positive"] == told["probabilities"]["positive"] > 0.9
    book = client.post("/api", json=NEGATIVE).get_json()
    assert book["prediction"] == "긍정 (positive)"
    assert book["positive_data"] == f"긍정 {round(told['positive'], 4)}"


@pytest.mark.parametrize("labels", ALL, ids=IDS)
def test_the_books_route_says_why_it_cannot_answer(tmp_path: Path, labels: Labels) -> None:
    """With the labels, and where to ask instead; in both languages."""
    for language, words in (("ko", "여섯 필드"), ("en", "six fields")):
        reply = client_of(tmp_path, labels, language).post("/api", json=POSITIVE)
        assert reply.status_code == 404
        message = reply.get_json()["error"]["message"]
        assert words in message
        assert labels.names[0] in message
        assert "/api/v1/predict" in message


@pytest.mark.parametrize("labels", ALL, ids=IDS)
def test_effects_are_of_the_answer_against_the_rest(tmp_path: Path, labels: Labels) -> None:
    """The explanation names whose probability the words moved, and the answer without each."""
    reply = client_of(tmp_path, labels).post(
        "/api/v1/predict", json={"sentences": [f"최고 {NEGATIVE}"], "explain": True}
    )
    [told] = reply.get_json()["predictions"]
    explanation = told["explanation"]
    assert explanation["label"] == told["label"]
    for span in explanation["spans"]:
        assert "positive_without" not in span
        assert span["effect"] == told["probabilities"][told["label"]] - span["without"]
        assert span["label_without"] in labels.names
    worst = min(explanation["spans"], key=lambda span: span["label_without"] == told["label"])
    assert worst["text"] in ("최고", "최악")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("labels", ALL, ids=IDS)
def test_every_label_has_a_bar(tmp_path: Path, labels: Labels, language: str) -> None:
    """Of more than eight the likeliest five at once, and the rest to be unfolded."""
    text = client_of(tmp_path, labels, language).get(f"/?sentence={POSITIVE}&why=1").text
    bars = re.findall(r'<div class="bar ([^"]*)">\s*<label[^>]*>([^<]*)</label>', text)
    assert len(bars) == len(labels)
    folded = text.partition('<details class="rest">')[2].partition("</details>")[0]
    assert folded.count("<meter") == (len(labels) - 5 if len(labels) > 8 else 0)
    assert 'name="correct"' in text
    assert "None" not in plain(text)


@pytest.mark.parametrize("labels", [HATE, TOPICS], ids=["hate", "topics"])
def test_foreign_labels_are_never_shown_as_positive_or_negative(
    tmp_path: Path, labels: Labels
) -> None:
    """Neither by word nor by colour, on no page."""
    client = client_of(tmp_path, labels)
    job_id = judged(client, tmp_path, TABLE.format(good="hate", bad="clean", none=""))
    for page in (
        client.get("/"),
        client.get(f"/?sentence={POSITIVE}. {NEGATIVE}.&why=1"),
        client.get(f"/compare?a={POSITIVE}&b={NEGATIVE}"),
        client.get(f"/files/{job_id}"),
    ):
        assert page.status_code == 200
        assert not re.findall(r'class="[^"]*\b(?:positive|negative)\b', page.text)
        assert not re.findall("긍정|부정", plain(page.text.partition("<main>")[2]))


def test_labels_that_lean_keep_blue_and_orange(tmp_path: Path) -> None:
    """Stars too: milder ones on the inside, grey in the middle."""
    for labels, tones in (
        (THREE, ["positive", "neutral", "negative"]),
        (STARS, ["positive", "positive mild", "neutral", "negative mild", "negative"]),
    ):
        text = client_of(tmp_path, labels).get(f"/?sentence={POSITIVE}").text
        assert re.findall(r'<div class="bar ([^"]*)">', text) == tones
    assert "중립" in plain(client_of(tmp_path, THREE).get("/?sentence=영화").text)


def test_sentences_of_a_text_are_counted_by_label(tmp_path: Path) -> None:
    """Those that were given, and the surest of each."""
    text = client_of(tmp_path, HATE).get(f"/?sentence={POSITIVE}. {NEGATIVE}. 최고!").text
    assert "hate 2" in plain(text)
    assert "clean 1" in plain(text)
    assert "가장 확실한 ‘hate’" in plain(text)


def test_a_comparison_is_about_the_first_answer(tmp_path: Path) -> None:
    """Its probability falls by as much as the bars say, and the answer turns."""
    text = plain(client_of(tmp_path, HATE).get(f"/compare?a={POSITIVE}&b={NEGATIVE}").text)
    first, second = (
        answer.by_name["hate"]
        for answer in small_classifier(labels=HATE).predict([POSITIVE, NEGATIVE])
    )
    assert f"‘hate’일 확률이 {100 * (first - second):.1f}%포인트 더 낮아요" in text
    assert "hate → clean" in text


def test_feedback_asks_which_label_is_right_and_exports_names(tmp_path: Path) -> None:
    """One press; what is no label of the model is refused."""
    client = client_of(tmp_path, THREE)
    text = client.get(f"/?sentence={POSITIVE}").text
    assert re.findall(r'name="correct" value="([^"]*)"', text) == [
        "positive",
        "neutral",
        "negative",
    ]
    said = client.post("/feedback", data={"sentence": POSITIVE, "correct": "neutral"})
    assert "중립" in plain(client.get(said.location).text.partition('class="thanks"')[2][:80])
    assert client.post("/feedback", data={"sentence": POSITIVE, "correct": "5"}).status_code == 400
    assert "중립" in plain(client.get("/feedback").text)
    [row] = csv.DictReader(io.StringIO(client.get("/feedback.tsv").text), delimiter="\t")
    assert list(row) == list(COLUMNS)
    assert (row["label"], row["answer"], row["positive"]) == ("neutral", "positive", "")
    [expected] = small_classifier(labels=THREE).predict([POSITIVE])
    assert float(row["confidence"]) == expected.confidence


def test_many_labels_are_chosen_from_a_list(tmp_path: Path) -> None:
    """Without script too."""
    client = client_of(tmp_path, TOPICS)
    text = client.get(f"/?sentence={POSITIVE}").text
    options = re.findall(r'<option value="([^"]*)">', text)
    assert set(options) == set(TOPICS.names) - {"topic k"}
    data = {"sentence": POSITIVE, "correct": options[3], "said": ""}
    assert client.post("/feedback", data=data).status_code == 303


def judged(client: FlaskClient, data: Path, table: str, name: str = "a.csv") -> str:
    """Upload a table, judge it, and return the id of its job."""
    file = (io.BytesIO(table.encode()), name)
    place = client.post("/files", data={"file": file}, content_type="multipart/form-data").location
    client.post(f"{place}/start", data={"text": "text", "label": "label"})
    client.application.extensions["worker"].work()
    return place.rpartition("/")[2]


def result(client: FlaskClient, job_id: str) -> list[dict[str, str]]:
    """The rows of a job's CSV."""
    with closing(client.get(f"/files/{job_id}/result.csv")) as reply:
        return list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))


def summary_of(data: Path, job_id: str) -> dict[str, Any]:
    """What is kept of a job."""
    with database.opened(data) as connection:
        job = jobs.find(connection, job_id)
    assert job
    assert job.summary
    return job.summary


def test_a_files_summary_counts_every_label_and_those_that_lack(tmp_path: Path) -> None:
    """A label that the model has not is counted apart, and said to be."""
    client = client_of(tmp_path, THREE)
    table = TABLE.format(good="긍정", bad="neg", none="neutral") + f"{POSITIVE},spam\n" * 1
    summary = summary_of(tmp_path, job_id := judged(client, tmp_path, table))
    assert summary["counts"] == [2, 1, 1, 0]  # positive, neutral, negative, unsure
    assert summary["accuracy"] == {
        "right": 3,
        "rows": 3,
        "unread": 0,
        "lacking": {"spam": 1},
        "matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    }
    text = plain(client.get(f"/files/{job_id}").text)
    assert "모델에 없어서 그 행은 세지 않았어요: spam 1" in text
    assert "가장 확실하게 ‘중립’인 행" in text


def test_the_result_has_a_column_for_each_label(tmp_path: Path) -> None:
    """In the order in which people see them, whichever model is served by then."""
    job_id = judged(client_of(tmp_path, STARS), tmp_path, TABLE.format(good="5", bad="1", none="3"))
    summary = summary_of(tmp_path, job_id)
    assert summary["accuracy"]["rows"] == 3
    later = client_of(tmp_path, PAIR)
    rows = result(later, job_id)
    assert list(rows[0])[2:] == ["label_2", *reversed(STARS.names), *TOLD]
    assert sum(float(rows[0][name]) for name in STARS.names) == pytest.approx(1)
    assert "5 stars" in later.get(f"/files/{job_id}").text


def test_more_labels_than_colours_are_folded(tmp_path: Path) -> None:
    """The frequent ones are told apart, the rest is one part; the numbers add up."""
    client = client_of(tmp_path, TOPICS)
    job_id = judged(client, tmp_path, TABLE.format(good="topic l", bad="topic a", none="topic z"))
    text = client.get(f"/files/{job_id}").text
    thirds = re.search(r'<dl class="thirds">(.*?)</dl>', text, re.DOTALL)
    assert thirds
    assert thirds[1].count("<dt") == 9  # seven, the rest, unsure
    counts = [int(count) for count in re.findall(r"(\d+)(?:행</a>|</dd>)", thirds[1])]
    assert sum(counts) == 3
    assert "나머지 라벨 모두" in plain(text)


OLD_SUMMARY = """{"rows": 2, "counts": [1, 0, 1], "band": [0.4, 0.6], "bins": [1, 1],
"words": {"positive": [{"word": "좋다", "positive": 6, "negative": 1}], "negative": []},
"typical": {"positive": [{"row": 1, "text": "좋다", "positive": 0.9}],
"negative": [{"row": 2, "text": "별로", "positive": 0.2}]},
"accuracy": {"right": 2, "rows": 2, "unread": 0, "matrix": [[1, 0], [0, 1]]}, "model": "old"}"""


def test_a_store_of_before_opens_and_shows_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers, summaries and feedback are turned once; nothing is lost."""
    layout = '{"kind": "csv", "encoding": "utf-8", "columns": ["text", "label"], "header": true, '
    layout += '"preview": [], "text": "text", "label": "label", "delimiter": ","}'
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:2])
        with database.opened(tmp_path) as connection, connection:
            connection.execute(
                "INSERT INTO jobs VALUES (1, 'old', 'a.csv', '', '', 'done', 1e10, 1e10, 9, ?,"
                " 'text', 'label', NULL, 'm', 2, 2, 1.0, NULL, ?)",
                (layout, OLD_SUMMARY),
            )
            answers = [(1, 0.9, None), (2, 0.2, None)]
            connection.executemany("INSERT INTO answers VALUES (1, ?, ?, ?)", answers)
            connection.execute(
                "INSERT INTO feedback VALUES (7, '2026-01-01T00:00:00+00:00', 'm', 'i', '별로',"
                " 0.2, 0, 1, 1, 3)"
            )
    place = tmp_path / "files" / "old"
    place.mkdir(parents=True)
    (place / "input").write_text("text,label\n좋다,1\n별로,0\n", "utf-8")
    client = client_of(tmp_path, PAIR)
    text = plain(client.get("/files/old").text)
    for part in ("100.0%", "좋다 6 / 7", "긍정 90.0%", "부정 80.0%"):
        assert part in text
    rows = result(client, "old")
    assert [(row["positive"], row["negative"]) for row in rows] == [
        ("0.9", str(1 - 0.9)),
        ("0.2", "0.8"),
    ]
    with closing(sqlite3.connect(tmp_path / database.NAME)) as store:
        kept = "SELECT id, sentence, positive, confidence, label, correct, owner, times"
        assert store.execute(f"{kept} FROM feedback").fetchall() == [
            (7, "별로", 0.2, 0.8, "negative", "positive", 1, 3)
        ]


def test_a_label_may_be_called_unsure_or_hold_markup(tmp_path: Path) -> None:
    """It is a name like any other."""
    labels = labels_of(["unsure", "<b>sure</b>", 'it\'s "so"'])
    client = client_of(tmp_path, labels)
    job_id = judged(client, tmp_path, TABLE.format(good="unsure", bad="unsure", none="unsure"))
    assert sum(summary_of(tmp_path, job_id)["counts"]) == 3
    for page in (f"/?sentence={NEGATIVE}&why=1", f"/files/{job_id}", "/"):
        text = client.get(page).text
        assert "<b>sure</b>" not in text


def test_the_document_of_the_api_names_the_labels(tmp_path: Path) -> None:
    """It does not say positive and negative of a model that knows neither."""
    said = client_of(tmp_path, HATE, "en").get("/openapi.json").get_json()["info"]["description"]
    assert ", ".join(HATE.names) in said
    assert "positive" not in said
