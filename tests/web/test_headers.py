"""Headers of every answer, the names the page answers under, and whose forms it takes."""

import subprocess
import sys
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.settings import ROOT, Settings
from sentiment.share.cloudflare import Cloudflare
from sentiment.share.tunnel import Tunnel, TunnelStatus
from sentiment.web.guard.headers import answers_to
from sentiment.web.kit.failures import for_programs
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier


@dataclass
class Status:
    """What a tunnel says of itself."""

    url: str | None = None


@dataclass
class ATunnel:
    """A tunnel whose address can change."""

    status: Status = field(default_factory=Status)


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app behind a tunnel, with every form that there is."""
    tunnel = Tunnel(8000, Cloudflare())
    tunnel._status = TunnelStatus("open", "https://a.ngrok.app")
    data = tmp_path_factory.mktemp("data")
    settings = Settings(share="auto", share_password="word", feedback="everyone", data=data)
    return create_app(small_classifier(), settings, tunnel)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the app with a small classifier."""
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api", "/healthz", "/static/base.css"])
def test_every_answer_is_protected(client: FlaskClient, path: str) -> None:
    """Pages, errors, JSON and files carry the same strict headers."""
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_are_not_stored_and_files_may_be(client: FlaskClient) -> None:
    """No cache keeps what somebody typed."""
    assert client.post("/", data={"sentence": POSITIVE}).headers["Cache-Control"] == "no-store"
    assert client.post("/api", json=POSITIVE).headers["Cache-Control"] == "no-store"
    with client.get("/static/app.js") as response:
        assert "no-store" not in response.headers["Cache-Control"]
        assert response.headers["ETag"]


def test_pages_hold_nothing_inline_and_nothing_foreign(client: FlaskClient) -> None:
    """The policy would block it: no inline script or style, no address elsewhere."""
    for path in ("/", "/?sentence=좋네요", "/?sentence="):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert " on" not in page.split("<body>")[0]
        assert "http://" not in page
        assert "https://" not in page


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:5000", "[::1]", "[::1]:8000"]
)
def test_local_names_are_answered(host: str) -> None:
    """The page answers on this machine, under any port."""
    assert answers_to(host, Settings(), None)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "192.168.0.7", "", "a b", "localhost:99999", "[::1"],
)
def test_other_names_are_refused(host: str) -> None:
    """Strange, foreign and malformed names are not answered."""
    assert not answers_to(host, Settings(), None)


def test_trusted_names_are_answered() -> None:
    """A name of --trusted-host; with a leading dot its subdomains too."""
    settings = Settings(trusted_hosts=("Demo.example", ".school.example"))
    for host in ("demo.example", "demo.example:80", "school.example", "lab.school.example"):
        assert answers_to(host, settings, None)
    for host in ("sub.demo.example", "notschool.example", "school.example.evil"):
        assert not answers_to(host, settings, None)


@pytest.mark.parametrize("listening", ["0.0.0.0", "::", "192.168.0.7"])  # noqa: S104
def test_addresses_are_answered_when_the_network_may_come_in(listening: str) -> None:
    """Bound to the network, the page answers under addresses; names stay refused."""
    settings = Settings(host=listening)
    assert answers_to("192.168.0.7:8000", settings, None)
    assert answers_to("[fe80::1]:8000", settings, None)
    assert not answers_to("evil.example", settings, None)


def test_the_name_it_is_bound_to_is_answered() -> None:
    """``--host my-machine`` trusts that name."""
    assert answers_to("my-machine:8000", Settings(host="my-machine"), None)


