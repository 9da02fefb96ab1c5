"""Sites that may show the page in a frame, and sites whose scripts may ask the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.errors import SettingsError
from sentiment.settings import Settings
from sentiment.web.guard.origins import exact
from sentiment.web.kit.identity import Owner
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier

SITE = "https://school.example"
OTHER = "https://other.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Origin": SITE}


def client(**chosen: object) -> FlaskClient:
    """A client of the app with those settings."""
    return create_app(small_classifier(), Settings(**chosen)).test_client()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("https://Example.com/", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:8888", "http://[::1]:8888"),
        ("https://학교.kr", "https://xn--9d0b527e.kr"),
    ],
)
def test_an_origin_is_what_browsers_send(said: str, origin: str) -> None:
    """Small letters, no usual port, no slash."""
    assert exact(said) == origin


@pytest.mark.parametrize(
    "said",
    [
        *("*", "https://*", "https://*.example.com", "example.com", "null", "https://", "data:x"),
        *("https://a.example/path", "https://a.example?q", "https://u@a.example", "https://a;b"),
        *("https://a b", "https://a.example:99999", "https://a.example 'self'", ""),
    ],
)
@pytest.mark.parametrize("setting", ["allow_frames", "allow_origins"])
def test_what_is_no_origin_is_refused(said: str, setting: str) -> None:
    """No wildcards, and nothing that would add a word to the policy."""
    with pytest.raises(SettingsError, match="is not the origin of a site"):
        client(**{setting: (said,)})


def test_frames_are_for_the_sites_named() -> None:
    """By default for none."""
    for headers in (client().get("/").headers, client(allow_origins=(SITE,)).get("/").headers):
        assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        assert headers["X-Frame-Options"] == "DENY"
    headers = client(allow_frames=(SITE, "http://localhost:8888")).get("/").headers
    policy = headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {SITE} http://localhost:8888")
    assert policy.startswith("default-src 'none'; ")
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize(
    ("scheme", "frames", "words"),
    [
        ("https", (SITE,), ("SameSite=None", "Partitioned", "Secure", "HttpOnly")),
        ("http", (SITE,), ("SameSite=Lax", "HttpOnly")),
        ("https", (), ("SameSite=Lax", "Secure", "HttpOnly")),
    ],
)
def test_cookies_work_in_frames_over_https(
    scheme: str, frames: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    """Of the language, the owner, visitors that log in and their files; for that site alone."""
    settings = Settings(
        share="auto", share_password="word", proxy=True, allow_frames=frames, data=tmp_path
    )
    app = create_app(small_classifier(), settings)
    owner: Owner = app.extensions["owner"]
    headers = {"X-Forwarded-Proto": scheme}
    browser = app.test_client()
    replies = [
        browser.post("/login?lang=en", data={"password": "word"}, headers=headers),
        browser.get("/?lang=en", headers=headers),
        app.test_client().get(owner.link(""), headers=headers),
    ]
    found = [cookie for reply in replies for cookie in reply.headers.getlist("Set-Cookie")]
    assert len(found) == 5
    for cookie in found:
        assert all(word in cookie for word in words), cookie
        assert ("Partitioned" in cookie) is ("Partitioned" in words)
        assert cookie.count("SameSite") == 1


def test_scripts_of_a_site_may_ask_the_api_and_nothing_else() -> None:
    """Exactly that site; caches are told that the answer is for one."""
    asking = client(allow_origins=(SITE,))
    for path in ("/api", "/api/v1/predict"):
        reply = asking.options(path, headers=PREFLIGHT)
        assert reply.status_code == 204
        assert reply.headers["Access-Control-Allow-Origin"] == SITE
        assert "POST" in reply.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in reply.headers["Access-Control-Allow-Headers"]
        assert "Origin" in reply.vary
    reply = asking.post("/api", json=POSITIVE, headers={"Origin": SITE})
    assert reply.json
    assert reply.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in reply.headers
    for origin in (OTHER, "null", "http://school.example", f"{SITE}.evil", f"{SITE}:8443"):
        reply = asking.post("/api", json=POSITIVE, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in reply.headers
        assert "Origin" in reply.vary
        reply = asking.options("/api", headers={**PREFLIGHT, "Origin": origin})
        assert "Access-Control-Allow-Origin" not in reply.headers
    for path in ("/", "/files", "/openapi.json", "/healthz", "/apis"):
        reply = asking.options(path, headers=PREFLIGHT)
        assert "Access-Control-Allow-Origin" not in reply.headers
    assert "Access-Control-Allow-Origin" not in asking.get("/", headers={"Origin": SITE}).headers


def test_by_default_no_site_may() -> None:
    """Nothing is said of origins at all."""
    reply = client().post("/api", json=POSITIVE, headers={"Origin": SITE})
    assert not [name for name, _ in reply.headers if name.startswith("Access-Control")]
    assert "Origin" not in reply.vary


def test_a_password_is_asked_for_after_the_preflight(tmp_path: Path) -> None:
    """A browser sends none with that; the question itself needs it, and the script sees why not."""
    shared = {"share": "auto", "share_password": "word", "data": tmp_path}
    asking = client(allow_origins=(SITE,), **shared)
    assert asking.options("/api", headers=PREFLIGHT).status_code == 204
    headers = {"Origin": SITE, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"}
    reply = asking.post("/api", json=POSITIVE, headers=headers)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (401, SITE)
    assert asking.post("/api", json=POSITIVE, headers=headers, auth=("", "word")).json


def test_another_name_stays_refused() -> None:
    """A stranger's domain that leads here is not helped by an origin that is allowed."""
    headers = {**PREFLIGHT, "Host": "evil.example"}
    assert client(allow_origins=(SITE,)).options("/api", headers=headers).status_code == 400


@pytest.fixture
def embedding(tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """Two sites with our page in a frame and a script, and the page, which knows the first."""
    from tests.kit.browsing import serving

    first, second = Flask("first"), Flask("second")
    with serving(first) as one, serving(second) as two:
        ours = create_app(
            small_classifier(),
            Settings(allow_frames=(one,), allow_origins=(one,), data=tmp_path),
        )
        with serving(ours) as address:
            for site in (first, second):
                site.add_url_rule("/", "page", lambda: f'<iframe src="{address}"></iframe>')
            yield one, two, address


ASK = """address => fetch(`${address}/api`, {method: "POST", body: JSON.stringify("좋네요"),
  headers: {"Content-Type": "application/json"}}).then(reply => reply.status, String)"""


def test_a_real_browser_sees_the_page_where_it_is_allowed(
    browser: "object", embedding: tuple[str, str, str]
) -> None:
    """In a frame of the site named, where it works whole, and by its script; elsewhere not."""
    from tests.kit.browsing import playwright

    one, two, address = embedding
    page = browser.new_page(locale="ko-KR")  # type: ignore[attr-defined]
    page.goto(one)
    frame = page.frame_locator("iframe")
    frame.get_by_label("판단할 문장").fill(POSITIVE)
    frame.get_by_role("button", name="판단하기").click()
    playwright.expect(frame.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    assert page.evaluate(ASK, address) == 200
    page.goto(two)
    assert "Failed to fetch" in page.evaluate(ASK, address)
    assert page.frame_locator("iframe").get_by_label("판단할 문장").count() == 0
    page.close()
