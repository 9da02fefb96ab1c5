"""The pages for whole files, as a browser without script and a program get them."""

import csv
import gzip
import json
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sentiment.bulk import results
from sentiment.errors import DataError
from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.storage import jobs, retention
from sentiment.storage.database import opened
from sentiment.web.pages import result, uploads
from tests.kit.app import create_app, owners
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

TABLE = (
    f"text,label,day\n{POSITIVE},1,2024-01-01\n{NEGATIVE},1,2024-01-02\n,0,2024-01-02\n"
    f'"{POSITIVE}, 네",1,2024-02-01\n'
)
FORM = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntext'


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The app with a store of its own; its worker works when a test says so."""
    return create_app(Engine(small_classifier()), Settings(data=tmp_path, host="0.0.0.0"))  # noqa: S104


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The owner's browser."""
    return owners(app)


def upload(
    client: FlaskClient, content: bytes | str = TABLE, name: str = "리뷰.csv", **environ: str
) -> TestResponse:
    """Send the form with a file."""
    data = content.encode() if isinstance(content, str) else content
    return client.post("/files", data={"file": (BytesIO(data), name)}, environ_overrides=environ)


def uploaded(client: FlaskClient, content: bytes | str = TABLE, name: str = "리뷰.csv") -> str:
    """The address of a file that was taken."""
    response = upload(client, content, name)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def judged(app: Flask, client: FlaskClient, **columns: str) -> str:
    """The address of the table, judged."""
    address = uploaded(client)
    client.post(f"{address}/start", data={"text": "text"} | columns)
    app.extensions["worker"].work()
    return address


def test_a_file_goes_all_the_way(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    """Upload, columns with first rows and guesses, progress, summary, removal."""
    address = uploaded(client)
    page = client.get(address).text
    assert re.search(r'value="text" required checked', page)
    assert '<option value="label" selected>label</option>' in page
    assert '<option value="day" selected>day</option>' in page
    assert f">{NEGATIVE}</div>" in page
    assert f"CSV · utf-8 · {len(TABLE.encode())} Bytes" in page
    started = client.post(
        f"{address}/start", data={"text": "text", "label": "label", "grouping": "day"}
    )
    assert (started.status_code, started.headers["Location"]) == (303, address)
    page = client.get(address).text
    assert "기다리는 중" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    app.extensions["worker"].work()
    page = client.get(address).text
    assert "http-equiv" not in page
    for text in ("3행을 판단했습니다", "정확도 66.7%", "시간에 따라 (day)", "답이 없는 행 1개"):
        assert text in page
    assert " style=" not in page
    assert "리뷰.csv" in client.get("/files").text
    client.post(f"{address}/remove")
    assert "리뷰.csv" not in client.get("/files").text
    gone = client.get(address)
    assert gone.status_code == 404
    assert "다시 올려 주세요" in gone.text
    assert list(retention.uploads(tmp_path).iterdir()) == []


def test_a_waiting_file_tells_its_place(app: Flask, client: FlaskClient) -> None:
    """In the queue that all visitors share; who is next is told nothing."""
    addresses = [uploaded(client) for _ in range(3)]
    for address in addresses:
        client.post(f"{address}/start", data={"text": "text"})
    said = [
        re.findall(r"먼저 판단할 파일이 (\d)개", client.get(address).text) for address in addresses
    ]
    assert said == [[], ["1"], ["2"]]
    client.post(f"{addresses[0]}/stop")
    assert "먼저" not in client.get(addresses[1]).text


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_visitors_cookie_is_as_secure_as_the_visit(app: Flask, scheme: str) -> None:
    """A proxy that speaks https says so."""
    browser = app.test_client()
    form = {"file": (BytesIO(TABLE.encode()), "a.csv")}
    proxied = {"X-Forwarded-Proto": scheme, "X-Forwarded-For": "203.0.113.7"}
    reply = browser.post("/files?lang=en", data=form, headers=proxied)
    kept = reply.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in kept} == {"files", "lang"}
    assert [("Secure" in each) for each in kept] == [scheme == "https"] * 2


