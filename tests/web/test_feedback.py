"""Was it right? What is kept of it, for whom, and how the owner gets at it."""

import csv
import io
import re
import sqlite3
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.commands.cli import main
from sentiment.errors import StoreError
from sentiment.model.inference import Prediction
from sentiment.settings import MAX_CHARACTERS, FeedbackFrom, Settings
from sentiment.storage import database, feedback
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

VISITOR = {"X-Forwarded-For": "203.0.113.7"}
MODEL = ("word-weights", "word-weights")


def client(folder: Path, mode: FeedbackFrom = "owner") -> FlaskClient:
    """The owner's browser; `VISITOR` as headers makes it a visitor's."""
    return create_app(small_classifier(), Settings(data=folder, feedback=mode)).test_client()


def said(
    client: FlaskClient, sentence: str, correct: str, headers: dict[str, str] | None = None
) -> TestResponse:
    """Press a button under the answer to `sentence`."""
    return client.post(
        "/feedback", data={"sentence": sentence, "correct": correct}, headers=headers
    )


def rows(folder: Path, *columns: str) -> list[tuple[object, ...]]:
    """What lies in the file, read without our own code."""
    with sqlite3.connect(folder / database.NAME) as connection:
        found = connection.execute(f"SELECT {','.join(columns)} FROM feedback").fetchall()  # noqa: S608
    connection.close()
    return found


def holds(folder: Path, text: str) -> bool:
    """Whether the bytes of a text lie in any file there."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(text.encode() in path.read_bytes() for path in files)


def predicted(sentence: str, positive: float = 0.9) -> Prediction:
    """What a model might say of a sentence."""
    return Prediction(sentence, (1 - positive, positive), 3, 3)


def shown(response: TestResponse) -> list[str]:
    """The sentences in the owner's table."""
    found = re.findall(r'<p lang="ko" id="s\d+">(.*?)</p>', response.text, re.DOTALL)
    return [unescape(sentence) for sentence in found]


@pytest.mark.parametrize("headers", [{}, VISITOR], ids=["owner", "visitor"])
def test_nothing_is_stored_unless_it_was_turned_on(tmp_path: Path, headers: dict[str, str]) -> None:
    """No buttons, no file, a refusal; and the page says that nothing is stored."""
    closed = client(tmp_path / "data", "off")
    page = closed.get("/", query_string={"sentence": POSITIVE}, headers=headers).text
    assert "맞아요" not in page
    assert "feedback.js" not in page
    assert "저장하지 않아요" in page
    assert said(closed, POSITIVE, "negative", headers).status_code == 403
    closed.get("/feedback", headers=headers)
    closed.get("/feedback.tsv", headers=headers)
    closed.post("/feedback/delete", data={"all": "1"}, headers=headers)
    assert not (tmp_path / "data" / database.NAME).exists()
    assert not holds(tmp_path, POSITIVE)


def test_an_answer_is_kept_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """Model, sentence, probability and label of the model's own, label of the person."""
    reply = said(client(tmp_path), POSITIVE, "negative")
    assert reply.status_code == 303
    (row,) = rows(
        tmp_path, "sentence", "model", "model_id", "round(positive, 3)", "label", "correct", "time"
    )
    assert row[:-1] == (POSITIVE, "word-weights", "word-weights", 0.957, "positive", "negative")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", str(row[-1]))


def test_what_a_form_claims_of_the_model_is_not_believed(tmp_path: Path) -> None:
    """The server judges again."""
    lie = {"sentence": NEGATIVE, "correct": "negative", "positive": "0.99", "label": "positive"}
    client(tmp_path).post("/feedback", data=lie)
    assert rows(tmp_path, "round(positive, 2)", "label") == [(0.05, "negative")]


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_thanks_say_what_was_noted(tmp_path: Path, label: str) -> None:
    """Back at the answer, with the label that is kept and no buttons."""
    visitor = client(tmp_path)
    page = visitor.get(said(visitor, POSITIVE, label).location).text
    word = {"positive": "긍정", "negative": "부정"}[label]
    assert f"고마워요. ‘{word}’이 맞다고" in page
    assert POSITIVE in page
    assert 'name="correct"' not in page


def test_the_buttons_carry_the_label_that_each_means(tmp_path: Path) -> None:
    """Yes means what the model said, no the other one."""
    for sentence, yes, no in (
        (POSITIVE, "positive", "negative"),
        (NEGATIVE, "negative", "positive"),
    ):
        page = client(tmp_path).get("/", query_string={"sentence": sentence}).text
        assert re.findall(r'name="correct" value="(\w+)">(.*?)</button>', page) == [
            (yes, "맞아요"),
            (no, "아니에요"),
        ]


