"""What every page must keep to: width, weight, keyboard, paper and accessibility."""

import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from sentiment.model.measurements import add
from sentiment.settings import MAX_CHARACTERS, ROOT, Settings
from tests.kit.app import create_app
from tests.kit.browsing import overflows, playwright, serving, visiting
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier
from tests.model.test_measurements import domain

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python"
).Axe()

HEAVIEST = 40 * 1024
"""Bytes of the start page with all it loads, compressed as visitors get it."""

PARAGRAPH = f"정말 좋네요. {POSITIVE}!\n{NEGATIVE} ㅠㅠ\n영화\n{'ㅋ' * 300}"
PAGES = {
    "empty": "/",
    "answer": f"/?sentence={POSITIVE}",
    "unsure": "/?sentence=영화",
    "doubtful": "/?sentence=A really good movie",
    "paragraph": "/",
    "error": "/",
    "nowhere": "/nowhere",
    "docs": "/docs",
    "why": f"/?sentence={POSITIVE} {NEGATIVE}&why=1",
    "compare": f"/compare?a={POSITIVE}&b={NEGATIVE}",
    "files": "/files",
    "columns": "/files",
    "result": "/files",
    "rows": "/files",
    "removal": "/files",
    "feedback": "/feedback",
    "model": "/model",
}
TYPED = {"paragraph": PARAGRAPH, "error": "가" * (MAX_CHARACTERS + 1)}
"""What is typed into the box of a page before it is looked at."""

TABLE: playwright.FilePayload = {
    "name": "reviews.csv",
    "mimeType": "text/csv",
    "buffer": f"review,label,day\n{POSITIVE},1,2026-01-01\n{NEGATIVE},0,2026-01-02\n".encode(),
}
"""What is uploaded."""

SHEETS = {sheet.name for sheet in (ROOT / "static").glob("*.css")} - {"base.css", "print.css"}
"""The style sheets that pages link where they need them."""

LOOKS = """
    () => [...document.querySelectorAll('body, body *')].flatMap(node => {
      const button = node.matches('[type=file]') ? ['::file-selector-button'] : [];
      return [null, '::before', '::after', ...button].map(part => {
        const style = getComputedStyle(node, part);
        const names = style.content === 'none' ? [] : [...style];
        return {
          name: `${node.localName} ${node.getAttribute('class')} ${part}`,
          looks: names.map(name => style.getPropertyValue(name)).sort().join(),
        };
      });
    })
"""
"""What is on a page, and how it looks."""

LINK = """
    sheets => Promise.all(sheets.map(sheet => new Promise((done, failed) => {
      const link = document.createElement('link');
      Object.assign(link, {rel: 'stylesheet', href: sheet, onload: done, onerror: failed});
      document.querySelector('link[media=print]').before(link);
    })))
"""
"""Link these style sheets too."""

FOCUSABLE = """
    () => [...document.querySelectorAll(
      'a[href], button:enabled, input:enabled, textarea, select, summary, [tabindex="0"]'
    )].filter(node => node.checkVisibility() && !node.matches('[type=radio]:not(:checked)'))
"""
"""What Tab reaches; arrow keys lead from the checked radio button to the others."""

