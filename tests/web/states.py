"""Every page and state of it that people may meet, and how one gets there in a browser."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from flask import Flask, abort
from flask.testing import FlaskClient

from sentiment.errors import ShareError
from sentiment.model.measurements import add
from sentiment.settings import MAX_CHARACTERS, Settings
from sentiment.share.tunnel import TunnelStatus
from sentiment.storage import answers, jobs, leases, retention
from sentiment.storage.database import opened
from sentiment.tables.answers import RowAnswer
from sentiment.web.guard.attempts import FREE
from tests.kit.app import create_app, owners
from tests.kit.browsing import playwright, serving
from tests.kit.labels import TOPICS
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier
from tests.model.test_measurements import domain
from tests.web.test_gate import shared_app

MIXED = f"정말 좋네요. {POSITIVE}!\n{NEGATIVE} ㅠㅠ\n영화\n{'ㅋ' * 300}"
LONG = " ".join(["정말 재미있네요", "영화", "정말 최악"] * 9)
"""More words than the model reads at once."""

TABLE = f"review,label,day\n{POSITIVE},1,2026-01-01\n{NEGATIVE},0,2026-01-02\n,1,2026-01-02\n"


@dataclass(frozen=True)
class Sites:
    """Servers by name, and on the first the pages of files in each of their states."""

    addresses: Mapping[str, str]
    apps: Mapping[str, Flask]
    files: Mapping[str, str]

    def enter(self, page: playwright.Page, name: str = "shared", path: str = "/") -> None:
        """Come to a page of that site as its owner."""
        page.goto(f"{self.addresses[name]}{self.apps[name].extensions['owner'].link('')}")
        page.goto(f"{self.addresses[name]}{path}")


State = Callable[[playwright.Page, Sites], None]
STATES: dict[str, State] = {}
"""Each leaves a fresh page of the site `measured` in that state."""


@contextmanager
def sites(folder: Path) -> Iterator[Sites]:
    """The sites of all states; `folder` is theirs."""
    apps = {
        "measured": measured(folder / "measured"),
        "shared": shared_app("abcd-efgh"),
        "opening": shared_app(status=TunnelStatus("opening")),
        "unshared": shared_app(
            status=TunnelStatus("failed", error=ShareError("See https://example.com first."))
        ),
        "topics": create_app(small_classifier(labels=TOPICS), Settings(data=folder / "topics")),
    }
    files = prepared(apps["measured"], folder / "measured" / "data")
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(serving(app)) for name, app in apps.items()}
        yield Sites(addresses, apps, files)


def measured(folder: Path) -> Flask:
    """The app with all that can be turned on, unsure around a half; it can be made to fail."""
    classifier = small_classifier()
    classifier.unsure = (0.3, 0.7)
    model = folder / "model"
    model.mkdir(parents=True)
    (model / "README.md").write_text("## Data\n\nA few words.\n\n## Limits\n\nMany.", "utf-8")
    add(model, classifier.id, "영화 평 · film reviews", domain())
    add(model, classifier.id, "쇼핑 후기 · shop reviews", domain(sentences=20))
    classifier.facts = replace(classifier.facts, folder=model, kind="bert", parameters=6_300_000)
    app = create_app(classifier, Settings(data=folder / "data", feedback="owner"))
    app.add_url_rule("/fails/<int:code>", "fails", abort)
    return app


def prepared(app: Flask, data: Path) -> dict[str, str]:
    """The paths of files in each state; the worker leaves them there."""
    client, work = owners(app), app.extensions["worker"].work
    files = {"new": uploaded(client)}
    for name in ("failed", "judged"):
        files[name] = started(client)
    retention.source(data, id_of(files["failed"])).unlink()
    work()
    for name in ("stopped", "running", "stopping"):
        files[name] = started(client)
        begin(app, data, files[name])
        if name != "running":
            client.post(f"{files[name]}/stop")
        if name == "stopped":
            release(data, files[name])
            work()
    for name in ("cancelled", "queued"):
        files[name] = started(client)
    client.post(f"{files['cancelled']}/stop")
    client.post(f"{files['judged']}/rows/2/correct", data={"correct": "positive"})
    return files


def id_of(path: str) -> str:
    """The id of a file by the path of its page."""
    return path.rpartition("/")[2]


def uploaded(client: FlaskClient) -> str:
    """The path of a new file."""
    sent = {"file": (BytesIO(TABLE.encode()), "reviews.csv")}
    return str(client.post("/files", data=sent).location)


def started(client: FlaskClient) -> str:
    """The path of a file that waits."""
    path = uploaded(client)
    chosen = {"text": "review", "label": "label", "grouping": "day"}
    assert client.post(f"{path}/start", data=chosen).status_code == 303
    return path


def begin(app: Flask, data: Path, path: str) -> None:
    """Judge the first rows of the only file that waits, as a worker that is held up then."""
    model = app.extensions["engine"].digest
    with opened(data) as connection:
        taken = leases.take(connection, f"worker of {path}", model)
        assert taken
        assert taken.id == id_of(path)
        job = jobs.run(connection, taken, model)
        jobs.counted(connection, job, TABLE.count("\n") - 1)
        answers.record(connection, job, 0, [RowAnswer((0.1, 0.9)), RowAnswer((0.9, 0.1))], 1.0)


def release(data: Path, path: str) -> None:
    """Let another worker have a file."""
    with opened(data) as connection:
        job = jobs.find(connection, id_of(path))
        assert job
        leases.release(connection, job)


def state(function: State) -> State:
    """Register a state by the function that gets there."""
    STATES[function.__name__] = function
    return function


def at(path: str) -> State:
    """What is there at a path, in which files stand by their names; errors where it says so."""

    def go(page: playwright.Page, sites: Sites) -> None:
        response = page.goto(path.format(**sites.files))
        assert response
        expected = {"/nowhere": 404}.get(path, int(path[-3:]) if "/fails/" in path else 200)
        assert response.status == expected

    return go


STATES |= {
    "empty": at("/"),
    "answer": at(f"/?sentence={POSITIVE}"),
    "unsure": at("/?sentence=영화"),
    "doubtful": at("/?sentence=A really good movie"),
    "why": at(f"/?sentence={POSITIVE} {NEGATIVE}&why=1"),
    "thanks": at(f"/?sentence={POSITIVE}&thanks=negative"),
    "compare_empty": at("/compare"),
    "compare": at(f"/compare?a={POSITIVE}&b={NEGATIVE}"),
    "compare_doubtful": at(f"/compare?a=A really good movie&b={LONG}"),
    "docs": at("/docs"),
    "model": at("/model"),
    "files": at("/files"),
    "columns": at("{new}"),
    "columns_read_otherwise": at("{new}/columns?header=no&delimiter=%3B"),
    "columns_again": at("{judged}/columns"),
    "queued": at("{queued}"),
    "running": at("{running}"),
    "stopping": at("{stopping}"),
    "stopped": at("{stopped}"),
    "cancelled": at("{cancelled}"),
    "failed": at("{failed}"),
    "result": at("{judged}"),
    "rows_none": at("{judged}/rows?q=없는 말"),
    "removal": at("{judged}/remove"),
    "nowhere": at("/nowhere"),
    "too_long": at("/fails/413"),
    "too_many": at("/fails/429"),
    "broken": at("/fails/500"),
    "busy": at("/fails/503"),
}


def ask(page: playwright.Page, text: str) -> None:
    """Type a text and press the button."""
    page.goto("/")
    page.locator("#sentence").fill(text)
    page.locator("#judge .primary").click()
    page.locator("#answer > *").first.wait_for()


@state
def mixed(page: playwright.Page, sites: Sites) -> None:
    """A paragraph with both sides, and a sentence that is no word."""
    ask(page, MIXED)


@state
def windowed(page: playwright.Page, sites: Sites) -> None:
    """A sentence longer than the model reads at once."""
    ask(page, LONG)


@state
def error(page: playwright.Page, sites: Sites) -> None:
    """A text that can't be judged."""
    ask(page, "가" * (MAX_CHARACTERS + 1))


