"""Was it right? In a real Chromium, with script on and off."""

from pathlib import Path

import pytest
from flask import Flask

from sentiment.model.inference import Prediction
from sentiment.settings import Settings
from sentiment.storage import feedback
from tests.kit.app import create_app
from tests.kit.browsing import judge, overflows, playwright, visiting
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of this file keeps what people say."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def app(folder: Path) -> Flask:
    """The app that asks its owner."""
    return create_app(small_classifier(), Settings(data=folder, feedback="owner"))


@pytest.fixture(autouse=True)
def empty(folder: Path) -> None:
    """Each test begins with nothing stored."""
    feedback.delete(folder)


def press(page: playwright.Page, sentence: str, button: str) -> None:
    """Judge a sentence and say whether that was right."""
    page.goto("/")
    judge(page, sentence)
    page.get_by_role("button", name=button).click()
    playwright.expect(page.locator(".thanks")).to_be_visible()


def test_the_owner_corrects_looks_and_deletes(page: playwright.Page, folder: Path) -> None:
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


def test_thanks_come_without_a_reload(scripted: playwright.Page) -> None:
    """With script the page stays as it is, and what came of the press gets the focus."""
    scripted.evaluate("document.body.dataset.same = 'yes'")
    judge(scripted, POSITIVE)
    scripted.get_by_role("button", name="맞아요").click()
    playwright.expect(scripted.locator(".thanks")).to_be_focused()
    assert scripted.evaluate("document.body.dataset.same") == "yes"
    assert "thanks" not in scripted.url


def test_nothing_scrolls_sideways(scripted: playwright.Page, folder: Path) -> None:
    """Long words, long texts, a second page: the owner's page fits the smallest phone too."""
    for number in range(51):
        text = ("ㅋ" * 300, "정말 긴 문장 " * 300, "W" * 200)[number % 3] + str(number)
        prediction = Prediction(text, (0.1, 0.9), 3, 3)
        feedback.keep(folder, prediction, "negative", ("kcbert-" + "x" * 60, "id"), owner=False)
    scripted.goto("/feedback?wrong=1")
    assert scripted.get_by_role("row").count() == 51
    scripted.get_by_text("모두 지우기…").click()
    assert overflows(scripted) == {}
    scripted.get_by_role("link", name="다음").click()
    playwright.expect(scripted.get_by_role("row")).to_have_count(2)


def test_a_form_of_another_site_changes_nothing(
    browser: playwright.Browser, address: str, folder: Path
) -> None:
    """A real browser tells where the form comes from, and the page says why it is not taken."""
    form = (
        f'<form method="post" action="{address}/feedback"><input name="sentence" value="최악">'
        '<button name="correct" value="positive">win</button></form>'
    )
    with visiting(browser, address, meant="status of 403") as page:
        page.route(
            "http://evil.example/",
            lambda route: route.fulfill(body=form, content_type="text/html; charset=utf-8"),
        )
        page.goto("http://evil.example/")
        page.get_by_role("button").click()
        playwright.expect(page.locator("#problem")).to_contain_text("다른 사이트에서 보낸 양식")
        assert page.url == f"{address}/feedback"
    assert feedback.search(folder).stored == 0
