"""The step between an upload and its result: what is found out, asked, and said otherwise."""

import io
import json
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.storage.database import NAME
from tests.kit.small import NEGATIVE, POSITIVE
from tests.web.test_files import app, client, uploaded  # noqa: F401 - fixtures

SCALE = "text,score\n" + f"{POSITIVE},2\n{NEGATIVE},0\n음 그냥 그래요,1\n" * 3


def result(app: Flask, client: FlaskClient, address: str, **chosen: str) -> str:  # noqa: F811
    """The page of a file that was judged with these columns."""
    started = client.post(f"{address}/start", data=chosen)
    assert started.status_code == 303, started.text
    app.extensions["worker"].work()
    return client.get(address).text


def test_how_a_file_is_read_is_shown(client: FlaskClient) -> None:  # noqa: F811
    """The reason for the column, the rows, and what the labels are taken for."""
    page = client.get(uploaded(client, f"id,text,label\n1,{POSITIVE},1\n2,{NEGATIVE},0\n")).text
    assert "문장에 흔한 이름" in page
    assert "2행" in page
    assert 'placeholder="0=negative, 1=positive"' in page


def test_an_unclear_column_is_asked_for(app: Flask, client: FlaskClient) -> None:  # noqa: F811
    """None is chosen beforehand, and whichever is chosen is judged."""
    lines = [f"{POSITIVE} 그리고 {n},{NEGATIVE} 그리고 {n}" for n in range(6)]
    content = "\n".join(["앞,뒤", *lines])
    address = uploaded(client, content)
    page = client.get(address).text
    assert "어느 열이 문장인지 분명하지 않습니다" in page
    assert "required checked" not in page
    assert client.post(f"{address}/start", data={"text": ""}).status_code == 400
    result(app, client, address, text="뒤")
    response = client.get(f"{address}/result.jsonl")
    lines = response.text.splitlines()
    response.close()
    assert [json.loads(line)["label"] for line in lines] == ["negative"] * 6


def test_no_accuracy_over_a_scale_that_is_not_understood(
    app: Flask,  # noqa: F811
    client: FlaskClient,  # noqa: F811
) -> None:
    """Until somebody says what its values mean."""
    address = uploaded(client, SCALE)
    assert "score 값의 뜻이 분명하지 않습니다: 2 (3), 0 (3), 1 (3)" in client.get(address).text
    page = result(app, client, address, text="text", label="score")
    assert "정확도를 보이지 않아요" in page
    assert "정확도 100" not in page
    address = uploaded(client, SCALE)
    labels = "0=negative,1=neutral,2=positive"
    page = result(app, client, address, text="text", label="score", labels=labels)
    assert "정확도 100.0%" in page
    wrong = client.post(f"{uploaded(client, SCALE)}/start", data={"text": "text", "labels": "x"})
    assert wrong.status_code == 400
    assert "--labels 0=negative" in wrong.text


def test_a_file_can_be_read_in_another_way(
    app: Flask,  # noqa: F811
    client: FlaskClient,  # noqa: F811
) -> None:
    """All that the command can be told, the form can, too."""
    content = f"제목 줄\n이름|리뷰\n가|{POSITIVE}\n나|{NEGATIVE}\n"
    address = uploaded(client, content)
    form = {"delimiter": "|", "skip_rows": "1", "header": "no", "encoding": "utf-8", "sheet": ""}
    before = client.get(address).text
    page = client.get(f"{address}/columns", query_string=form).text
    assert '<option value="2">2</option>' in page
    assert "3행" in page
    for wrong in ({"skip_rows": "-1"}, {"header": "x"}, {"delimiter": "ab"}, {"encoding": "x"}):
        assert client.get(f"{address}/columns", query_string=wrong).status_code == 400
    assert client.get(address).text == before  # nothing changes until it is started
    found = result(app, client, address, text="2", **form)
    assert "3행을 판단했" in found


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.zip", "a.json"])
def test_a_file_that_nobody_can_read_leaves_nothing(
    client: FlaskClient,  # noqa: F811
    tmp_path: Path,
    name: str,
) -> None:
    """The message says what to do."""
    sent = {"file": (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), name)}
    response = client.post("/files", data=sent)
    assert response.status_code == 400
    assert "CSV" in response.text
    assert not list((tmp_path / "files").glob("*"))


def test_jobs_of_an_earlier_version_open(
    app: Flask,  # noqa: F811
    client: FlaskClient,  # noqa: F811
    tmp_path: Path,
) -> None:
    """Their layouts knew scales, and nothing of sheets or doubts."""
    address = uploaded(client, f"text,label\n{POSITIVE},1\n{NEGATIVE},0\n")
    old = {
        "kind": "csv",
        "encoding": "utf-8",
        "columns": ["text", "label"],
        "header": True,
        "preview": [[POSITIVE, "1"]],
        "text": "text",
        "label": "label",
        "scales": {"label": 1},
        "delimiter": ",",
        "quoted": True,
    }
    with sqlite3.connect(tmp_path / NAME) as connection:
        connection.execute("UPDATE jobs SET layout = ?", (json.dumps(old),))
    connection.close()
    assert "text" in client.get(address).text
    assert "정확도 100.0%" in result(app, client, address, text="text", label="label")
