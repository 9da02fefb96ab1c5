"""The page in the frames of a notebook, in a real Chromium."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sentiment.notebook.places import Place
from sentiment.settings import Settings
from sentiment.web.kit.identity import Owner
from tests.kit.app import create_app
from tests.kit.browsing import CHROMIUM, playwright, serving
from tests.kit.proxies import free_port, nginx
from tests.kit.small import POSITIVE, small_classifier

NOTEBOOK = "colab.research.google.com"
OUTPUT = "abc-0lq-colab.googleusercontent.com"
PAGE = "5000-m-s-1x2y.us-east1-0.prod.colab.dev"
OTHER = "other.example"

SITES = """
ssl_certificate {folder}/cert.pem;
ssl_certificate_key {folder}/key.pem;
default_type text/html;
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {notebook} {other};
    location / {{ return 200 "<iframe width=900 height=800 src=https://{output}/></iframe>"; }}
}}
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {output};
    location / {{ return 200 "<iframe width=860 height=760 src=https://{page}{link}></iframe>"; }}
}}
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {page};
    location / {{ proxy_pass {address}; proxy_set_header Host $host; }}
}}
"""
"""Colab: the notebook, in it the frame of a cell's output, and in that the page."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for every name, and what the page keeps."""
    made = tmp_path_factory.mktemp("colab")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(made / "key.pem"), "-out", str(made / "cert.pem")]
    done = subprocess.run([*command, *files, "-subj", "/CN=x"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def colab(folder: Path) -> Iterator[int]:
    """The port of all these names, with a page in them as a notebook runs it."""
    settings = Settings(data=folder / "data", feedback="owner", share="auto", share_password="word")
    app = create_app(small_classifier(), Place("colab", frames=("colab",)).adapted(settings))
    owner: Owner = app.extensions["owner"]
    with ExitStack() as stack:
        address = stack.enter_context(serving(app))
        port = free_port()
        names = {"notebook": NOTEBOOK, "output": OUTPUT, "page": PAGE, "other": OTHER}
        more = {"link": owner.link(""), "address": address, "port": port, "folder": folder}
        stack.enter_context(nginx("", SITES.format(**names, **more)))
        yield port


@pytest.fixture
def visitor(browser: playwright.Browser, colab: int) -> Iterator[playwright.Page]:
    """A browser that takes these names for Colab's own."""
    own = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--host-resolver-rules=MAP *:443 127.0.0.1:{colab}"],
    )
    yield own.new_page(ignore_https_errors=True, locale="ko-KR")
    own.close()


def test_the_page_works_in_a_frame_of_colab_and_in_no_other(visitor: playwright.Page) -> None:
    """Its link makes the owner there, by a cookie that stays; forms and scripts work."""
    visitor.goto(f"https://{NOTEBOOK}/")
    visitor.set_viewport_size({"width": 940, "height": 860})
    frame = visitor.frame_locator("iframe").frame_locator("iframe")
    frame.get_by_label("판단할 문장").fill(POSITIVE)
    frame.get_by_role("button", name="판단하기").click()
    playwright.expect(frame.get_by_role("heading", name="긍정 (positive)")).to_be_visible()
    if picture := os.environ.get("SENTIMENT_PICTURE"):
        visitor.screenshot(path=picture)
    frame.get_by_role("link", name="기록").click()  # which is the owner's
    playwright.expect(frame.get_by_role("heading", level=1)).to_be_visible()
    playwright.expect(frame.get_by_label("비밀번호")).to_have_count(0)
    visitor.reload()  # the link was used, but the cookie came back
    playwright.expect(frame.get_by_label("판단할 문장")).to_be_visible()
    with visitor.expect_console_message(lambda said: "frame-ancestors" in said.text):
        visitor.goto(f"https://{OTHER}/")
    playwright.expect(frame.get_by_label("판단할 문장")).to_have_count(0)
