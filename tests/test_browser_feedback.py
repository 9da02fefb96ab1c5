"""Was it right? In a real Chromium, with script on and off."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cheroot.wsgi import Server

from sentiment import feedback
from sentiment.inference import Prediction
from sentiment.settings import Settings
from sentiment.web import create_app
from tests.small import NEGATIVE, POSITIVE, small_classifier

if TYPE_CHECKING:
    from playwright import sync_api as playwright
else:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("needs chromium: apt install chromium", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    """One browser for all tests of this file."""
    with playwright.sync_playwright() as engine:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this file keeps what people say."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of a server that asks its owner."""
    settings = Settings(data=folder, feedback="owner")
    server = Server(("127.0.0.1", 0), create_app(small_classifier(), settings))
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join()


@contextmanager
def visiting(
    browser: "playwright.Browser", address: str, **options: Any
) -> Iterator["playwright.Page"]:
    """A Korean owner's page; what the browser complains about fails the test."""
    context = browser.new_context(base_url=address, **{"locale": "ko-KR", **options})
    page = context.new_page()
    page.set_default_timeout(5000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def console(message: "playwright.ConsoleMessage") -> None:
        if message.type in ("error", "warning") and "status of 403" not in message.text:
            complaints.append(message.text)

    page.on("console", console)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(
    browser: "playwright.Browser", address: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator["playwright.Page"]:
    """A page of a store with nothing in it."""
    feedback.delete(folder)
    with visiting(browser, address, java_script_enabled=request.param) as page:
        yield page


def press(page: "playwright.Page", sentence: str, button: str) -> None:
    """Judge a sentence and say whether that was right."""
    page.goto("/")
    page.get_by_label("판단할 문장").fill(sentence)
    page.get_by_role("button", name="판단하기").click()
    page.get_by_role("button", name=button).click()
    playwright.expect(page.locator(".thanks")).to_be_visible()


def test_the_owner_corrects_looks_and_deletes(page: "playwright.Page", folder: Path) -> None:
    """The whole way, as a person goes it, with the download in between."""
    press(page, POSITIVE, "아니에요")
    playwright.expect(page.locator(".thanks")).to_contain_text("‘부정’이 맞다고")
    playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    press(page, NEGATIVE, "맞아요")
    page.get_by_role("link", name="모아 둔 답 보기").click()
    playwright.expect(page.get_by_role("row")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("link", name="모두 내려받기").click()
    assert download.value.suggested_filename == "feedback.tsv"
    assert download.value.path().read_bytes() == feedback.exported(folder).encode()
    page.get_by_label("모델이 틀린 것만").check()
    page.get_by_role("button", name="찾기").click()
    playwright.expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name=f"지우기 {POSITIVE}").click()
    playwright.expect(page.locator(".notice")).to_contain_text("그런 답이 없어요")
    assert feedback.exported(folder).count("\n") == 2
    page.get_by_text("모두 지우기…").click()
    page.get_by_role("button", name="답 1개 모두 지우기").click()
    playwright.expect(page.locator(".notice")).to_contain_text("아직 모은 답이 없어요")


def test_thanks_come_without_a_reload(browser: "playwright.Browser", address: str) -> None:
    """With script the page stays as it is, and what came of the press gets the focus."""
    with visiting(browser, address) as page:
        page.goto("/")
        page.evaluate("document.body.dataset.same = 'yes'")
        page.get_by_label("판단할 문장").fill(POSITIVE)
        page.get_by_role("button", name="판단하기").click()
        page.get_by_role("button", name="맞아요").click()
        playwright.expect(page.locator(".thanks")).to_be_focused()
        assert page.evaluate("document.body.dataset.same") == "yes"
        assert "thanks" not in page.url


def test_nothing_scrolls_sideways(
    browser: "playwright.Browser", address: str, folder: Path
) -> None:
    """Long words, long texts, a second page: the owner's page fits the smallest phone too."""
    feedback.delete(folder)
    for number in range(51):
        text = ("ㅋ" * 300, "정말 긴 문장 " * 300, "W" * 200)[number % 3] + str(number)
        prediction = Prediction(text, 0.1, 0.9, 3, 3)
        feedback.keep(folder, prediction, "negative", ("kcbert-" + "x" * 60, "id"), owner=False)
    with visiting(browser, address) as page:
        page.goto("/feedback?wrong=1")
        assert page.get_by_role("row").count() == 51
        page.get_by_text("모두 지우기…").click()
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("link", name="다음").click()
        playwright.expect(page.get_by_role("row")).to_have_count(2)


def test_a_form_of_another_site_changes_nothing(
    browser: "playwright.Browser", address: str, folder: Path
) -> None:
    """A real browser tells where the form comes from, and the page says why it is not taken."""
    feedback.delete(folder)
    form = (
        f'<form method="post" action="{address}/feedback"><input name="sentence" value="최악">'
        '<button name="correct" value="positive">win</button></form>'
    )
    with visiting(browser, address) as page:
        page.route(
            "http://evil.example/",
            lambda route: route.fulfill(body=form, content_type="text/html; charset=utf-8"),
        )
        page.goto("http://evil.example/")
        page.get_by_role("button").click()
        playwright.expect(page.locator("#problem")).to_contain_text("다른 사이트에서 보낸 양식")
        assert page.url == f"{address}/feedback"
    assert feedback.search(folder).stored == 0
