"""The page in a real Chromium, with script on and off, served by the real server."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cheroot.wsgi import Server

from sentiment.settings import MAX_CHARACTERS, Settings
from sentiment.web import create_app
from tests.small import NEGATIVE, POSITIVE, small_classifier

if TYPE_CHECKING:
    from playwright import sync_api as playwright
else:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("needs chromium: apt install chromium", allow_module_level=True)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MARKUP = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server of our own on a free port."""
    server = Server(("127.0.0.1", 0), create_app(small_classifier(), Settings()))
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    """One browser for all tests of this file."""
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page and everything it complained about."""

    page: "playwright.Page"
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visiting(browser: "playwright.Browser", address: str, **options: Any) -> Iterator[Visit]:
    """A Korean visitor on the start page; console errors, dialogs and errors are noted."""
    context = browser.new_context(base_url=address, **{"locale": "ko-KR", **options})
    visit = Visit(context.new_page())
    visit.page.set_default_timeout(5000)

    def console(message: "playwright.ConsoleMessage") -> None:
        # Chromium logs each 4xx as an error; those answers are meant here.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            visit.complaints.append(message.text)

    def dialog(opened: "playwright.Dialog") -> None:
        visit.complaints.append(f"dialog: {opened.message}")
        opened.dismiss()

    visit.page.on("console", console)
    visit.page.on("dialog", dialog)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.goto("/")
    yield visit
    context.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def visit(
    browser: "playwright.Browser", address: str, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """A visit that ends without a complaint, once with script and once without."""
    with visiting(browser, address, java_script_enabled=request.param) as visit:
        yield visit
    assert visit.complaints == []


@pytest.fixture
def scripted(browser: "playwright.Browser", address: str) -> Iterator[Visit]:
    """A visit with script."""
    with visiting(browser, address) as visit:
        yield visit
    assert visit.complaints == []


def judge(page: "playwright.Page", sentence: str) -> None:
    """Type and press the button."""
    page.get_by_label("판단할 문장").fill(sentence)
    page.get_by_role("button", name="판단하기").click()


def test_a_sentence_is_judged(visit: Visit) -> None:
    """Label, number and bars appear; the sentence stays in the box."""
    judge(visit.page, POSITIVE)
    verdict = visit.page.get_by_role("heading", name="긍정 (positive)")
    playwright.expect(verdict).to_contain_text("95.7%")
    meters = visit.page.get_by_role("meter")
    assert [round(float(meters.nth(i).get_attribute("value") or ""), 3) for i in (0, 1)] == [
        0.957,
        0.043,
    ]
    assert meters.nth(0).bounding_box()["height"] > 8  # type: ignore[index]
    playwright.expect(visit.page.get_by_label("판단할 문장")).to_have_value(POSITIVE)
    playwright.expect(visit.page).to_have_title("긍정 95.7% · 한국어 감성 분석")


def test_an_example_is_judged(visit: Visit) -> None:
    """One click on an example judges it and puts it in the box."""
    example = visit.page.locator("[data-example]").nth(1)
    text = example.inner_text()
    example.click()
    playwright.expect(visit.page.get_by_role("blockquote")).to_have_text(text)
    playwright.expect(visit.page.get_by_label("판단할 문장")).to_have_value(text)


def test_an_error_is_shown_and_the_text_kept(visit: Visit) -> None:
    """Too long a text is explained and can be shortened in place."""
    text = "가" * (MAX_CHARACTERS + 1)
    judge(visit.page, text)
    playwright.expect(visit.page.locator("#problem")).to_contain_text("10,001자")
    box = visit.page.get_by_label("판단할 문장")
    playwright.expect(box).to_have_value(text)
    playwright.expect(box).to_have_attribute("aria-invalid", "true")
    judge(visit.page, POSITIVE)
    playwright.expect(visit.page.locator("#problem")).to_have_count(0)
    assert box.get_attribute("aria-invalid") is None


def test_markup_stays_text(visit: Visit) -> None:
    """A sentence that is markup runs nothing and adds nothing to the page."""
    judge(visit.page, MARKUP)
    playwright.expect(visit.page.get_by_role("blockquote")).to_have_text(MARKUP)
    assert visit.page.locator("img[src=x]").count() == 0
    assert visit.page.locator("script").count() == 1


def test_the_language_switch_keeps_the_text(visit: Visit) -> None:
    """What was typed is there in the other language too."""
    judge(visit.page, NEGATIVE)
    playwright.expect(visit.page.get_by_role("heading", name="부정 (negative)")).to_be_visible()
    visit.page.get_by_role("button", name="English").click()
    playwright.expect(visit.page.get_by_role("heading", name="Negative (부정)")).to_be_visible()
    playwright.expect(visit.page.get_by_label("Sentence to judge")).to_have_value(NEGATIVE)
    visit.page.get_by_role("button", name="한국어").click()
    playwright.expect(visit.page.get_by_role("heading", name="부정 (negative)")).to_be_visible()


@pytest.mark.parametrize("path", ["/", f"/?sentence={'ㅋ' * 200}", "/?sentence="])
def test_nothing_scrolls_sideways(scripted: Visit, path: str) -> None:
    """Every page fits from the smallest phone on."""
    scripted.page.goto(path)
    for width in (320, 360, 1280):
        scripted.page.set_viewport_size({"width": width, "height": 700})
        assert scripted.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_is_enough(visit: Visit) -> None:
    """The box has the focus, Tab leads to the button, Space presses it."""
    keyboard = visit.page.keyboard
    playwright.expect(visit.page.get_by_label("판단할 문장")).to_be_focused()
    keyboard.insert_text(POSITIVE)
    keyboard.press("Tab")
    playwright.expect(visit.page.get_by_role("button", name="판단하기")).to_be_focused()
    keyboard.press("Space")
    playwright.expect(visit.page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(
    browser: "playwright.Browser", address: str, scheme: str
) -> None:
    """Ink and ground change places."""
    with visiting(browser, address, color_scheme=scheme) as visit:
        ground, ink = visit.page.evaluate(
            "(({backgroundColor, color}) => [backgroundColor, color]"
            ".map(c => Number(c.match(/[0-9]+/)[0])))(getComputedStyle(document.body))"
        )
    assert (ground > 230 and ink < 40) if scheme == "light" else (ground < 40 and ink > 220)


def test_enter_judges_and_shift_enter_does_not(scripted: Visit) -> None:
    """Enter sends; with Shift it starts a line."""
    box = scripted.page.get_by_label("판단할 문장")
    box.fill(POSITIVE)
    box.press("Shift+Enter")
    playwright.expect(box).to_have_value(f"{POSITIVE}\n")
    assert scripted.page.locator("#verdict").count() == 0
    box.press("Enter")
    playwright.expect(scripted.page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


@pytest.mark.parametrize("init", [{"isComposing": True}, {"keyCode": 229}], ids=str)
def test_enter_that_ends_a_composition_does_not_judge(
    scripted: Visit, init: dict[str, object]
) -> None:
    """The input method's Enter belongs to Hangul."""
    box = scripted.page.get_by_label("판단할 문장")
    box.fill(POSITIVE)
    left_alone = box.evaluate(
        "(box, init) => box.dispatchEvent(new KeyboardEvent('keydown', {...init, key: 'Enter', "
        "bubbles: true, cancelable: true}))",
        init,
    )
    assert left_alone


