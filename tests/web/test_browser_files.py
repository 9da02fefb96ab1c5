"""Whole files in a real Chromium, with script on and off, served by the real server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.storage import retention
from tests.kit.app import create_app
from tests.kit.browsing import overflows, playwright
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

TABLE = "text,label,day\n" + "".join(
    f"{text},{label},2024-0{month}-01\n"
    for month in (1, 2, 3)
    for text, label in ((POSITIVE, 1), (NEGATIVE, 0), ("", 0))
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app; its worker works when a test says so."""
    with closing(Engine(small_classifier())) as engine:
        yield create_app(engine, Settings(data=tmp_path_factory.mktemp("data")))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of nine rows, three of them empty."""
    path = tmp_path / "리뷰.csv"
    path.write_text(TABLE, "utf-8")
    return path


def queued(page: playwright.Page, table: Path) -> None:
    """Upload the table and start it as guessed."""
    page.goto("/files")
    page.get_by_label("판단할 파일").set_input_files(table)
    page.get_by_role("button", name="올리기").click()
    page.get_by_role("button", name="시작").click()
    # A click may return before the next page is there.
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "queued")


def judged(page: playwright.Page, table: Path, app: Flask) -> None:
    """The page of the table's result."""
    queued(page, table)
    app.extensions["worker"].work()
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "done")


def test_a_file_goes_all_the_way(
    page: playwright.Page, table: Path, app: Flask, tmp_path: Path
) -> None:
    """Chosen, uploaded, judged, refreshed by itself, downloaded, removed."""
    judged(page, table, app)
    playwright.expect(page.get_by_role("heading", name="6행을 판단했습니다")).to_be_visible()
    playwright.expect(page.get_by_role("heading", name="정확도 100.0%")).to_be_visible()
    pictures = page.get_by_role("img")
    playwright.expect(pictures.first).to_have_accessible_name("긍정 50.0%, 부정 50.0%")
    boxes = [picture.bounding_box() for picture in pictures.all()]
    assert all(box and box["width"] > 200 and box["height"] > 8 for box in boxes)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "리뷰-sentiment.csv"
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert len(saved.read_text("utf-8-sig").splitlines()) == 10
    page.get_by_role("button", name="지금 지우기").click()
    playwright.expect(page.get_by_role("heading", name="파일을 통째로")).to_be_visible()


def test_a_waiting_file_is_cancelled(page: playwright.Page, table: Path, app: Flask) -> None:
    """And waits for another choice of columns."""
    queued(page, table)
    page.get_by_role("button", name="취소").click()
    playwright.expect(page.get_by_text("0행에서 취소했습니다")).to_be_visible()
    playwright.expect(page.get_by_role("radio", name="text")).to_be_checked()


def test_progress_comes_without_a_reload(
    scripted: playwright.Page, table: Path, app: Flask
) -> None:
    """Script swaps the progress, and leaves the focus where it is."""
    queued(scripted, table)
    scripted.evaluate("document.body.dataset.same = 'yes'")
    scripted.get_by_role("button", name="취소").focus()
    with scripted.expect_response(lambda reply: "/files/" in reply.url):
        pass
    assert scripted.evaluate("document.body.dataset.same") == "yes"
    playwright.expect(scripted.get_by_role("button", name="취소")).to_be_focused()
    scripted.get_by_role("button", name="취소").click()


def test_a_dropped_file_is_uploaded(scripted: playwright.Page) -> None:
    """One drop on the form is enough."""
    scripted.goto("/files")
    scripted.locator("[data-drop]").evaluate(
        """(zone, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "놓은 것.csv"));
            const options = {dataTransfer, bubbles: true, cancelable: true};
            zone.dispatchEvent(new DragEvent("dragover", options));
            zone.dispatchEvent(new DragEvent("drop", options));
        }""",
        TABLE,
    )
    playwright.expect(scripted.get_by_role("heading", name="놓은 것.csv")).to_be_visible()


def test_too_large_a_file_is_told(
    page: playwright.Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is sent with script, and by a page that arrives in spite of the upload without."""
    monkeypatch.setattr(retention, "most_bytes", lambda owner: 1_000_000)
    large = tmp_path / "large.csv"
    large.write_bytes(b"text\n" + b"x" * 15_000_000)
    page.goto("/files")
    box = page.get_by_label("판단할 파일")
    box.set_input_files(large)
    if told := box.evaluate("box => box.validationMessage"):
        assert "1 MB까지" in told
    else:
        page.get_by_role("button", name="올리기").click()
        playwright.expect(page.locator("#problem")).to_contain_text("1 MB까지")


def test_nothing_scrolls_sideways(scripted: playwright.Page, table: Path, app: Flask) -> None:
    """The form, the columns, the progress and the result fit from the smallest phone on."""
    table.write_text(TABLE.replace("text,label,day", "text,label,이주아주긴열이름" + "가" * 60))
    scripted.goto("/files")
    assert overflows(scripted) == {}
    scripted.get_by_label("판단할 파일").set_input_files(table)
    scripted.get_by_role("button", name="올리기").click()
    playwright.expect(scripted.get_by_role("button", name="시작")).to_be_visible()
    assert overflows(scripted) == {}
    scripted.get_by_role("button", name="시작").click()
    playwright.expect(scripted.locator("#job")).to_have_attribute("data-state", "queued")
    assert overflows(scripted) == {}
    app.extensions["worker"].work()
    playwright.expect(scripted.locator("#job")).to_have_attribute("data-state", "done")
    assert overflows(scripted) == {}
