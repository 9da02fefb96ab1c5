"""Below a path of another site, behind a real nginx that strips it or keeps it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from sentiment.errors import SettingsError
from sentiment.settings import Settings
from sentiment.web.kit.identity import Owner
from sentiment.web.kit.root import believed, checked, forwarded
from tests.kit.app import create_app
from tests.kit.browsing import judge, playwright, serving, visiting
from tests.kit.proxies import nginx
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

PASSWORD = "word"
PLAIN = "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;"

LOCATIONS = """
location = /elsewhere {{ return 200 "another page"; }}
location /kept/ {{ proxy_pass {kept}; {plain} }}
location /stripped/ {{ proxy_pass {stripped}/; {plain} }}
location /told/deep/ {{
    proxy_pass {told}/; {plain} proxy_set_header X-Forwarded-Prefix /told/deep;
}}
"""
"""Three pages of one site: who strips and does not tell, who keeps, and who tells."""


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    """The pages by the path that each one lies below."""
    data = tmp_path_factory.mktemp("data")  # each has everything with links, forms or cookies
    base = Settings(
        data=data, proxy=True, feedback="everyone", share="auto", share_password=PASSWORD
    )
    return {
        "/kept": create_app(small_classifier(), replace(base, root_path="/kept")),
        "/stripped": create_app(small_classifier(), replace(base, root_path="stripped/")),
        "/told/deep": create_app(small_classifier(), base),
    }


@pytest.fixture(scope="module")
def site(apps: dict[str, Flask]) -> Iterator[str]:
    """The address of the site that they are on."""
    with ExitStack() as stack:
        kept, stripped, told = (stack.enter_context(serving(app)) for app in apps.values())
        locations = LOCATIONS.format(kept=kept, stripped=stripped, told=told, plain=PLAIN)
        yield f"http://127.0.0.1:{stack.enter_context(nginx(locations))}"


@pytest.mark.parametrize("path", ["/kept", "/stripped"])
def test_everything_stays_below_the_path(
    browser: playwright.Browser, site: str, path: str, apps: dict[str, Flask], tmp_path: Path
) -> None:
    """Login, sentence, language, examples, feedback, a file from upload to removal, the API."""
    table = tmp_path / "reviews.csv"
    table.write_text(f"text\n{POSITIVE}\n{NEGATIVE}\n", "utf-8")
    with visiting(browser, site) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{path}/files")
        page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="들어가기").click()
        playwright.expect(page.get_by_label("판단할 파일")).to_be_visible()
        assert page.locator("[aria-current=page]").inner_text() == "파일"
        page.get_by_label("판단할 파일").set_input_files(table)
        page.get_by_role("button", name="올리기").click()
        page.get_by_role("button", name="시작").click()
        playwright.expect(page.locator("#job")).to_have_attribute("data-state", "queued")
        apps[path].extensions["worker"].work()
        playwright.expect(page.locator("#job")).to_have_attribute("data-state", "done")
        page.goto(f"{path}/")
        judge(page, POSITIVE)
        playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
        page.get_by_role("button", name="맞아요", exact=True).click()
        page.get_by_role("button", name="English").click()
        playwright.expect(page.get_by_role("heading", name="Positive (긍정)")).to_be_visible()
        page.locator(".examples [data-example]").first.click()
        page.get_by_role("link", name="For programs").click()
        line = page.locator("pre").first.inner_text()
        assert f"{site}{path}/api" in line
        cookies = page.context.cookies()
        page.goto(f"{path}/no/such/page")
        page.locator("main a").click()
        playwright.expect(page.get_by_label("Sentence to judge")).to_be_visible()
    outside = {url for url in asked if not url.startswith(f"{site}{path}/")}
    assert not outside
    assert {cookie["path"] for cookie in cookies} == {path}
    assert len(cookies) >= 3


def test_a_path_that_the_proxy_tells_is_kept_and_the_owners_link_works(
    browser: playwright.Browser, site: str, apps: dict[str, Flask]
) -> None:
    """The link opens the owner's pages, and a sentence is judged."""
    path = "/told/deep"
    owner: Owner = apps[path].extensions["owner"]
    with visiting(browser, site) as page:
        page.goto(owner.link(path))
        assert page.url == f"{site}{path}/"
        judge(page, POSITIVE)
        playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
        page.get_by_role("link", name="기록").click()
        assert page.url == f"{site}{path}/feedback"