def test_names_never_touch_the_file_system(client: FlaskClient, tmp_path: Path) -> None:
    """Whatever an upload is called, it lies in a folder of ours and is shown as text."""
    name = "../../<b>나쁜 이름.csv"
    address = uploaded(client, name=name)
    [place] = retention.uploads(tmp_path).iterdir()
    assert [path.name for path in place.iterdir()] == ["input"]
    assert place.name == address.rpartition("/")[2]
    page = client.get(address).text
    assert "&lt;b&gt;나쁜 이름.csv" in page
    assert "<b>나쁜" not in page
    assert ".." not in page


def test_results_give_every_row_back(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    """In order, with label, probabilities and problem; made once, and removed with the file."""
    address = judged(app, client)
    with client.get(f"{address}/result.csv") as response:
        assert response.data.startswith(b"\xef\xbb\xbf")  # or Excel shows mojibake
        assert "%EB%A6%AC%EB%B7%B0-sentiment.csv" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(response.data.decode("utf-8-sig"))))
    assert [row["text"] for row in rows] == [POSITIVE, NEGATIVE, "", f"{POSITIVE}, 네"]
    assert [row["label_2"] for row in rows] == ["positive", "negative", "", "positive"]
    assert float(rows[0]["positive"]) + float(rows[0]["negative"]) == pytest.approx(1)
    assert rows[2]["problem"] == "empty"
    with client.get(f"{address}/result.jsonl") as response:
        lines = [json.loads(line) for line in response.data.splitlines()]
    assert [line["label_2"] for line in lines] == ["positive", "negative", None, "positive"]
    with client.get(f"{address}/result.xlsx") as response:
        assert response.data.startswith(b"PK")
    assert client.get(f"{address}/result.exe").status_code == 404
    [place] = retention.uploads(tmp_path).iterdir()
    kept = {"input", "index", "result.1.csv", "result.1.jsonl", "result.1.xlsx"}
    assert {re.sub("index.*", "index", path.name) for path in place.iterdir()} == kept
    (place / "input").unlink()  # a result that is there is not made again
    with client.get(f"{address}/result.csv") as again:
        assert list(csv.DictReader(StringIO(again.data.decode("utf-8-sig")))) == rows
    client.post(f"{address}/remove")
    assert not place.exists()


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "", "고르지 않았습니다"),
        (b"", "빈.csv", "빈 파일"),
        (bytes(range(256)) * 40, "그림.png", "."),
        (b"\xd0\xcf\x11\xe0" * 300, "옛.xls", "."),
    ],
)
def test_what_cannot_be_read_is_told(
    client: FlaskClient, tmp_path: Path, content: bytes, name: str, told: str
) -> None:
    """With the form to try again; nothing of it is kept."""
    response = upload(client, content, name)
    assert response.status_code == 400
    problem = re.search(r'id="problem".*?</p>', response.text, re.DOTALL)
    assert problem
    assert told in problem[0]
    assert 'id="upload"' in response.text
    assert not any(retention.uploads(tmp_path).glob("*"))


