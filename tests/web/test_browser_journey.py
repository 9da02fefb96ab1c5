"""Nothing typed is lost: Back, Forward, Reload, the other language, the input method's Enter."""

import pytest

from sentiment.settings import MAX_CHARACTERS
from tests.kit.browsing import judge, playwright, visiting
from tests.kit.small import NEGATIVE, POSITIVE

LONG = f"{POSITIVE} " * 900
"""Too long for any address, and near the limit."""

GOOD, BAD = "긍정 (positive)", "부정 (negative)"


def shows(page: playwright.Page, text: str, verdict: str) -> None:
    """The page has this text in its box, and this verdict."""
    playwright.expect(page.get_by_role("heading", name=verdict)).to_be_visible()
    playwright.expect(page.locator("#sentence")).to_have_value(text)


def test_back_and_forward_walk_through_the_answers(page: playwright.Page) -> None:
    """With script and without; Back from the first leads to the empty page."""
    judge(page, POSITIVE)
    shows(page, POSITIVE, GOOD)
    judge(page, NEGATIVE)
    shows(page, NEGATIVE, BAD)
    page.go_back()
    shows(page, POSITIVE, GOOD)
    page.go_back()
    playwright.expect(page.locator("#verdict")).to_have_count(0)
    playwright.expect(page.locator("#sentence")).to_have_value("")
    page.go_forward()
    page.go_forward()
    shows(page, NEGATIVE, BAD)


def test_reload_keeps_a_text_up_to_the_limit_with_its_answer(page: playwright.Page) -> None:
    """Also one that no address can hold."""
    assert 8000 < len(LONG) < MAX_CHARACTERS
    judge(page, LONG)
    shows(page, LONG, GOOD)
    page.reload()
    shows(page, LONG, GOOD)


def test_reload_keeps_what_was_typed_and_not_judged(scripted: playwright.Page) -> None:
    """Beside the answer that was there."""
    judge(scripted, POSITIVE)
    shows(scripted, POSITIVE, GOOD)
    scripted.locator("#sentence").fill("아직 쓰는 중")
    # Kept now and then. The page's policy forbids wait_for_function: its later looks use eval.
    for _ in range(100):
        if scripted.evaluate("history.state?.typed") == "아직 쓰는 중":
            break
        scripted.wait_for_timeout(50)
    scripted.reload()
    shows(scripted, "아직 쓰는 중", GOOD)


def test_a_link_within_the_page_is_no_other_text(scripted: playwright.Page) -> None:
    """Its entry belongs to the same answer."""
    judge(scripted, f"{POSITIVE}! {NEGATIVE}.")
    scripted.get_by_role("link", name=f"{NEGATIVE}.").click()
    scripted.go_back()
    shows(scripted, f"{POSITIVE}! {NEGATIVE}.", "엇갈려요")


def test_the_language_switch_keeps_reasons(page: playwright.Page) -> None:
    """The explained answer is explained in the other language."""
    judge(page, f"{POSITIVE} 영화")
    page.get_by_role("button", name="왜 이렇게 판단했나요?").click()
    playwright.expect(page.locator("#why .words")).to_be_visible()
    page.get_by_role("button", name="English").click()
    playwright.expect(page.get_by_role("heading", name="Why this answer?")).to_be_visible()
    playwright.expect(page.locator("#why .words")).to_contain_text("재미있네요")


def test_the_language_switch_keeps_the_place_and_a_long_text(scripted: playwright.Page) -> None:
    """One is where one was."""
    scripted.set_viewport_size({"width": 360, "height": 500})
    judge(scripted, LONG)
    shows(scripted, LONG, GOOD)
    scripted.evaluate("scrollTo(0, 300)")
    scripted.locator(".switch[formaction]").evaluate("node => node.click()")
    shows(scripted, LONG, "Positive (긍정)")
    assert scripted.evaluate("scrollY") == 300
    scripted.reload()
    shows(scripted, LONG, "Positive (긍정)")