def test_links_lead_below_it_whether_it_was_stripped_or_kept(tmp_path: Path) -> None:
    """Every address in every page begins with the path, and so do redirects."""
    app = create_app(small_classifier(), Settings(root_path="/kept", data=tmp_path))
    browser = app.test_client()
    for asked in ("/", "/files", "/docs", "/compare?a=좋아요&b=싫어요", "/nowhere"):
        for sent in (asked, f"/kept{asked}"):
            page = browser.get(sent).text
            found = re.findall(r'(?:href|src|action|formaction|data-\w+)="(/[^"]*)"', page)
            assert found
            assert {link for link in found if not link.startswith("/kept/")} == set()
    assert browser.get("/kept").status_code == 200
    document = browser.get("/openapi.json").json
    assert document
    assert document["servers"] == [{"url": "/kept"}]
    assert browser.post("/kept/api", json=POSITIVE).status_code == 200
    assert browser.get("/kepts/files").status_code == 404
    owner: Owner = app.extensions["owner"]
    assert browser.get(owner.link("")).location == "/kept/"
    assert browser.get(owner.link("/kept")).location == "/kept/"


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("/a", "/a"),
        ("/a/b/", "/a/b"),
        ("/evil, /user/name%40school/proxy/8000", "/user/name@school/proxy/8000"),
        ("//evil.example", ""),
        ("/%2Fevil.example", ""),
        ("https://evil.example", ""),
        ("/a/../b", ""),
        ("/a\\b", ""),
        ("/a b", ""),
        ("/", ""),
    ],
)
def test_what_a_proxy_says_is_a_path_or_nothing(sent: str, path: str) -> None:
    """The last entry counts, which is its own; nothing makes a link to another host."""
    said = {"HTTP_X_FORWARDED_PREFIX": sent}
    assert forwarded(said) == path


@pytest.mark.parametrize(
    ("settings", "sender", "is_believed"),
    [
        (Settings(proxy=True), "127.0.0.1", True),
        (Settings(proxy=True), "203.0.113.7", False),
        (Settings(proxy_hops=1), "203.0.113.7", True),
        (Settings(), "127.0.0.1", False),
    ],
)
def test_only_a_proxy_that_we_were_told_of_is_believed(
    settings: Settings, sender: str, is_believed: bool
) -> None:
    """One on this computer, or as many as were counted, whose entry has become the sender."""
    assert believed({"REMOTE_ADDR": sender}, settings) is is_believed


def test_redirects_are_from_where_they_were_sent_to(tmp_path: Path) -> None:
    """Jupyter's proxy, which tells the path, changes those that begin with a slash."""
    app = create_app(small_classifier(), Settings(proxy=True, data=tmp_path))
    browser = app.test_client()
    told = {"X-Forwarded-Prefix": "/proxy/5000"}
    table = {"file": (BytesIO(f"text\n{POSITIVE}\n".encode()), "a.csv")}
    taken = browser.post("/files", data=table, headers=told).location
    assert re.fullmatch(r"\./files/[\w-]+", taken)
    removed = browser.post(f"{taken[1:]}/remove", headers=told)
    assert (removed.status_code, removed.location) == (303, "../../files")
    assert (
        browser.post("/files", data={"file": (BytesIO(b"text\na\n"), "a.csv")}).location[0] == "/"
    )


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    """And who claims to have come through one is not the owner."""
    settings = Settings(feedback="owner", data=tmp_path)
    client = create_app(small_classifier(), settings).test_client()
    said = {"X-Forwarded-Prefix": "/claimed"}
    assert "/claimed" not in client.get("/", headers=said).text
    assert client.get("/feedback").status_code == 200
    assert client.get("/feedback", headers=said).status_code == 404


def test_a_page_below_a_path_has_visitors(tmp_path: Path) -> None:
    """A proxy is there, so coming from this computer proves nothing."""
    settings = Settings(root_path="/a", feedback="owner", data=tmp_path)
    client = create_app(small_classifier(), settings).test_client()
    assert client.get("/feedback").status_code == 404


@pytest.mark.parametrize("said", ["a//b", "/a?b", "/../a", "/감성", "https://a.example/b", "/a b"])
def test_what_is_no_path_is_refused(said: str) -> None:
    """With the words that it was given in."""
    with pytest.raises(SettingsError, match="is not a path"):
        checked(said)


@pytest.mark.parametrize("said", ["/files", "/api", "/static/v"])
def test_a_path_of_the_pages_own_is_refused(said: str) -> None:
    """Nobody could tell whether it was stripped."""
    with pytest.raises(SettingsError, match="of its own"):
        create_app(small_classifier(), Settings(root_path=said))