FOCUSED = f"""
    () => {{
      const node = document.activeElement;
      const seen = getComputedStyle(node).outlineStyle !== 'none';
      return [({FOCUSABLE})().indexOf(node), seen];
    }}
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app with all that can be turned on, unsure around a half."""
    classifier = small_classifier()
    classifier.unsure = (0.3, 0.7)
    folder = tmp_path_factory.mktemp("model")
    (folder / "README.md").write_text("## Data\n\nA few words.\n\n## Limits\n\nMany.", "utf-8")
    add(folder, classifier.id, "영화 평 · film reviews", domain())
    add(folder, classifier.id, "쇼핑 후기 · shop reviews", domain(sentences=20))
    classifier.facts = replace(classifier.facts, folder=folder, kind="bert", parameters=6_300_000)
    settings = Settings(data=tmp_path_factory.mktemp("data"), feedback="owner")
    return create_app(classifier, settings)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address of a server of that app, with its worker for files."""
    with closing(app.extensions["worker"]) as worker, serving(app) as address:
        worker.start()
        yield address


def look(page: playwright.Page, name: str) -> None:
    """Open one of `PAGES`, and type or upload what it needs."""
    response = page.goto(PAGES[name])
    assert response
    assert response.status == (404 if name == "nowhere" else 200)
    if name in TYPED:
        page.locator("#sentence").fill(TYPED[name])
        page.locator("#judge .primary").click()
        page.locator("#answer > *").first.wait_for()
    if name in ("columns", "result", "rows", "removal"):
        page.locator("input[type=file]").set_input_files(TABLE)
        page.locator("main .primary").click()
        page.locator("fieldset").wait_for()
    if name in ("result", "rows", "removal"):
        page.locator("main .primary").click()
        page.locator(".downloads").wait_for()
    if name == "rows":
        page.locator(".look .primary").click()
        page.locator("details summary").first.click()
    if name == "removal":
        page.locator(".removal a").click()
        page.locator(".removing").wait_for()


@pytest.fixture(scope="module", params=PAGES)
def page(
    browser: playwright.Browser, address: str, request: pytest.FixtureRequest
) -> Iterator[playwright.Page]:
    """Each of `PAGES` in turn, in Korean and light."""
    with visiting(browser, address) as page:
        look(page, request.param)
        yield page


def test_no_page_scrolls_sideways(page: playwright.Page) -> None:
    """Every page fits into every window."""
    assert overflows(page) == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_in_english(
    browser: playwright.Browser, address: str, name: str
) -> None:
    """English words are longer."""
    with visiting(browser, address, locale="en-US") as page:
        look(page, name)
        assert overflows(page) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: playwright.Page, scheme: Any) -> None:
    """Names, roles, contrast, order of headings: no violation, in light and in dark."""
    page.emulate_media(color_scheme=scheme)
    found = axe.run(page, options={"runOnly": ["color-contrast"]} if scheme == "dark" else None)
    page.emulate_media(color_scheme="light")
    assert found.violations_count == 0, found.generate_report()


def test_tab_reaches_everything_in_order(page: playwright.Page) -> None:
    """From the top, each press leads to the next thing one can use, and shows where one is."""
    page.evaluate("document.activeElement.blur()")
    page.mouse.click(1, 1)
    count = page.evaluate(f"({FOCUSABLE})().length")
    steps = []
    for _ in range(count):
        page.keyboard.press("Tab")
        steps.append(page.evaluate(FOCUSED))
    assert steps == [[index, True] for index in range(count)]


def test_a_page_links_every_style_sheet_it_needs(page: playwright.Page) -> None:
    """Those of the other pages beside them would change nothing."""
    page.evaluate(f"window.before = ({LOOKS})()")
    linked = page.locator("link[rel=stylesheet]").evaluate_all("all => all.map(one => one.href)")
    base = next(each for each in linked if each.endswith("/base.css"))
    others = {base.replace("base.css", sheet) for sheet in SHEETS} - set(linked)
    page.evaluate(LINK, sorted(others))
    changed = f"({LOOKS})().filter((each, index) => each.looks !== window.before[index].looks)"
    assert page.evaluate(f"{changed}.map(each => each.name)") == []


def test_the_page_is_light_and_asks_nobody_else(browser: playwright.Browser, address: str) -> None:
    """All that a first visit loads is small and comes from the page's own server."""
    sizes: dict[str, int] = {}
    with visiting(browser, address) as page:
        page.on("response", lambda got: sizes.update({got.url: len(gzip.compress(got.body()))}))
        page.goto("/", wait_until="networkidle")
    assert {urlsplit(url).netloc for url in sizes} == {urlsplit(address).netloc}
    assert {Path(urlsplit(url).path).suffix for url in sizes} >= {"", ".css", ".js", ".svg"}
    assert sum(sizes.values()) < HEAVIEST, sizes


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_shows_the_answer(browser: playwright.Browser, address: str, scheme: Any) -> None:
    """In print all of the answer is there, dark on white; what one can only press is not."""
    with visiting(browser, address, color_scheme=scheme) as page:
        look(page, "paragraph")
        page.emulate_media(media="print", color_scheme=scheme)
        for place in ("#verdict", ".said", ".bars meter", "#sentence-3 .text", ".peaks", ".foot"):
            assert page.locator(place).first.is_visible(), place
        for place in ("#judge", ".pages", ".examples", "button"):
            assert not page.locator(place).first.is_visible(), place
        style = "node => [getComputedStyle(node).color, getComputedStyle(node).colorScheme]"
        assert page.locator("body").evaluate(style) == ["rgb(28, 29, 31)", "light"]
        assert page.locator(".said").evaluate("node => node.scrollHeight <= node.clientHeight + 1")
        assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "kept", "left"),
    [
        ("why", ("#why .word", "#why .strongest"), ("#why .more", "#past", ".foot .more", "nav")),
        ("result", ("svg[role=img]", "details table"), (".look", ".downloads", "nav")),
        ("rows", (".rows .text", ".rows meter"), (".sieve", ".deeds", ".downloads", "nav")),
    ],
)
def test_paper_shows_reasons_and_tables(
    browser: playwright.Browser, address: str, name: str, kept: Any, left: Any
) -> None:
    """The numbers below a plot are there although they are folded on the screen; no form is."""
    with visiting(browser, address) as page:
        look(page, name)
        page.emulate_media(media="print")
        for place in kept:
            assert page.locator(place).first.is_visible(), place
        for place in left:
            assert not page.locator(place).first.is_visible(), place