def test_too_large_a_file_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the length that the browser announces, and by what it really sends."""
    monkeypatch.setattr(retention, "most_bytes", lambda owner: 2_000_000 if owner else 100)
    body = b"%s%s\r\n--x--\r\n" % (PART, b"x" * 2_100_000)
    for environ in ({}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}):
        response = client.post("/files", data=body, content_type=FORM, environ_overrides=environ)
        assert response.status_code == 413
        assert "2 MB까지" in response.text
    assert upload(client, "정말 좋네요\n" * 1000, "a.txt").status_code == 303


def test_a_form_without_a_file_is_told(client: FlaskClient) -> None:
    """Another kind of form, no form at all, and a body that ends early."""
    assert client.post("/files", data={"file": "text"}).status_code == 400
    assert client.post("/files").status_code == 400
    assert client.post("/files", data=PART, content_type=FORM).status_code == 400


def test_what_else_a_form_holds_is_told(client: FlaskClient, tmp_path: Path) -> None:
    """A field of a program's own is passed over; of two files neither is taken for the other."""
    response = client.post("/files", data={"note": "x", "file": (BytesIO(b"text\n1\n"), "a.csv")})
    assert response.status_code == 303
    client.post(f"{response.headers['Location']}/remove")
    two = [(BytesIO(b"text\n1\n"), "a.csv"), (BytesIO(b"text\n2\n"), "b.csv")]
    response = client.post("/files", data={"file": two})
    assert response.status_code == 400
    assert "하나씩" in response.text
    assert not any(retention.uploads(tmp_path).glob("*"))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"text": "없는 열"}, "없는 열 열이 없습니다"),
        ({"text": "text", "label": "x"}, "x 열이 없습니다"),
        ({}, "고르지 않았습니다"),
    ],
)
def test_a_column_that_is_not_there_is_told(
    app: Flask, client: FlaskClient, columns: dict[str, str], told: str
) -> None:
    """And the file waits for another choice."""
    address = uploaded(client)
    response = client.post(f"{address}/start", data=columns)
    assert response.status_code == 400
    assert told in response.text
    app.extensions["worker"].work()
    assert "어느 열에 있나요" in client.get(address).text


def test_a_cancelled_file_can_start_again(app: Flask, client: FlaskClient) -> None:
    """Its page says that it was cancelled, and shows the columns."""
    address = uploaded(client)
    client.post(f"{address}/start", data={"text": "text"})
    assert client.post(f"{address}/stop").status_code == 303
    app.extensions["worker"].work()
    page = client.get(address).text
    assert "0행에서 멈췄어요" in page
    assert "어느 열에 있나요" in page
    client.post(f"{address}/start", data={"text": "text"})
    app.extensions["worker"].work()
    assert "3행을 판단했습니다" in client.get(address).text
    client.post(f"{address}/stop")  # it is over: nothing changes
    assert "3행을 판단했습니다" in client.get(address).text