def test_an_unsure_model_asks_which_it_is(tmp_path: Path) -> None:
    """There is no yes to an answer that is none."""
    unsure = small_classifier()
    unsure.unsure = (0.01, 0.99)
    app = create_app(unsure, Settings(data=tmp_path, feedback="owner"))
    page = app.test_client().get("/", query_string={"sentence": POSITIVE}).text
    assert re.findall(r'name="correct" value="(\w+)">(.*?)</button>', page) == [
        ("positive", "긍정"),
        ("negative", "부정"),
    ]


def test_only_the_owner_is_asked_unless_everyone_is(tmp_path: Path) -> None:
    """The same for the buttons, the text that tells of storing, and what is taken."""
    asked = {"owner": (True, False), "everyone": (True, True)}
    modes: tuple[FeedbackFrom, ...] = ("owner", "everyone")
    for mode in modes:
        page = client(tmp_path / mode, mode)
        for headers, yes in zip(({}, VISITOR), asked[mode], strict=True):
            text = page.get("/", query_string={"sentence": POSITIVE}, headers=headers).text
            assert ('name="correct"' in text) is yes
            assert ("주인의 컴퓨터에 저장돼요" in text) is yes
            assert ("입력한 글을 저장하지 않아요" in text) is not yes
            assert said(page, POSITIVE, "positive", headers).status_code == (303 if yes else 403)


def test_pressing_again_changes_the_answer(tmp_path: Path) -> None:
    """One row for a sentence and a model: the last word counts, and how often it was said."""
    page = client(tmp_path)
    for correct in ("positive", "negative", "negative"):
        said(page, POSITIVE, correct)
    assert rows(tmp_path, "correct", "times") == [("negative", 3)]


def test_another_model_has_a_row_of_its_own(tmp_path: Path) -> None:
    """Its answer is another one."""
    for model in (("a", "1"), ("a", "2")):
        feedback.keep(tmp_path, predicted("좋네요"), "positive", model, owner=True)
    assert len(rows(tmp_path, "id")) == 2


def test_a_visitor_does_not_change_what_the_owner_said(tmp_path: Path) -> None:
    """The owner does change what a visitor said."""
    page = client(tmp_path, "everyone")
    for headers, correct, kept in (
        (VISITOR, "negative", ("negative", 0)),
        ({}, "positive", ("positive", 1)),
        (VISITOR, "negative", ("positive", 1)),
    ):
        assert said(page, POSITIVE, correct, headers).status_code == 303
        assert rows(tmp_path, "correct", "owner") == [kept]


def test_visitors_fill_their_share_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then they are told that it did not work, and the owner goes on."""
    monkeypatch.setattr(feedback, "MOST_OF_VISITORS", 1)
    page = client(tmp_path, "everyone")
    assert said(page, POSITIVE, "positive", VISITOR).status_code == 303
    assert said(page, NEGATIVE, "negative", VISITOR).status_code == 500
    assert said(page, NEGATIVE, "negative").status_code == 303
    with pytest.raises(StoreError, match="/feedback"):
        feedback.keep(tmp_path, predicted("별로"), "negative", MODEL, owner=False)


def test_a_text_too_long_for_a_link_is_thanked_for_in_place(tmp_path: Path) -> None:
    """Of lines, quotes and markup nothing is lost."""
    sentence = "정말 <b>'좋네요'\"&amp;\n" * 200
    page = said(client(tmp_path), sentence.replace("\n", "\r\n"), "positive")
    assert page.status_code == 200
    assert "고마워요" in page.text
    assert rows(tmp_path, "sentence") == [(sentence,)]


@pytest.mark.parametrize(
    ("sentence", "status", "message"),
    [
        ("", 400, "판단할 글이 없어요"),
        ("\0", 400, "NUL"),
        ("가" * (MAX_CHARACTERS + 1), 413, "10,001자"),
    ],
    ids=["empty", "NUL", "long"],
)
def test_what_cannot_be_judged_is_not_kept(
    tmp_path: Path, sentence: str, status: int, message: str
) -> None:
    """The page says why, as for the box itself."""
    reply = said(client(tmp_path / "data"), sentence, "positive")
    assert reply.status_code == status
    assert message in reply.text
    assert not (tmp_path / "data" / database.NAME).exists()


@pytest.mark.parametrize("correct", ["", "maybe", "1"])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, correct: str) -> None:
    """Only the two labels are answers."""
    reply = said(client(tmp_path / "data"), POSITIVE, correct)
    assert reply.status_code == 400
    assert "단추를 다시" in reply.text
    assert not (tmp_path / "data" / database.NAME).exists()


def test_broken_text_and_other_kinds_of_forms_are_refused(tmp_path: Path) -> None:
    """As at the start page: 400 and 415."""
    page = client(tmp_path / "data")
    broken = b"correct=positive&sentence=%EC%A2"
    kind = "application/x-www-form-urlencoded"
    assert page.post("/feedback", data=broken, content_type=kind).status_code == 400
    assert page.post("/feedback", json={"sentence": POSITIVE}).status_code == 415
    assert not (tmp_path / "data" / database.NAME).exists()


@pytest.mark.parametrize("headers", [{}, VISITOR], ids=["owner", "visitor"])
def test_a_store_that_cannot_be_used_is_told_beside_the_answer(
    tmp_path: Path, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Text and answer stay; the owner and the terminal learn the file, visitors do not."""
    (tmp_path / "data").write_text("a file is in the way")
    page = said(client(tmp_path / "data", "everyone"), POSITIVE, "negative", headers)
    assert page.status_code == 500
    assert POSITIVE in page.text
    assert "95.7%" in page.text
    assert 'name="correct"' in page.text
    assert (database.NAME in page.text) is (headers == {})
    assert database.NAME in caplog.text