def test_the_last_sentences_of_a_visit_are_at_hand(
    browser: playwright.Browser, address: str
) -> None:
    """Each once, the last first; they go back, copy as a table, change language, are cleared."""
    rights = ["clipboard-read", "clipboard-write"]
    with visiting(browser, address, permissions=rights) as page:
        page.goto("/")
        past = page.locator("#past")
        playwright.expect(past).to_be_hidden()
        for text in (POSITIVE, f'{NEGATIVE}\n"ㅠㅠ"', POSITIVE):
            judge(page, text)
            playwright.expect(page.get_by_role("blockquote")).to_have_text(text)
        past.locator("summary").click()
        playwright.expect(past.get_by_role("listitem")).to_contain_text([POSITIVE, NEGATIVE])
        page.get_by_role("button", name="표로 복사").click()
        playwright.expect(past.get_by_role("button", name="복사했어요")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == (
            f'문장\t답\t확률\n{POSITIVE}\t긍정\t95.7%\n"{NEGATIVE}\n""ㅠㅠ"""\t부정\t94.8%'
        )
        past.get_by_role("link").nth(1).click()
        playwright.expect(page.get_by_role("heading", name=BAD)).to_be_visible()
        page.get_by_role("button", name="English").click()
        past.locator("summary").click()
        playwright.expect(past.get_by_role("listitem").first).to_contain_text("− Negative 94.8%")
        past.get_by_role("button", name="Clear the list").click()
        playwright.expect(past).to_be_hidden()
        page.reload()
        playwright.expect(past.locator("li")).to_have_count(1)  # that of the answer in sight


def compose(page: playwright.Page, *steps: str) -> playwright.CDPSession:
    """Type as a Hangul input method does: a syllable grows and stays underlined."""
    session = page.context.new_cdp_session(page)
    for step in steps:
        sent = {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
        session.send("Input.imeSetComposition", sent)
    return session


def press(session: playwright.CDPSession, key: str, code: int, **more: str) -> None:
    """A key as the browser reports it."""
    sent = {"type": "keyDown", "key": key, "code": "Enter", "windowsVirtualKeyCode": code, **more}
    session.send("Input.dispatchKeyEvent", sent)


def test_enter_after_a_composition_judges_once(scripted: playwright.Page) -> None:
    """The input method takes the first key (229), which judges nothing and breaks no line."""
    asked: list[str] = []
    scripted.on("request", lambda sent: asked.append(sent.method) if sent.post_data else None)
    scripted.locator("#sentence").fill("정말 재미있네")
    scripted.locator("#sentence").press("End")
    session = compose(scripted, "ㅇ", "요")
    press(session, "Process", 229)
    assert asked == []
    session.send("Input.insertText", {"text": "요"})
    press(session, "Enter", 13, text="\r")
    shows(scripted, POSITIVE, GOOD)
    assert asked == ["POST"]


def test_enter_within_a_composition_keeps_the_syllable(scripted: playwright.Page) -> None:
    """Where the same key ends the composition and breaks the line, it judges the whole text."""
    scripted.locator("#sentence").fill("정말 재미있네")
    scripted.locator("#sentence").press("End")
    press(compose(scripted, "ㅇ", "요"), "Enter", 13, text="\r")
    shows(scripted, POSITIVE, GOOD)


def test_shift_enter_within_a_composition_breaks_the_line(scripted: playwright.Page) -> None:
    """And judges nothing."""
    scripted.locator("#sentence").fill("정말 좋")
    scripted.locator("#sentence").press("End")
    compose(scripted, "ㄴ", "네")
    scripted.keyboard.press("Shift+Enter")
    playwright.expect(scripted.locator("#sentence")).to_have_value("정말 좋네\n")
    assert scripted.locator("#verdict").count() == 0


@pytest.mark.parametrize("kind", ["insertParagraph", "insertLineBreak"])
def test_a_break_without_a_key_judges(scripted: playwright.Page, kind: str) -> None:
    """Keyboards of phones tell no key, only what would be put in."""
    box = scripted.locator("#sentence")
    box.fill(POSITIVE)
    send = "(box, init) => box.dispatchEvent(new InputEvent('beforeinput', init))"
    init = {"inputType": kind, "cancelable": True}
    assert box.evaluate(send, init | {"isComposing": True}), "left to the input method"
    assert not box.evaluate(send, init)
    shows(scripted, POSITIVE, GOOD)
