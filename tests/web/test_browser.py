"""The page in a real Chromium, with script on and off, served by the real server."""

import pytest

from sentiment.settings import MAX_CHARACTERS
from tests.kit.browsing import judge, overflows, playwright, visiting
from tests.kit.small import NEGATIVE, POSITIVE

MARKUP = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_a_sentence_is_judged(page: playwright.Page) -> None:
    """Label, number and bars appear; the sentence stays in the box."""
    judge(page, POSITIVE)
    verdict = page.get_by_role("heading", name="긍정 (positive)")
    playwright.expect(verdict).to_contain_text("95.7%")
    meters = page.get_by_role("meter")
    assert [round(float(meters.nth(i).get_attribute("value") or ""), 3) for i in (0, 1)] == [
        0.957,
        0.043,
    ]
    assert meters.nth(0).bounding_box()["height"] > 8  # type: ignore[index]
    playwright.expect(page.get_by_label("판단할 문장")).to_have_value(POSITIVE)
    playwright.expect(page).to_have_title("긍정 95.7% · 한국어 감성 분석")


def test_an_example_is_judged(page: playwright.Page) -> None:
    """One click on an example judges it and puts it in the box."""
    example = page.locator("[data-example]").nth(1)
    text = example.inner_text()
    example.click()
    playwright.expect(page.get_by_role("blockquote")).to_have_text(text)
    playwright.expect(page.get_by_label("판단할 문장")).to_have_value(text)


def test_an_error_is_shown_and_the_text_kept(page: playwright.Page) -> None:
    """Too long a text is explained and can be shortened in place."""
    text = "가" * (MAX_CHARACTERS + 1)
    judge(page, text)
    playwright.expect(page.locator("#problem")).to_contain_text("10,001자")
    box = page.get_by_label("판단할 문장")
    playwright.expect(box).to_have_value(text)
    playwright.expect(box).to_have_attribute("aria-invalid", "true")
    judge(page, POSITIVE)
    playwright.expect(page.locator("#problem")).to_have_count(0)
    assert box.get_attribute("aria-invalid") is None


def test_markup_stays_text(page: playwright.Page) -> None:
    """A sentence that is markup runs nothing and adds nothing to the page."""
    scripts = page.locator("script").count()
    judge(page, MARKUP)
    playwright.expect(page.get_by_role("blockquote")).to_have_text(MARKUP)
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("script").count() == scripts


def test_the_language_switch_keeps_the_text(page: playwright.Page) -> None:
    """What was typed is there in the other language too."""
    judge(page, NEGATIVE)
    playwright.expect(page.get_by_role("heading", name="부정 (negative)")).to_be_visible()
    page.get_by_role("button", name="English").click()
    playwright.expect(page.get_by_role("heading", name="Negative (부정)")).to_be_visible()
    playwright.expect(page.get_by_label("Sentence to judge")).to_have_value(NEGATIVE)
    page.get_by_role("button", name="한국어").click()
    playwright.expect(page.get_by_role("heading", name="부정 (negative)")).to_be_visible()


def test_nothing_scrolls_sideways(scripted: playwright.Page) -> None:
    """A run without a place to break fits from the smallest phone on, as all pages do."""
    scripted.goto(f"/?sentence={'ㅋ' * 200}")
    assert overflows(scripted) == {}


def test_the_keyboard_is_enough(page: playwright.Page) -> None:
    """The box has the focus, Tab leads past the switch to the button, Space presses it."""
    keyboard = page.keyboard
    playwright.expect(page.get_by_label("판단할 문장")).to_be_focused()
    keyboard.insert_text(POSITIVE)
    keyboard.press("Tab")
    if page.locator("#live").is_visible():
        playwright.expect(page.locator("#live")).to_be_focused()
        keyboard.press("Tab")
    playwright.expect(page.get_by_role("button", name="판단하기")).to_be_focused()
    keyboard.press("Space")
    playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(
    browser: playwright.Browser, address: str, scheme: str
) -> None:
    """Ink and ground change places."""
    with visiting(browser, address, color_scheme=scheme) as page:
        page.goto("/")
        ground, ink = page.evaluate(
            "(({backgroundColor, color}) => [backgroundColor, color]"
            ".map(c => Number(c.match(/[0-9]+/)[0])))(getComputedStyle(document.body))"
        )
    assert (ground > 230 and ink < 40) if scheme == "light" else (ground < 40 and ink > 220)


def test_enter_judges_and_shift_enter_does_not(scripted: playwright.Page) -> None:
    """Enter sends; with Shift it starts a line."""
    box = scripted.get_by_label("판단할 문장")
    box.fill(POSITIVE)
    box.press("Shift+Enter")
    playwright.expect(box).to_have_value(f"{POSITIVE}\n")
    assert scripted.locator("#verdict").count() == 0
    box.press("Enter")
    playwright.expect(scripted.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


def test_the_answer_comes_without_a_reload(scripted: playwright.Page) -> None:
    """Script adopts the answer, says it aloud, and puts its link in the address bar."""
    scripted.evaluate("document.body.dataset.same = 'yes'")
    judge(scripted, POSITIVE)
    playwright.expect(scripted.get_by_role("status")).to_have_text("긍정 (positive) 95.7%")
    assert scripted.evaluate("document.body.dataset.same") == "yes"
    assert "?sentence=" in scripted.url
    scripted.reload()
    playwright.expect(scripted.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


def test_a_pending_answer_is_shown_and_a_newer_question_wins(scripted: playwright.Page) -> None:
    """While one answer is under way the button says so; asking again ends the wait for it."""
    held: list[playwright.Route] = []

    def hold_the_first(route: playwright.Route) -> None:
        if held:
            route.fallback()
        else:
            held.append(route)

    scripted.route("**/", hold_the_first)
    judge(scripted, POSITIVE)
    playwright.expect(scripted.get_by_role("button", name="판단하는 중…")).to_be_visible()
    playwright.expect(scripted.locator("#judge")).to_have_attribute("aria-busy", "true")
    scripted.get_by_label("판단할 문장").fill(NEGATIVE)
    scripted.get_by_label("판단할 문장").press("Enter")
    playwright.expect(scripted.get_by_role("heading", name="부정 (negative)")).to_be_visible()
    playwright.expect(scripted.get_by_role("button", name="판단하기")).to_be_visible()
    held[0].abort()
    playwright.expect(scripted.get_by_role("heading", name="부정 (negative)")).to_be_visible()


def test_a_lost_connection_is_told_and_the_text_kept(
    browser: playwright.Browser, address: str
) -> None:
    """Without network the page says so and keeps what was typed; then it works again."""
    with visiting(browser, address, meant="ERR_INTERNET_DISCONNECTED") as page:
        page.goto("/")
        page.context.set_offline(True)
        judge(page, POSITIVE)
        playwright.expect(page.locator("#problem")).to_contain_text("연결할 수 없어요")
        playwright.expect(page.get_by_label("판단할 문장")).to_have_value(POSITIVE)
        page.context.set_offline(False)
        judge(page, POSITIVE)
        playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


def test_the_link_is_copied(browser: playwright.Browser, address: str) -> None:
    """The copy button copies the whole address of the answer."""
    rights = ["clipboard-read", "clipboard-write"]
    with visiting(browser, address, permissions=rights) as page:
        page.goto("/")
        judge(page, POSITIVE)
        page.get_by_role("button", name="복사").click()
        playwright.expect(page.get_by_role("button", name="복사했어요")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{address}/?sentence=")