def test_the_answer_comes_without_a_reload(scripted: Visit) -> None:
    """Script adopts the answer, says it aloud, and puts its link in the address bar."""
    scripted.page.evaluate("document.body.dataset.same = 'yes'")
    judge(scripted.page, POSITIVE)
    playwright.expect(scripted.page.get_by_role("status")).to_have_text("긍정 (positive) 95.7%")
    assert scripted.page.evaluate("document.body.dataset.same") == "yes"
    assert "?sentence=" in scripted.page.url
    scripted.page.reload()
    playwright.expect(scripted.page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


def test_a_pending_answer_is_shown_and_a_newer_question_wins(scripted: Visit) -> None:
    """While one answer is under way the button says so; asking again ends the wait for it."""
    held: list[playwright.Route] = []

    def hold_the_first(route: "playwright.Route") -> None:
        if held:
            route.fallback()
        else:
            held.append(route)

    scripted.page.route("**/", hold_the_first)
    judge(scripted.page, POSITIVE)
    playwright.expect(scripted.page.get_by_role("button", name="판단하는 중…")).to_be_visible()
    playwright.expect(scripted.page.locator("#judge")).to_have_attribute("aria-busy", "true")
    scripted.page.get_by_label("판단할 문장").fill(NEGATIVE)
    scripted.page.get_by_label("판단할 문장").press("Enter")
    playwright.expect(scripted.page.get_by_role("heading", name="부정 (negative)")).to_be_visible()
    playwright.expect(scripted.page.get_by_role("button", name="판단하기")).to_be_visible()
    held[0].abort()
    playwright.expect(scripted.page.get_by_role("heading", name="부정 (negative)")).to_be_visible()


def test_a_lost_connection_is_told_and_the_text_kept(
    browser: "playwright.Browser", address: str
) -> None:
    """Without network the page says so and keeps what was typed; then it works again."""
    with visiting(browser, address) as visit:
        visit.page.context.set_offline(True)
        judge(visit.page, POSITIVE)
        playwright.expect(visit.page.locator("#problem")).to_contain_text("연결할 수 없습니다")
        playwright.expect(visit.page.get_by_label("판단할 문장")).to_have_value(POSITIVE)
        visit.page.context.set_offline(False)
        judge(visit.page, POSITIVE)
        playwright.expect(visit.page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in visit.complaints)


def test_the_link_is_copied(browser: "playwright.Browser", address: str) -> None:
    """The copy button copies the whole address of the answer."""
    rights = ["clipboard-read", "clipboard-write"]
    with visiting(browser, address, permissions=rights) as visit:
        judge(visit.page, POSITIVE)
        visit.page.get_by_role("button", name="복사").click()
        playwright.expect(visit.page.get_by_role("button", name="복사했습니다")).to_be_visible()
        copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{address}/?sentence=")
    assert visit.complaints == []