def test_a_store_that_breaks_later_is_told_too(tmp_path: Path) -> None:
    """On every page of the owner, as a sentence."""
    page = client(tmp_path)
    said(page, POSITIVE, "negative")
    with sqlite3.connect(tmp_path / database.NAME) as connection:
        connection.execute("DROP TABLE feedback")
    connection.close()
    for reply in (
        page.get("/feedback"),
        page.get("/feedback.tsv"),
        page.post("/feedback/delete", data={"all": "1"}),
        said(page, POSITIVE, "negative"),
    ):
        assert reply.status_code == 500
        assert "no such table" in reply.text
        assert "SENTIMENT_DATA" in reply.text


@pytest.mark.parametrize("mode", ["off", "owner", "everyone"])
def test_what_people_said_is_for_the_owner_alone(tmp_path: Path, mode: FeedbackFrom) -> None:
    """For visitors there is no such page, and nothing they can delete."""
    said(client(tmp_path), POSITIVE, "negative")
    page = client(tmp_path, mode)
    assert page.get("/feedback", headers=VISITOR).status_code == 404
    assert page.get("/feedback.tsv", headers=VISITOR).status_code == 404
    delete = page.post("/feedback/delete", data={"all": "1"}, headers=VISITOR)
    assert delete.status_code == 404
    assert shown(page.get("/feedback")) == [POSITIVE]
    assert 'href="/feedback"' not in page.get("/", headers=VISITOR).text


def test_the_owners_page_shows_what_both_said(tmp_path: Path) -> None:
    """And in how many the model was right; markup stays text."""
    page = client(tmp_path)
    assert "아직 모은 답이 없어요" in page.get("/feedback").text
    said(page, f"<b>{POSITIVE}</b>", "negative")
    said(page, NEGATIVE, "negative")
    text = page.get("/feedback").text
    assert "50.0%" in text
    assert f"&lt;b&gt;{POSITIVE}&lt;/b&gt;" in text
    cells = re.findall(r'<td role="cell" class="(positive|negative)"', text)
    assert cells == ["negative", "negative", "positive", "negative"]


def test_what_is_kept_can_be_searched(tmp_path: Path) -> None:
    """By text, whatever its case, taken as it is; and for mistakes alone."""
    for sentence, correct in (("100% Good", "positive"), ("100 good", "negative"), ("별로", "")):
        if correct:
            feedback.keep(tmp_path, predicted(sentence), correct, MODEL, owner=True)
    page = client(tmp_path)
    for query, expected in (
        ("text=GOOD", ["100 good", "100% Good"]),
        ("text=0%25", ["100% Good"]),
        ("text=_", []),
        ("wrong=1", ["100 good"]),
        ("text=%25&wrong=1", []),
        ("text=%00%25", ["100% Good"]),
    ):
        assert shown(page.get(f"/feedback?{query}")) == expected
    assert "그런 답이 없어요" in page.get("/feedback?text=_").text


