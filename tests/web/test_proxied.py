"""Behind proxies and balancers: who is believed, who may come in, and what is told of it."""

import json
import logging
from pathlib import Path

import pytest
from flask import Flask

from sentiment.serving import logs
from sentiment.serving.server import LEAVING
from sentiment.settings import Settings
from sentiment.web.guard import access
from tests.kit.app import create_app, owners
from tests.kit.small import POSITIVE, small_classifier

PASSWORD = "한 낱말"


def app_with(tmp_path: Path, **values: object) -> Flask:
    """The app, with its data in a folder of its own."""
    return create_app(small_classifier(), Settings(data=tmp_path, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hops", "address"),
    [(1, "203.0.113.3"), (2, "203.0.113.2"), (3, "203.0.113.1"), (0, "10.0.0.9")],
)
def test_exactly_so_many_hops_are_believed(tmp_path: Path, hops: int, address: str) -> None:
    """A sender who makes entries up counts as the one whom the first believed proxy saw."""
    app = app_with(tmp_path, host="0.0.0.0", proxy_hops=hops, visitor_rate=1)  # noqa: S104
    said = "203.0.113.1, 203.0.113.2, 203.0.113.3"
    base = {"REMOTE_ADDR": "10.0.0.9"}

    def ask(forwarded: str) -> int:
        headers = {"X-Forwarded-For": forwarded}
        return (
            app.test_client()
            .post("/api", json=POSITIVE, headers=headers, environ_base=base)
            .status_code
        )

    assert ask(said) == 200
    same = said.split(", ")[-hops] if hops else "x"
    assert same == address or not hops
    rest = ", 192.0.2.9" * (hops - 1)
    assert ask(f"192.0.2.1, {same}{rest}") == 429
    assert ask(f"192.0.2.77{rest}") == (200 if hops else 429)


def test_signs_of_life_need_no_name(tmp_path: Path) -> None:
    """HAProxy asks by HTTP/1.0 without ``Host``; a wrong name stays wrong, and pages need one."""
    app = app_with(tmp_path, password=PASSWORD)

    def ask(path: str, host: str) -> int:
        environ = {"HTTP_HOST": host} if host else {}
        client = app.test_client()
        built = client.open(path, environ_overrides={"HTTP_HOST": "", **environ})
        return built.status_code

    for path in ("/healthz", "/readyz"):
        assert ask(path, "") in (200, 503)
        assert ask(path, "evil.example") == 400
    assert ask("/", "") == 400


def test_a_page_that_leaves_is_not_ready(tmp_path: Path) -> None:
    """Though it still answers."""
    app = app_with(tmp_path)
    client = app.test_client()
    assert client.post("/api", json=POSITIVE).status_code == 200
    assert client.get("/readyz").status_code == 200
    app.extensions[LEAVING] = lambda: True
    assert client.get("/readyz").status_code == 503
    assert client.post("/api", json=POSITIVE).status_code == 200


def test_a_password_without_a_tunnel(tmp_path: Path) -> None:
    """Visitors need it, from this computer too; the owner has the link, and no panel."""
    app = app_with(tmp_path, password=PASSWORD)
    visitor = app.test_client()
    assert visitor.get("/").location.startswith("/login")
    assert visitor.post("/api", json=POSITIVE).status_code == 401
    assert visitor.get("/share").status_code == 303
    assert visitor.post("/login", data={"password": "x"}).status_code == 401
    assert visitor.post("/login", data={"password": PASSWORD}).status_code == 303
    assert visitor.get("/").status_code == 200
    assert owners(app).get("/feedback").status_code == 200


def test_replicas_of_one_secret_know_a_visitor(tmp_path: Path) -> None:
    """Who has logged in at one is in at the other; another secret is another page."""
    one, other, foreign = (
        app_with(tmp_path, password=PASSWORD, secret_key=key) for key in ("a" * 32, "a" * 32, "b")
    )
    visitor = one.test_client()
    visitor.post("/login", data={"password": PASSWORD})
    cookie = visitor.get_cookie("sentiment_visitor")
    assert cookie
    for app, status in ((other, 200), (foreign, 303)):
        browser = app.test_client()
        browser.set_cookie("sentiment_visitor", cookie.value)
        assert browser.get("/").status_code == status


def test_figures_are_told_apart(tmp_path: Path) -> None:
    """Of replicas each line says whose it is; a page alone needs no label."""
    alone = app_with(tmp_path).test_client()
    alone.get("/")
    assert 'sentiment_requests_total{method="GET",route="/",status="200"} 1.0' in (
        alone.get("/metrics").text
    )
    shared = owners(app_with(tmp_path, files=str(tmp_path)))
    lines = shared.get("/metrics").text.splitlines()
    assert all('replica="' in line for line in lines if not line.startswith("#"))


def test_json_lines_have_an_id_and_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's id is kept, what is no id is not; errors tell where, and none of their words."""
    app = app_with(tmp_path)
    access.keep(app, tmp_path, "json")
    client = app.test_client()
    named = client.post("/api", json=POSITIVE, headers={"X-Request-ID": "proxy-0001"})
    assert named.headers["X-Request-ID"] == "proxy-0001"
    other = client.get("/", query_string={"sentence": POSITIVE}, headers={"X-Request-ID": POSITIVE})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["request"] for line in lines] == ["proxy-0001", other.headers["X-Request-ID"]]
    assert [line["route"] for line in lines] == ["/api", "/"]
    assert POSITIVE not in json.dumps(lines, ensure_ascii=False)
    try:
        raise ValueError(POSITIVE)
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "It broke.", (), told)
    line = json.loads(logs.JsonLines().format(record))
    assert (line["message"], line["error"]) == ("It broke.", "ValueError")
    assert "test_proxied.py" in line["trace"][0]
    assert POSITIVE not in json.dumps(line, ensure_ascii=False)