@state
def past(page: playwright.Page, sites: Sites) -> None:
    """The list of the last sentences, open."""
    for text in (POSITIVE, NEGATIVE, "영화"):
        ask(page, text)
        page.locator("#past").get_by_text(text, exact=True).wait_for(state="attached")
    page.locator("#past summary").click()


@state
def live(page: playwright.Page, sites: Sites) -> None:
    """An answer that followed the typing, settled."""
    page.goto("/")
    page.locator("#live").check()
    page.locator("#sentence").fill(POSITIVE)
    page.locator("#why .words").wait_for()


@state
def lost(page: playwright.Page, sites: Sites) -> None:
    """The server can't be reached."""
    page.goto("/")
    page.route("**/", lambda route: route.abort())
    page.locator("#sentence").fill(POSITIVE)
    page.locator("#judge .primary").click()
    page.locator("#problem").wait_for()


@state
def refused(page: playwright.Page, sites: Sites) -> None:
    """A file that can't be read."""
    page.goto("/files")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}
    )
    page.locator("main .primary").click()
    page.locator("#problem").wait_for()


@state
def rows(page: playwright.Page, sites: Sites) -> None:
    """Rows that were looked for, one corrected, with the form of another open."""
    page.goto(f"{sites.files['judged']}/rows?q=정말&sort=positive&group=2026-01")
    page.locator(".corrected").wait_for()
    page.locator("details summary").first.click()