def test_a_failed_file_says_why(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    """In the language of the page, and never where it lies."""
    address = uploaded(client)
    client.post(f"{address}/start", data={"text": "text"})
    retention.source(tmp_path, address.rpartition("/")[2]).unlink()
    app.extensions["worker"].work()
    page = client.get(address).text
    assert 'class="problem"' in page
    assert str(tmp_path) not in page


def test_unsure_rows_are_told_where_the_model_knows(app: Flask, client: FlaskClient) -> None:
    """Beside the other two, with the band; a model that nobody measured has none."""
    assert "애매" not in client.get(judged(app, client)).text
    app.extensions["engine"].unsure = (0.01, 0.9)
    page = client.get(judged(app, client)).text
    assert "긍정 66.7%, 애매함 33.3%, 부정 0.0%" in page
    assert "1.0%에서 90.0% 사이" in page
    assert '<rect class="unsure"' in page


def test_groups_are_compared(app: Flask, client: FlaskClient) -> None:
    """A column that holds no dates makes a bar for each of its values."""
    page = client.get(judged(app, client, grouping="label")).text
    assert "무리별로 (label)" in page
    assert page.count('class="plot strip"') == 2  # all, and those labelled 1: the 0 is empty


def test_a_file_of_bad_rows_alone_has_a_page(app: Flask, client: FlaskClient) -> None:
    """Nothing judged, nothing divided by zero."""
    address = uploaded(client, "id,text,label\n1, ,1\n2, ,0\n")
    client.post(f"{address}/start", data={"text": "text", "label": "label", "grouping": "id"})
    app.extensions["worker"].work()
    page = client.get(address)
    assert page.status_code == 200
    assert "답이 없는 행 2개" in page.text


def test_visitors_have_smaller_limits_and_one_file_at_a_time(app: Flask, tmp_path: Path) -> None:
    """Each sees their own files alone; the owner's are no visitor's."""
    owner, one, other = owners(app), app.test_client(), app.test_client()
    for browser, address in ((one, "203.0.113.7"), (other, "203.0.113.8")):
        browser.environ_base["REMOTE_ADDR"] = address
    uploaded(owner, name="주인.csv")
    first = uploaded(one, name="하나.csv")
    refused = upload(one, name="둘.csv")
    assert refused.status_code == 400
    assert "먼저 올린 파일이" in refused.text
    uploaded(other, name="셋.csv")
    for browser, seen in ((owner, "주인"), (one, "하나"), (other, "셋")):
        page = browser.get("/files").text
        assert re.findall(r">(주인|하나|둘|셋).csv<", page) == [seen]
    assert "20 MB, 50,000행" in one.get("/files").text
    assert "200 MB, 1,000,000행" in owner.get("/files").text
    one.post(f"{first}/remove")
    uploaded(one, name="넷.csv")
    with opened(tmp_path) as connection:
        assert len(jobs.of_visitor(connection, jobs.OWNER)) == 1


def test_an_upload_that_breaks_off_leaves_nothing(client: FlaskClient, tmp_path: Path) -> None:
    """A browser that went away has no job and no file."""
    response = client.post(
        "/files", input_stream=BytesIO(PART), content_length=10_000, content_type=FORM
    )
    assert response.status_code == 400
    assert not any(retention.uploads(tmp_path).glob("*"))


def visiting(app: Flask, address: str = "203.0.113.7") -> FlaskClient:
    """A visitor's browser."""
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def test_a_result_that_fails_leaves_nothing(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written of it goes, and the next attempt starts anew."""
    address = judged(app, client)

    def broken(
        _found: object, _columns: object, made: tuple[Path, str], *_: object, **_more: object
    ) -> None:
        made[0].write_text("half")
        raise DataError("No room. Make some.")

    with monkeypatch.context() as patch:
        patch.setattr(results, "write_result", broken)
        assert client.get(f"{address}/result.csv").status_code == 400
    [place] = retention.uploads(tmp_path).iterdir()
    assert sorted(path.name[:5] for path in place.iterdir()) == ["index", "input"]
    with client.get(f"{address}/result.csv") as response:
        assert response.status_code == 200


def test_a_slow_workbook_is_told_of(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are many rows, and nowhere else."""
    address = judged(app, client)
    assert "몇 분이 걸릴 수 있습니다" not in client.get(address).text
    monkeypatch.setattr(result, "SLOW", 4)
    assert "몇 분이 걸릴 수 있습니다" in client.get(address).text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a%0D%0AX-Evil%3A%201%00%E2%80%AE.csv", "a  X-Evil: 1  .csv"),
        ("%E1%84%80%E1%85%A1.csv", "가.csv"),
        ("..%5C..%5Ca.csv", "a.csv"),
        ("%0A", "file"),
    ],
)
def test_names_fit_into_headers_and_pages(
    app: Flask, client: FlaskClient, sent: str, shown: str
) -> None:
    """Line breaks and marks that turn the text around go; letters that macOS took apart join."""
    body = f"--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{sent}\r\n\r\n"
    sent_form = f"{body}text,label\n{POSITIVE},1\n\r\n--x--\r\n".encode()
    response = client.post("/files", data=sent_form, content_type=FORM)
    assert response.status_code == 303, response.text
    address = response.headers["Location"]
    assert f'<h1 class="filename">{shown}</h1>' in client.get(address).text
    client.post(f"{address}/start", data={"text": "text"})
    app.extensions["worker"].work()
    with client.get(f"{address}/result.csv") as result:
        assert result.status_code == 200
        assert "X-Evil" not in result.headers


def test_a_column_whose_name_has_a_line_break_can_be_chosen(
    app: Flask, client: FlaskClient
) -> None:
    """Browsers send CRLF for every line break, and collapse spaces of an option's text."""
    address = uploaded(client, f'"내용\n(감상)",별점  준\n{POSITIVE},1\n{NEGATIVE},0\n')
    page = client.get(address).text
    assert 'value="별점  준"' in page
    columns = {"text": "내용\r\n(감상)", "label": "별점  준"}
    assert client.post(f"{address}/start", data=columns).status_code == 303
    app.extensions["worker"].work()
    assert "정확도 100.0%" in client.get(address).text