def test_the_tunnels_name_follows_the_tunnel() -> None:
    """The tunnel's host is answered while it has it, and no longer."""
    tunnel = ATunnel()
    assert not answers_to("a.ngrok.app", Settings(), tunnel)  # type: ignore[arg-type]
    tunnel.status = Status("https://a.ngrok.app")
    assert answers_to("a.ngrok.app", Settings(), tunnel)  # type: ignore[arg-type]
    tunnel.status = Status("https://b.ngrok.app")
    assert not answers_to("a.ngrok.app", Settings(), tunnel)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a..b", ".", "a" * 300, "localhost:x", "[::1", "é"])
@pytest.mark.parametrize("path", ["/", "/files/x/result.csv", "/api", "/static/style.css"])
def test_a_name_that_can_be_none_is_refused(app: Flask, path: str, name: str) -> None:
    """As any other, on a page with its links."""
    client = app.test_client()
    assert client.get(path, headers={"Host": name}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/api", "/healthz", "/static/base.css", "/login"])
def test_an_unknown_name_is_told_the_way_out(client: FlaskClient, path: str) -> None:
    """400 for every route, naming the option that lets the name in."""
    response = client.get(path, headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "--trusted-host" in response.text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api", "/login", "/healthz"])
def test_raw_bytes_in_a_query_are_refused(client: FlaskClient, path: str) -> None:
    """A query that is no text is a mistake of the sender, on every route."""
    response = client.get(path, environ_overrides={"QUERY_STRING": "next=\xff"})
    assert response.status_code == 400
    assert "UTF-8" in response.text


SENT_BY = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, True),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"}, False),
    ({"Origin": "http://localhost:8000"}, True),
    ({"Origin": "http://LOCALHOST:8000"}, True),
    ({"Origin": "https://localhost:8000"}, False),
    ({"Sec-Fetch-Site": "", "Origin": "http://localhost:8000"}, True),
    ({"Origin": "http://localhost"}, False),
    ({"Origin": "http://localhost:8001"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "https://localhost:8000.evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://[::1"}, False),
    ({}, True),
]
"""What a browser may send with a form for localhost:8000, and whether the form is taken."""


@pytest.mark.parametrize(("headers", "taken"), SENT_BY, ids=str)
def test_forms_of_other_origins_are_refused(
    shared_app: Flask, headers: dict[str, str], taken: bool
) -> None:
    """By what browsers say of a form's origin; programs say nothing of it and pass."""
    client = shared_app.test_client()
    for path in ("/", "/feedback", "/feedback/delete", "/login", "/nowhere"):
        response = client.post(path, headers={"Host": "localhost:8000", **headers})
        assert ("다른 사이트에서 보낸" in response.text) is not taken, path
        assert (response.status_code == 403) is not taken, path


def test_every_form_is_checked(shared_app: Flask) -> None:
    """Whatever pages are added: no form of theirs is taken from another site."""
    paths = [
        rule.rule.replace("<job_id>", "x")
        for rule in shared_app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not for_programs(rule.rule)
    ]
    assert "/files/x/remove" in paths
    for path in paths:
        foreign = {"Host": "localhost:8000", "Origin": "https://evil.example"}
        assert shared_app.test_client().post(path, headers=foreign).status_code == 403, path


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_whatever_may_change_something_is_checked(client: FlaskClient, method: str) -> None:
    """Not POST alone."""
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert client.open("/", method=method, headers=foreign).status_code == 403
    assert client.open("/", method=method).status_code == 405


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_links_of_other_sites_work(client: FlaskClient, method: str) -> None:
    """What changes nothing may come from anywhere."""
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.open("/", method=method, headers=foreign).status_code == 200


def test_programs_in_a_page_are_kept_off_by_the_kind_of_content(client: FlaskClient) -> None:
    """The API takes JSON only, for which a browser asks us first; a mere form is not taken."""
    foreign = {"Origin": "https://evil.example"}
    assert client.post("/api", json=POSITIVE, headers=foreign).status_code == 200
    assert client.post("/api", data=f'"{POSITIVE}"', headers=foreign).status_code == 415
    asked = client.options("/api", headers={**foreign, "Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_forms_come_through_the_tunnel(shared_app: Flask) -> None:
    """There the page's origin is https under the tunnel's name, for browsers of any age."""
    passed_on = {"Host": "a.ngrok.app", "X-Forwarded-For": "203.0.113.7"}
    for headers, status in (
        ({"Origin": "https://b.ngrok.app"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://b.ngrok.app"}, 403),
        ({"Origin": "https://a.ngrok.app"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://a.ngrok.app"}, 303),
    ):
        client = shared_app.test_client()
        password = {"password": "word"}
        response = client.post("/login", data=password, headers={**passed_on, **headers})
        assert response.status_code == status
        assert (client.get_cookie("sentiment_visitor", "a.ngrok.app") is None) is (status == 403)


def test_the_web_layer_never_imports_torch() -> None:
    """The pages are handed a classifier; what runs it is not their business."""
    code = "import sys, sentiment.web.app; print({'torch', 'transformers'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