@state
def said(page: playwright.Page, sites: Sites) -> None:
    """What people said, with the button that deletes it all."""
    page.goto(f"/?sentence={POSITIVE}")
    page.locator(".feedback button").first.click()
    page.locator(".feedback [tabindex]").wait_for()
    page.goto("/feedback?text=정말")
    page.locator(".whole summary").click()


@state
def unmeasured(page: playwright.Page, sites: Sites) -> None:
    """A model of which nothing is known."""
    sites.enter(page, path="/model")


@state
def share(page: playwright.Page, sites: Sites) -> None:
    """The owner's panel with link, password and invitation."""
    sites.enter(page)
    page.locator("#invitation").wait_for()


@state
def share_opening(page: playwright.Page, sites: Sites) -> None:
    """The panel while the link is not there yet."""
    sites.enter(page, "opening")


@state
def share_failed(page: playwright.Page, sites: Sites) -> None:
    """The panel with what went wrong."""
    sites.enter(page, "unshared")


@state
def login(page: playwright.Page, sites: Sites) -> None:
    """A stranger is asked for the password, which is shown as it is typed."""
    page.goto(sites.addresses["shared"])
    page.locator("#password").fill("abcd")
    page.locator("[data-show]").check()


@state
def login_wrong(page: playwright.Page, sites: Sites) -> None:
    """A wrong password."""
    page.goto(sites.addresses["opening"])
    page.locator("#password").fill("wrong")
    page.locator("#login .primary").click()
    page.locator("#problem").wait_for()


@state
def login_paused(page: playwright.Page, sites: Sites) -> None:
    """Too many wrong ones."""
    page.goto(sites.addresses["unshared"])
    for _ in range(FREE + 1):
        page.locator("#password").fill("wrong")
        with page.expect_navigation():
            page.locator("#login .primary").click()
    page.locator("#problem").wait_for()


@state
def many_labels(page: playwright.Page, sites: Sites) -> None:
    """Labels of which most are folded, unfolded, with reasons."""
    page.goto(f"{sites.addresses['topics']}/?sentence={POSITIVE}&why=1")
    page.locator(".rest summary").first.click()
