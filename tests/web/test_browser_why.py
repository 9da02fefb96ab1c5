"""Why this answer, and two sentences side by side, in a real Chromium with script on and off."""

import pytest

from tests.kit.browsing import judge, overflows, playwright
from tests.kit.small import NEGATIVE, POSITIVE

SENTENCE = "정말 별로 재미있네요 😀"


def ask_why(page: playwright.Page) -> None:
    """Press the button under the answer."""
    page.get_by_role("button", name="왜 이렇게 판단했나요?").click()


def test_the_words_that_pushed_are_marked(page: playwright.Page) -> None:
    """In the sentence, with signs; the strongest in words; at an address that shows it again."""
    judge(page, SENTENCE)
    ask_why(page)
    playwright.expect(page.locator(".words")).to_have_text("정말 별로−−− 재미있네요+++ 😀")
    playwright.expect(page.locator("#why ol li").first).to_contain_text("‘재미있네요’ 없이: 긍정")
    playwright.expect(page.get_by_label("판단할 문장")).to_have_value(SENTENCE)
    playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    assert "why=1" in page.url
    page.goto(page.url)
    playwright.expect(page.locator(".words .word.positive")).to_have_count(1)


def test_a_long_text_is_explained_in_place(page: playwright.Page) -> None:
    """One that no link could hold, by form."""
    judge(page, "정말 " * 300)
    ask_why(page)
    playwright.expect(page.locator(".words")).to_contain_text("정말 정말")
    assert "why" not in page.url.partition("#")[0]


def test_a_click_on_a_word_compares_without_it(page: playwright.Page) -> None:
    """Both sentences, both answers and the difference."""
    judge(page, SENTENCE)
    ask_why(page)
    page.get_by_role("link", name="별로").click()
    playwright.expect(page.get_by_label("첫째 문장")).to_have_value(SENTENCE)
    playwright.expect(page.get_by_label("둘째 문장")).to_have_value("정말 재미있네요 😀")
    playwright.expect(page.get_by_role("meter")).to_have_count(4)
    playwright.expect(page.locator(".difference")).to_contain_text("더 긍정적이에요")


def test_a_sentence_is_edited_and_compared(page: playwright.Page) -> None:
    """From the answer to the comparison, and the language changes with both kept."""
    judge(page, POSITIVE)
    page.get_by_role("button", name="고쳐서 비교하기").click()
    page.get_by_label("둘째 문장").fill(NEGATIVE)
    page.get_by_role("button", name="비교하기").click()
    playwright.expect(page.locator(".difference")).to_contain_text("90.5%포인트 더 부정적이에요")
    page.get_by_role("button", name="English").click()
    playwright.expect(page.locator(".difference")).to_contain_text("more negative by 90.5 points")
    playwright.expect(page.get_by_label("First sentence")).to_have_value(POSITIVE)
    playwright.expect(page.get_by_label("Second sentence")).to_have_value(NEGATIVE)


def test_the_reasons_come_without_a_reload(scripted: playwright.Page) -> None:
    """Script puts them under the answer, leads the focus there and says the strongest aloud."""
    judge(scripted, SENTENCE)
    scripted.evaluate("document.body.dataset.same = 'yes'")
    ask_why(scripted)
    playwright.expect(scripted.locator("#why-title")).to_be_focused()
    playwright.expect(scripted.get_by_role("status")).to_contain_text("‘재미있네요’ 없이")
    assert scripted.evaluate("document.body.dataset.same") == "yes"


def test_another_sentence_judged_meanwhile_stays(scripted: playwright.Page) -> None:
    """Reasons that come late for an old answer are dropped, and so is the wait for them."""
    held: list[playwright.Route] = []

    def hold(route: playwright.Route) -> None:
        held.append(route)

    scripted.route("**/*why=1*", hold)
    judge(scripted, SENTENCE)
    ask_why(scripted)
    playwright.expect(scripted.get_by_role("button", name="낱말을 하나씩 보는 중…")).to_be_visible()
    judge(scripted, NEGATIVE)
    playwright.expect(scripted.get_by_role("heading", name="부정 (negative)")).to_be_visible()
    with scripted.expect_response("**/*why=1*"):
        held[0].continue_()
    playwright.expect(scripted.locator("#why .words")).to_have_count(0)
    playwright.expect(scripted.get_by_role("button", name="왜 이렇게 판단했나요?")).to_be_visible()


@pytest.mark.parametrize(
    ("body", "said"),
    [("<p id='problem'>나중에 다시</p>", "나중에 다시"), ("?", "연결할 수 없어요")],
    ids=["busy", "broken"],
)
def test_a_failure_is_told_under_the_answer(
    scripted: playwright.Page, body: str, said: str
) -> None:
    """The answer stays, and asking again works."""

    def fail(route: playwright.Route) -> None:
        route.fulfill(status=429, body=body, content_type="text/html; charset=utf-8")

    scripted.route("**/*why=1*", fail, times=1)
    judge(scripted, SENTENCE)
    ask_why(scripted)
    playwright.expect(scripted.locator("#why .problem")).to_contain_text(said)
    playwright.expect(scripted.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    ask_why(scripted)
    playwright.expect(scripted.locator(".words")).to_be_visible()


def test_nothing_scrolls_sideways(scripted: playwright.Page) -> None:
    """Neither the marked words nor the comparison, whatever they hold; stacked on a phone."""
    run = "ㅋ" * 200
    scripted.goto(f"/?sentence=최악 {run}&why=1")
    assert overflows(scripted) == {}
    scripted.goto(f"/compare?a=최악 {run}&b={run}")
    assert overflows(scripted) == {}
    for width in (320, 360, 1280):
        scripted.set_viewport_size({"width": width, "height": 740})
        first, second = (scripted.locator(".side").nth(number).bounding_box() for number in (0, 1))
        assert first
        assert second
        assert (first["y"] == second["y"]) == (width == 1280)
