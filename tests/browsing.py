"""A real Chromium against the real server, for tests that look at pages as people do."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from cheroot.wsgi import Server
from flask import Flask

if TYPE_CHECKING:
    from playwright import sync_api as playwright
else:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
__all__ = ["chromium", "playwright", "serving", "visiting"]

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("needs chromium: apt install chromium", allow_module_level=True)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of a server of our own on a free port."""
    server = Server(("127.0.0.1", 0), app)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join()


@contextmanager
def chromium() -> Iterator["playwright.Browser"]:
    """The installed browser, without its own traffic."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: "playwright.Browser", address: str, **options: Any
) -> Iterator["playwright.Page"]:
    """A Korean visitor's page; what the browser complains about fails the test."""
    context = browser.new_context(base_url=address, **{"locale": "ko-KR", **options})
    page = context.new_page()
    page.set_default_timeout(5000)
    complaints: list[str] = []

    def console(message: "playwright.ConsoleMessage") -> None:
        # Chromium logs each 4xx as an error; those answers are meant.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
