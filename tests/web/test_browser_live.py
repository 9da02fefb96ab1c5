"""Answers that follow what is typed, where the model is quick."""

import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from tests.kit.app import create_app
from tests.kit.browsing import judge, playwright, visiting
from tests.kit.small import NEGATIVE, POSITIVE, WordWeights, small_classifier

LOGGED = """
    window.log = [];
    new MutationObserver(() => log.push(announce.textContent)).observe(announce, {childList: true});
    new MutationObserver(([change]) => change.addedNodes[0]?.id === 'answer' && log.push('shown'))
      .observe(document.querySelector('main'), {childList: true});
"""
"""Notes when an answer is laid out, and what a screen reader is told."""

GOOD, BAD = "긍정 (positive)", "부정 (negative)"


@pytest.fixture
def typing(browser: playwright.Browser, address: str) -> Iterator[playwright.Page]:
    """The start page of somebody who has answers while typing."""
    with visiting(browser, address, live=True) as page:
        page.goto("/")
        yield page


def test_the_answer_follows_and_is_said_once_it_is_settled(typing: playwright.Page) -> None:
    """Without Enter; a screen reader hears nothing before, and Back finds the empty page."""
    typing.evaluate(LOGGED)
    box = typing.locator("#sentence")
    box.fill(POSITIVE)
    playwright.expect(typing.get_by_role("status")).to_have_text(f"{GOOD} 95.7%")
    log = typing.evaluate("log")
    assert log[0] == "shown"
    assert [each for each in log if each != "shown"] == [f"{GOOD} 95.7%"]
    playwright.expect(typing.locator("#why a.word.positive")).to_be_visible()
    assert "?sentence=" in typing.url
    playwright.expect(typing.locator("#past li")).to_have_count(1)
    playwright.expect(box).to_be_focused()
    typing.go_back()
    playwright.expect(typing.locator("#verdict")).to_have_count(0)


def test_one_request_is_under_way_and_the_last_text_wins(typing: playwright.Page) -> None:
    """What is typed meanwhile waits for its end; the answer to the older text is dropped."""
    held: list[playwright.Route] = []
    released = False

    def hold(route: playwright.Route) -> None:
        if released:
            route.fallback()
        else:
            held.append(route)

    typing.route("**/", hold)
    box = typing.locator("#sentence")
    with typing.expect_request("**/"):
        box.fill(NEGATIVE)
    for text in ("정말", "정말 최고", POSITIVE):
        box.fill(text)
        typing.wait_for_timeout(300)
    assert len(held) == 1
    released = True
    held[0].fallback()
    playwright.expect(typing.get_by_role("heading", name=GOOD)).to_be_visible()
    assert typing.get_by_role("blockquote").inner_text() == POSITIVE


def test_the_switch_is_kept(typing: playwright.Page) -> None:
    """Off means Enter, also after a reload."""
    typing.get_by_label("쓰는 동안 바로 답하기").uncheck()
    typing.reload()
    switch = typing.get_by_label("쓰는 동안 바로 답하기")
    playwright.expect(switch).not_to_be_checked()
    typing.locator("#sentence").fill(POSITIVE)
    typing.wait_for_timeout(500)
    assert typing.locator("#verdict").count() == 0
    switch.check()
    playwright.expect(typing.get_by_role("heading", name=GOOD)).to_be_visible()


def test_a_busy_server_is_left_alone(typing: playwright.Page) -> None:
    """For as long as it says, and without a word; Enter still asks."""
    asked: list[str] = []

    def refuse(route: playwright.Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, headers={"Retry-After": "60"}, body="")

    typing.route("**/", refuse)
    with typing.expect_response("**/"):
        typing.locator("#sentence").fill(POSITIVE)
    typing.locator("#sentence").fill(NEGATIVE)
    typing.wait_for_timeout(500)
    assert len(asked) == 1
    assert typing.locator("#problem").count() == 0
    typing.unroute("**/")
    judge(typing, NEGATIVE)
    playwright.expect(typing.get_by_role("heading", name=BAD)).to_be_visible()


def test_an_empty_box_has_no_answer(typing: playwright.Page) -> None:
    """It goes with the text."""
    typing.locator("#sentence").fill(POSITIVE)
    playwright.expect(typing.locator("#verdict")).to_have_count(1)
    typing.locator("#sentence").fill("")
    playwright.expect(typing.locator("#verdict")).to_have_count(0)


class Slow(WordWeights):
    """Takes its time."""

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """As it does, later."""
        time.sleep(0.07)
        return super().logits(ids)


def test_a_slow_model_answers_on_enter_alone() -> None:
    """Measured when it is started; nothing offers more."""
    quick, slow = small_classifier(), small_classifier()
    slow._backend = Slow()
    for model, offered in ((quick, True), (slow, False)):
        app = create_app(model)
        app.extensions["engine"].predict([POSITIVE])  # it has started by then
        assert ('id="live"' in app.test_client().get("/").text) is offered
