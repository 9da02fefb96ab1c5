"""A real Chromium against the real server, for tests that look at pages as people do."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from sentiment.serving.server import Server

if TYPE_CHECKING:
    from playwright import sync_api as playwright
else:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
__all__ = ["chromium", "judge", "overflows", "playwright", "serving", "visiting"]

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("needs chromium: apt install chromium", allow_module_level=True)


PATIENT = 60_000
"""Milliseconds until a test gives up; none takes that long, but machines may be busy."""

playwright.expect.set_options(timeout=PATIENT)

OFF = "location.origin === 'null' || localStorage.setItem('live', 'off')"
"""Turns off that answers follow what is typed."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of a server of our own on a free port."""
    server = Server("127.0.0.1", 0, signals=False)
    thread = threading.Thread(target=server.serve, args=(app,))
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    thread.join()
    server.close()


@contextmanager
def chromium() -> Iterator["playwright.Browser"]:
    """The installed browser, without its own traffic, and with few processes."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    flags.append("--renderer-process-limit=1")  # a visit starts two then, and else four
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: "playwright.Browser",
    address: str,
    meant: str = "status of 4",
    *,
    live: bool = False,
    **options: Any,
) -> Iterator["playwright.Page"]:
    """A Korean visitor's page; what the browser complains about fails the test, and so do dialogs.

    `meant`: complaints that the test is about; Chromium logs each 4xx answer as an error. `live`:
    answers follow what is typed; else the visitor has turned that off.
    """
    context = browser.new_context(base_url=address, **{"locale": "ko-KR", **options})
    if not live:
        context.add_init_script(OFF)
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    complaints: list[str] = []

    def console(message: "playwright.ConsoleMessage") -> None:
        if message.type in ("error", "warning") and meant not in message.text:
            complaints.append(message.text)

    def dialog(opened: "playwright.Dialog") -> None:
        complaints.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("console", console)
    page.on("dialog", dialog)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints, complaints


def judge(page: "playwright.Page", text: str) -> None:
    """Type into the start page's box and press its button."""
    page.get_by_label("판단할 문장").fill(text)
    page.get_by_role("button", name="판단하기").click()


def overflows(page: "playwright.Page") -> dict[int, int]:
    """The widths of windows that the page does not fit into, and the width that it needs."""
    found = {}
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        found[width] = page.evaluate("document.documentElement.scrollWidth")
    return {width: needed for width, needed in found.items() if needed > width}
