"""Several sentences in the box, in a real Chromium with script on and off."""

import pytest
from flask import Flask

from sentiment.settings import Settings
from tests.kit.app import create_app
from tests.kit.browsing import judge, playwright
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

TEXT = f"정말 좋네요. {POSITIVE}!\n{NEGATIVE} ㅠㅠ"


@pytest.fixture(scope="module")
def app() -> Flask:
    """The app, unsure around a half."""
    classifier = small_classifier()
    classifier.unsure = (0.3, 0.7)
    return create_app(classifier, Settings())


def test_a_paragraph_is_judged_sentence_by_sentence(page: playwright.Page) -> None:
    """Each sentence has a word, a number and a bar as long as the number says."""
    judge(page, TEXT)
    rows = (
        page.get_by_role("region", name="문장마다")
        .get_by_role("listitem")
        .filter(has=page.locator("meter"))
    )
    playwright.expect(rows).to_have_count(3)
    playwright.expect(rows.nth(1)).to_contain_text(f"{POSITIVE}!")
    playwright.expect(rows.nth(1)).to_contain_text("+ 긍정 95.7%")
    playwright.expect(rows.nth(2)).to_contain_text("− 부정 94.8%")
    meter = rows.nth(2).locator("meter")
    assert float(meter.get_attribute("value") or "") == pytest.approx(0.948, abs=1e-3)
    box = meter.bounding_box()
    assert box
    assert box["width"] > 50
    assert box["height"] > 5


def test_the_summary_leads_to_the_strongest_sentence(page: playwright.Page) -> None:
    """Its link goes to the row, without asking the server again."""
    judge(page, TEXT)
    page.get_by_role("link", name=f"{NEGATIVE} ㅠㅠ").click()
    assert page.url.endswith("#sentence-3")
    playwright.expect(page.locator("#sentence-3")).to_be_in_viewport()
    playwright.expect(page.locator("#sentence-3:target")).to_have_count(1)


def test_a_single_sentence_after_a_paragraph_is_simple_again(page: playwright.Page) -> None:
    """The list goes with its text."""
    judge(page, TEXT)
    playwright.expect(page.get_by_role("heading", name="문장마다")).to_be_visible()
    judge(page, POSITIVE)
    playwright.expect(page.get_by_role("heading", name="문장마다")).to_have_count(0)
    playwright.expect(page.get_by_role("heading", name="긍정 (positive)")).to_be_visible()


def test_an_unsure_answer_takes_no_side(page: playwright.Page) -> None:
    """Heading and title say unsure, in neither colour; both bars stay."""
    judge(page, "영화")
    verdict = page.get_by_role("heading", name="애매해요 (unsure)")
    playwright.expect(verdict).to_have_text("애매해요 (unsure)")
    playwright.expect(page).to_have_title("애매함 · 한국어 감성 분석")
    tone = "node => getComputedStyle(node).getPropertyValue('--tone')"
    found = ("#verdict", ".bar.positive", ".bar.negative")
    tones = {page.locator(place).evaluate(tone) for place in found}
    assert len(tones) == 3
    playwright.expect(page.get_by_role("meter")).to_have_count(2)
