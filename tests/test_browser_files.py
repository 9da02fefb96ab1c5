"""Whole files in a real Chromium, with script on and off, served by the real server."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cheroot.wsgi import Server

from sentiment.engine import Engine
from sentiment.files import keeping
from sentiment.settings import Settings
from sentiment.web import create_app
from tests.small import NEGATIVE, POSITIVE, small_classifier
from tests.test_browser import Visit, browser, visiting

if TYPE_CHECKING:
    from flask import Flask
    from playwright import sync_api as playwright
else:
    from tests.test_browser import playwright

__all__ = ["browser"]

TABLE = "text,label,day\n" + "".join(
    f"{text},{label},2024-0{month}-01\n"
    for month in (1, 2, 3)
    for text, label in ((POSITIVE, 1), (NEGATIVE, 0), ("", 0))
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Flask"]:
    """The app, with an engine that is closed at the end."""
    with closing(Engine(small_classifier())) as engine:
        yield create_app(engine, Settings(data=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def address(app: "Flask") -> Iterator[str]:
    """The address of a server of our own; its worker works when a test says so."""
    server = Server(("127.0.0.1", 0), app)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def visit(
    browser: "playwright.Browser",
    address: str,
    request: pytest.FixtureRequest,
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


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table of nine rows, three of them empty."""
    path = tmp_path / "리뷰.csv"
    path.write_text(TABLE, "utf-8")
    return path


def queued(page: "playwright.Page", table: Path) -> None:
    """Upload the table and start it as guessed."""
    page.goto("/files")
    page.get_by_label("판단할 파일").set_input_files(table)
    page.get_by_role("button", name="올리기").click()
    page.get_by_role("button", name="시작").click()


def judged(page: "playwright.Page", table: Path, app: "Flask") -> None:
    """The page of the table's result."""
    queued(page, table)
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    app.extensions["worker"].work()
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "done")


def test_a_file_goes_all_the_way(visit: Visit, table: Path, app: "Flask", tmp_path: Path) -> None:
    """Chosen, uploaded, judged, refreshed by itself, downloaded, removed."""
    page = visit.page
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


def test_a_waiting_file_is_cancelled(visit: Visit, table: Path, app: "Flask") -> None:
    """And waits for another choice of columns."""
    queued(visit.page, table)
    visit.page.get_by_role("button", name="취소").click()
    playwright.expect(visit.page.get_by_text("0행에서 취소했습니다")).to_be_visible()
    playwright.expect(visit.page.get_by_role("radio", name="text")).to_be_checked()


def test_progress_comes_without_a_reload(scripted: Visit, table: Path, app: "Flask") -> None:
    """Script swaps the progress, and leaves the focus where it is."""
    page = scripted.page
    queued(page, table)
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_role("button", name="취소").focus()
    with page.expect_response(lambda reply: "/files/" in reply.url):
        pass
    assert page.evaluate("document.body.dataset.same") == "yes"
    playwright.expect(page.get_by_role("button", name="취소")).to_be_focused()
    page.get_by_role("button", name="취소").click()


def test_a_dropped_file_is_uploaded(scripted: Visit) -> None:
    """One drop on the form is enough."""
    page = scripted.page
    page.goto("/files")
    page.locator("[data-drop]").evaluate(
        """(zone, text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "놓은 것.csv"));
            const options = {dataTransfer, bubbles: true, cancelable: true};
            zone.dispatchEvent(new DragEvent("dragover", options));
            zone.dispatchEvent(new DragEvent("drop", options));
        }""",
        TABLE,
    )
    playwright.expect(page.get_by_role("heading", name="놓은 것.csv")).to_be_visible()


def test_too_large_a_file_is_told(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is sent with script, and by a page that arrives in spite of the upload without."""
    monkeypatch.setattr(keeping, "most_bytes", lambda owner: 1_000_000)
    large = tmp_path / "large.csv"
    large.write_bytes(b"text\n" + b"x" * 15_000_000)
    page = visit.page
    page.goto("/files")
    box = page.get_by_label("판단할 파일")
    box.set_input_files(large)
    if told := box.evaluate("box => box.validationMessage"):
        assert "1 MB까지" in told
    else:
        page.get_by_role("button", name="올리기").click()
        playwright.expect(page.locator("#problem")).to_contain_text("1 MB까지")


def test_nothing_scrolls_sideways(scripted: Visit, table: Path, app: "Flask") -> None:
    """The form, the columns, the progress and the result fit from the smallest phone on."""
    page = scripted.page

    def fits() -> None:
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    table.write_text(TABLE.replace("text,label,day", "text,label,이주아주긴열이름" + "가" * 60))
    page.goto("/files")
    fits()
    page.get_by_label("판단할 파일").set_input_files(table)
    page.get_by_role("button", name="올리기").click()
    playwright.expect(page.get_by_role("button", name="시작")).to_be_visible()
    fits()
    page.get_by_role("button", name="시작").click()
    fits()
    app.extensions["worker"].work()
    playwright.expect(page.locator("#job")).to_have_attribute("data-state", "done")
    fits()
