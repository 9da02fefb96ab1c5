"""What every page must keep to: width, weight, keyboard, paper and accessibility."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sentiment.settings import ROOT
from tests.kit.browsing import overflows, playwright, visiting
from tests.web.states import STATES, Sites, sites

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python"
).Axe()

HEAVIEST = 40 * 1024
"""Bytes of the start page with all it loads, compressed as visitors get it."""

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
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The servers of all states; they are made once, and no test changes what others look at."""
    with sites(tmp_path_factory.mktemp("sites")) as places:
        yield places


@contextmanager
def looking(
    browser: playwright.Browser, places: Sites, name: str, **options: Any
) -> Iterator[playwright.Page]:
    """A page in one of `STATES`; the errors that its requests meet are what is looked at."""
    meant = "ERR_FAILED" if name == "lost" else "status of"
    with visiting(browser, places.addresses["measured"], meant, **options) as page:
        STATES[name](page, places)
        yield page


@pytest.fixture(scope="module", params=STATES)
def page(
    browser: playwright.Browser, places: Sites, request: pytest.FixtureRequest
) -> Iterator[playwright.Page]:
    """Each of `STATES` in turn, in Korean and light."""
    with looking(browser, places, request.param) as page:
        yield page


def test_no_page_scrolls_sideways(page: playwright.Page) -> None:
    """Every page fits into every window."""
    assert overflows(page) == {}


def test_axe_finds_nothing(page: playwright.Page) -> None:
    """Names, roles, contrast, order of headings: no violation."""
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("locale", "scheme"), [("en-US", "dark"), ("en-US", "light"), ("ko-KR", "dark")]
)
@pytest.mark.parametrize("name", STATES)
def test_english_and_dark_pages_are_as_good(
    browser: playwright.Browser, places: Sites, name: str, locale: str, scheme: str
) -> None:
    """English words are longer, what is Korean among them has to say so; dark has other colours."""
    with looking(browser, places, name, locale=locale, color_scheme=scheme) as page:
        assert page.locator("html").get_attribute("lang") == locale[:2]
        found = axe.run(page)
        assert found.violations_count == 0, found.generate_report()
        assert overflows(page) == {}


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


@pytest.mark.slow
def test_a_page_links_every_style_sheet_it_needs(page: playwright.Page) -> None:
    """Those of the other pages beside them would change nothing."""
    page.evaluate(f"window.before = ({LOOKS})()")
    linked = page.locator("link[rel=stylesheet]").evaluate_all("all => all.map(one => one.href)")
    base = next(each for each in linked if each.endswith("/base.css"))
    others = {base.replace("base.css", sheet) for sheet in SHEETS} - set(linked)
    page.evaluate(LINK, sorted(others))
    changed = f"({LOOKS})().filter((each, index) => each.looks !== window.before[index].looks)"
    assert page.evaluate(f"{changed}.map(each => each.name)") == []


def test_the_page_is_light_and_asks_nobody_else(browser: playwright.Browser, places: Sites) -> None:
    """All that a first visit loads is small and comes from the page's own server."""
    sizes: dict[str, int] = {}
    address = places.addresses["measured"]
    with visiting(browser, address) as page:
        page.on("response", lambda got: sizes.update({got.url: len(gzip.compress(got.body()))}))
        page.goto("/", wait_until="networkidle")
    assert {urlsplit(url).netloc for url in sizes} == {urlsplit(address).netloc}
    assert {Path(urlsplit(url).path).suffix for url in sizes} >= {"", ".css", ".js", ".svg"}
    assert sum(sizes.values()) < HEAVIEST, sizes


def test_the_page_can_be_installed(browser: playwright.Browser, places: Sites) -> None:
    """Chromium finds nothing wrong with the manifest and its icons."""
    with looking(browser, places, "empty") as page:
        devtools = page.context.new_cdp_session(page)
        assert devtools.send("Page.getAppManifest")["errors"] == []
        found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert {each["errorId"] for each in found} <= {"in-incognito"}  # as all tests are


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_shows_the_answer(browser: playwright.Browser, places: Sites, scheme: Any) -> None:
    """In print all of the answer is there, dark on white; what one can only press is not."""
    with looking(browser, places, "mixed", color_scheme=scheme) as page:
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
    browser: playwright.Browser, places: Sites, name: str, kept: Any, left: Any
) -> None:
    """The numbers below a plot are there although they are folded on the screen; no form is."""
    with looking(browser, places, name) as page:
        page.emulate_media(media="print")
        for place in kept:
            assert page.locator(place).first.is_visible(), place
        for place in left:
            assert not page.locator(place).first.is_visible(), place