def test_visitors_cannot_fill_the_disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one with many files that have ended, nor many visitors together."""
    monkeypatch.setattr(uploads, "MOST_OF_ONE", 2)
    monkeypatch.setattr(uploads, "MOST_OF_VISITORS", 3)
    one, other, third = (visiting(app, f"203.0.113.{host}") for host in (7, 8, 9))
    addresses = []
    for _ in range(2):
        addresses.append(uploaded(one))
        one.post(f"{addresses[-1]}/start", data={"text": "text"})
        one.post(f"{addresses[-1]}/stop")
    refused = upload(one)
    assert refused.status_code == 400
    assert "이미 2개입니다" in refused.text
    uploaded(other)
    assert "더 받을 자리가 없습니다" in upload(third).text
    one.post(f"{addresses[0]}/remove")
    uploaded(third)
    for _ in range(4):
        uploaded(owners(app))  # the owner's disk is the owner's


def test_a_visitor_cannot_send_two_files_at_once(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever arrives later is refused, though neither was there when they began."""
    visitor, receive = visiting(app), uploads.receive

    def receive_slowly(path: Path) -> str:
        name = receive(path)
        monkeypatch.setattr(uploads, "receive", receive)
        uploaded(visitor)  # meanwhile
        return name

    monkeypatch.setattr(uploads, "receive", receive_slowly)
    refused = upload(visitor)
    assert refused.status_code == 400
    assert "먼저 올린 파일이" in refused.text
    assert len(list(retention.uploads(tmp_path).iterdir())) == 1


def test_a_forgotten_file_gives_its_place_back(app: Flask, tmp_path: Path) -> None:
    """Another person behind the same address does not wait a day for it."""
    uploaded(visiting(app))
    assert upload(visiting(app)).status_code == 400
    with opened(tmp_path) as connection, connection:
        connection.execute("UPDATE jobs SET made = made - ?", (jobs.UNSTARTED,))
    uploaded(visiting(app))


def test_visitors_are_told_what_they_can_do(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have no terminal, and Parquet of strangers is not opened."""
    visitor = visiting(app)
    assert "arquet" not in visitor.get("/files").text
    assert "Parquet" in client.get("/files").text
    for packed in (b"PAR1" + bytes(100) + b"PAR1", gzip.compress(TABLE.encode())):
        refused = upload(visitor, packed, "a.csv")
        assert refused.status_code == 400
        assert "페이지를 연 사람만" in refused.text
    assert upload(client, gzip.compress(TABLE.encode()), "a.csv.gz").status_code == 303
    monkeypatch.setattr(retention, "most_bytes", lambda owner: 100)
    for browser, told in ((visitor, "필요 없는 열을"), (client, "sentiment classify")):
        response = upload(browser, b"x" * 30_000)
        assert response.status_code == 413
        assert told in response.text


def test_what_was_removed_is_overwritten(client: FlaskClient, tmp_path: Path) -> None:
    """No byte of a file's name or first rows stays in the store."""
    address = uploaded(client, "text,label\nsecret-sentence,1\n", "secret-name.csv")
    store = tmp_path / "sentiment.sqlite3"
    assert b"secret-" in store.read_bytes()
    client.post(f"{address}/remove")
    assert b"secret-" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))


def test_the_language_switch_of_a_failure_leads_somewhere(client: FlaskClient) -> None:
    """Not to where only a form can be sent."""
    page = client.post(f"{uploaded(client)}/start").text
    [link] = re.findall(r'class="switch" href="([^"]+)" lang="en"', page)
    assert client.get(link).status_code == 200


def test_pages_in_english(app: Flask, client: FlaskClient) -> None:
    """Every page has its English words."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    address = judged(app, client, label="label", grouping="day")
    assert "3 rows judged" in client.get(address).text
    assert "the text is empty" in client.get(address).text
    assert "removed 24 hours after" in client.get("/files").text
