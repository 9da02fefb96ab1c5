"""How much one visitor may ask, and what is written down of it."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.settings import Settings
from sentiment.web.guard import access
from tests.kit.app import create_app, owners
from tests.kit.small import POSITIVE, small_classifier


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A page for the own network that takes little from each visitor."""
    settings = Settings(data=tmp_path, host="0.0.0.0", visitor_rate=3, visitor_uploads=2)  # noqa: S104
    return create_app(small_classifier(), settings)


def visiting(app: Flask, address: str = "203.0.113.7") -> FlaskClient:
    """A visitor's browser."""
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = address
    return browser


def test_a_visitor_may_ask_so_often_in_a_minute(app: Flask) -> None:
    """By whichever way the model is asked; what asks nothing is free, and others are others."""
    visitor = visiting(app)
    assert visitor.get("/", query_string={"sentence": POSITIVE}).status_code == 200
    assert visitor.post("/api", json=POSITIVE).status_code == 200
    assert visitor.post("/", data={"sentence": POSITIVE}).status_code == 200
    for _ in range(3):
        assert visitor.get("/").status_code == 200
    refused = visitor.post("/api", json=POSITIVE)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Retry-After"] in refused.get_json()["error"]["message"]
    page = visitor.get("/compare", query_string={"a": POSITIVE, "b": "x"})
    assert page.status_code == 429
    assert 'id="problem"' in page.text
    assert visiting(app, "203.0.113.8").post("/api", json=POSITIVE).status_code == 200


def test_files_are_counted_by_the_hour(app: Flask) -> None:
    """Also those that are no good."""
    visitor = visiting(app)
    for _ in range(2):
        assert visitor.post("/files").status_code == 400
    refused = visitor.post("/files")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3000


def test_a_home_is_one_visitor(app: Flask) -> None:
    """However many addresses of its network it uses."""
    for number in range(3):
        visitor = visiting(app, f"2001:db8:1:2::{number}")
        assert visitor.post("/api", json=POSITIVE).status_code == 200
    assert visiting(app, "2001:db8:1:2::9").post("/api", json=POSITIVE).status_code == 429


def test_the_owner_is_not_counted(app: Flask) -> None:
    """It is their computer."""
    owner = owners(app)
    for _ in range(5):
        assert owner.post("/api", json=POSITIVE).status_code == 200


def test_the_log_names_neither_texts_nor_addresses(app: Flask, tmp_path: Path) -> None:
    """But routes, statuses, and who is the same as before."""
    log = access.keep(app, tmp_path)
    one, other = visiting(app), visiting(app, "203.0.113.8")
    one.get("/", query_string={"sentence": POSITIVE})
    one.get("/files/abcdefgh")
    other.get("/nowhere/secret")
    owners(app)
    log.close()
    written = (tmp_path / "access.log").read_text("utf-8")
    lines = [line.split()[2:] for line in written.splitlines()]
    assert [line[:3] for line in lines] == [
        ["GET", "/", "200"],
        ["GET", "/files/<job_id>", "404"],
        ["-", "-", "404"],
        ["GET", "/owner", "303"],
    ]
    assert lines[0][4] == lines[1][4] != lines[2][4]
    for secret in (POSITIVE, "203.0.113", "abcdefgh", "secret", "token"):
        assert secret not in written