def test_there_are_fifty_rows_a_page(tmp_path: Path) -> None:
    """The latest first; the links keep the search, and a page that is not there is the nearest."""
    for number in range(101):
        feedback.keep(tmp_path, predicted(f"{number:03} 좋네요"), "negative", MODEL, owner=True)
    page = client(tmp_path)
    sentences = [f"{number:03} 좋네요" for number in reversed(range(101))]
    for asked, expected in (
        ("1", sentences[:50]),
        ("2", sentences[50:100]),
        ("3", sentences[100:]),
        ("99999999999999999999999", sentences[100:]),
        ("-1", sentences[:50]),
        ("x", sentences[:50]),
    ):
        assert shown(page.get(f"/feedback?page={asked}")) == expected
    text = page.get("/feedback?wrong=1&text=좋&page=2").text
    links = [unescape(link) for link in re.findall(r'href="(/feedback\?page=[^"]+)"', text)]
    assert [shown(page.get(link)) for link in links] == [sentences[:50], sentences[100:]]
    assert all("wrong=1" in link for link in links)


def test_one_row_is_deleted_and_the_search_kept(tmp_path: Path) -> None:
    """The others stay; who deletes a row twice does no harm."""
    page = client(tmp_path)
    said(page, POSITIVE, "negative")
    said(page, NEGATIVE, "negative")
    text = page.get("/feedback?wrong=1").text
    (number,) = re.findall(r'name="id" value="(\d+)"', text)
    (action,) = re.findall(r'action="(/feedback/delete\?[^"]+)"', text)
    for _ in range(2):
        reply = page.post(unescape(action), data={"id": number})
        assert (reply.status_code, reply.location) == (303, "/feedback?wrong=1&page=1")
    assert rows(tmp_path, "sentence") == [(NEGATIVE,)]


@pytest.mark.parametrize("number", ["x", "", "-1", "9" * 40, "1 OR 1"])
def test_a_row_that_is_not_there_deletes_nothing(tmp_path: Path, number: str) -> None:
    """Whatever stands for its number."""
    page = client(tmp_path)
    said(page, POSITIVE, "negative")
    assert page.post("/feedback/delete", data={"id": number}).status_code == 303
    assert len(rows(tmp_path, "id")) == 1


def test_deleting_needs_to_be_told_what(tmp_path: Path) -> None:
    """An empty form is not "all"."""
    page = client(tmp_path)
    said(page, POSITIVE, "negative")
    assert page.post("/feedback/delete").status_code == 400
    assert len(rows(tmp_path, "id")) == 1


def test_deleting_all_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    """Bytes of the sentences are gone from the folder, not just from the table."""
    page = client(tmp_path)
    for secret in (POSITIVE, "비밀" * 2000):
        said(page, secret, "negative")
    assert holds(tmp_path, POSITIVE)
    assert holds(tmp_path, "비밀비밀")
    with database.opened(tmp_path):  # as a job in the background has it
        assert page.post("/feedback/delete", data={"all": "1"}).status_code == 303
        assert rows(tmp_path, "id") == []
        assert not holds(tmp_path, POSITIVE)
        assert not holds(tmp_path, "비밀비밀")


def test_the_export_is_a_table_to_train_on(tmp_path: Path) -> None:
    """``text`` on one line, ``label`` as people said it; read back by Python's own reader."""
    page = client(tmp_path)
    said(page, '"좋네요"\tab\r\n둘째\u2028줄\n', "negative")
    said(page, NEGATIVE, "negative")
    reply = page.get("/feedback.tsv")
    assert reply.content_type == "text/tab-separated-values; charset=utf-8"
    assert "feedback.tsv" in reply.headers["Content-Disposition"]
    table = list(
        csv.DictReader(
            io.StringIO(reply.data.decode(), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE
        )
    )
    assert [(row["text"], row["label"], row["correct"]) for row in table] == [
        ('"좋네요" ab 둘째 줄', "negative", "0"),
        (NEGATIVE, "negative", "1"),
    ]
    assert {row["model"] for row in table} == {"word-weights"}
    assert all(0 < float(row["positive"]) < 1 for row in table)


def test_the_option_has_three_values() -> None:
    """Anything else is refused before a model is loaded."""
    done = CliRunner().invoke(main, ["serve", "--feedback", "all"])
    assert done.exit_code == 2
    assert all(value in done.output for value in ("off", "owner", "everyone"))
