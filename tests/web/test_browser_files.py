"""Whole files in a real Chromium, with script on and off, served by the real server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sentiment.bulk import rows
from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.storage import answers, retention, steering
from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from tests.kit.app import create_app
from tests.kit.browsing import overflows, playwright, visiting
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
    playwright.expect(page.get_by_role("heading", name="6행을 판단했어요")).to_be_visible()
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
    page.get_by_role("link", name="지금 지우기").click()
    page.get_by_role("link", name="그대로 두기").click()
    page.get_by_role("link", name="지금 지우기").click()
    page.get_by_role("button", name="지우기").click()
    playwright.expect(page.get_by_role("heading", name="파일을 통째로")).to_be_visible()


def test_a_waiting_file_is_cancelled(page: playwright.Page, table: Path, app: Flask) -> None:
    """And waits for another choice of columns."""
    queued(page, table)
    page.get_by_role("button", name="멈추기").click()
    playwright.expect(page.get_by_text("0행에서 멈췄어요")).to_be_visible()
    playwright.expect(page.get_by_role("radio", name="text")).to_be_checked()


def test_rows_are_looked_through_and_corrected(
    page: playwright.Page, table: Path, app: Flask
) -> None:
    """From the result to its rows, to those of a label, to what is right; by keyboard too."""
    judged(page, table, app)
    page.get_by_role("link", name="행 살펴보기").press("Enter")
    playwright.expect(page.get_by_role("heading", name="9행 가운데 9행")).to_be_visible()
    page.get_by_label("답", exact=True).select_option("negative")
    page.get_by_role("button", name="보기").press("Enter")
    playwright.expect(page.get_by_role("heading", name="9행 가운데 3행")).to_be_visible()
    row = page.locator("#row-5")
    row.get_by_text("틀렸어요").press("Enter")
    row.get_by_role("button", name="긍정").press("Enter")
    playwright.expect(row.get_by_text("직접 고침: 긍정")).to_be_visible()
    playwright.expect(page.locator("main li")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert Path(download.value.path()).read_text("utf-8-sig").count("positive\n") == 1
    row.get_by_role("link", name="왜?").click()
    playwright.expect(page.locator("#why")).to_be_visible()


def test_a_stop_keeps_what_was_judged(
    page: playwright.Page, table: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its result is shown, and the rest is judged when somebody says so."""
    queued(page, table)
    record = answers.record

    def record_and_stop(connection: Connection, job: Job, *given: Any) -> bool:
        kept = record(connection, job, *given)
        steering.stop(connection, job)
        return kept

    monkeypatch.setattr(rows, "CHUNK", 4)
    with monkeypatch.context() as patch:
        patch.setattr(answers, "record", record_and_stop)
        app.extensions["worker"].work()
    playwright.expect(page.get_by_text("9행 가운데 4행에서 멈췄어요")).to_be_visible()
    playwright.expect(page.get_by_role("heading", name="3행을 판단했어요")).to_be_visible()
    page.get_by_role("button", name="이어서 하기").click()
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    app.extensions["worker"].work()
    playwright.expect(page.get_by_role("heading", name="6행을 판단했어요")).to_be_visible()


def test_a_lost_network_is_told_and_taken_up_again(
    browser: playwright.Browser, address: str, table: Path
) -> None:
    """While a file is sent, and while it waits; nothing has to be pressed."""
    with visiting(browser, address, "ERR_INTERNET_DISCONNECTED") as page:
        page.goto("/files")
        page.get_by_label("판단할 파일").set_input_files(table)
        page.context.set_offline(True)
        page.get_by_role("button", name="올리기").click()
        playwright.expect(page.locator("[data-told]")).to_contain_text("연결이 끊겼어요")
        page.context.set_offline(False)
        page.get_by_role("button", name="시작").click(timeout=30_000)
        playwright.expect(page.locator("#job")).to_have_attribute("data-state", "queued")
        page.context.set_offline(True)
        playwright.expect(page.locator("#lost")).to_contain_text("닿지 않아요")
        page.context.set_offline(False)
        playwright.expect(page.locator("#lost")).to_be_empty()
        page.get_by_role("button", name="멈추기").click()


def test_progress_comes_without_a_reload(
    scripted: playwright.Page, table: Path, app: Flask
) -> None:
    """Script swaps the progress, and leaves the focus where it is."""
    queued(scripted, table)
    scripted.evaluate("document.body.dataset.same = 'yes'")
    scripted.get_by_role("button", name="멈추기").focus()
    with scripted.expect_response(lambda reply: "/files/" in reply.url):
        pass
    assert scripted.evaluate("document.body.dataset.same") == "yes"
    playwright.expect(scripted.get_by_role("button", name="멈추기")).to_be_focused()
    scripted.get_by_role("button", name="멈추기").click()


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


def test_an_unreadable_file_is_told(page: playwright.Page, table: Path) -> None:
    """What is wrong with it, beside the box; another one goes on from there."""
    page.goto("/files")
    box = page.get_by_label("판단할 파일")
    picture = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}
    for _ in range(2):
        box.set_input_files(picture)  # type: ignore[arg-type]
        page.get_by_role("button", name="올리기").click()
        playwright.expect(page.locator("#problem")).to_contain_text("표가 아니")
        playwright.expect(box).to_have_attribute("aria-describedby", "limits problem")
    box.set_input_files(table)
    page.get_by_role("button", name="올리기").click()
    playwright.expect(page.get_by_role("button", name="시작")).to_be_visible()


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
