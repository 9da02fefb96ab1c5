"""Static files: addresses that change with them, how long they are kept, and compression."""

import gzip
import mimetypes
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Response, send_file, url_for
from flask.testing import FlaskClient

from sentiment.settings import ROOT, Settings
from sentiment.web.kit import assets
from tests.kit.app import create_app
from tests.kit.small import POSITIVE, small_classifier

SHEET = "p { color: teal; }\n" * 200
FOREVER = "public, max-age=31536000, immutable"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
VISITOR = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A static folder of three files."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "site.css").write_text(SHEET)
    (tmp_path / "dot.svg").write_text("<svg/>")
    (tmp_path / "inner" / "page.js").write_text("export const one = 1;\n")
    return tmp_path


def site(folder: Path) -> Flask:
    """An app of nothing but that static folder and two downloads."""
    app = Flask(__name__, static_folder=str(folder), static_url_path="/static")
    app.extensions["tunnel"] = None
    assets.init_app(app)

    @app.get("/table.csv")
    def table() -> Response:
        return send_file(BytesIO(SHEET.encode()), "text/csv", etag="of-the-table")

    @app.get("/lines.txt")
    def lines() -> Response:
        return Response(iter([SHEET, SHEET]), mimetype="text/plain")

    return app


def address(app: Flask, name: str = "site.css") -> str:
    """Where templates link a file."""
    with app.test_request_context():
        return url_for("static", filename=name)


@pytest.fixture
def client(folder: Path) -> Iterator[FlaskClient]:
    """A client of `site`; closes what it was answered."""
    with site(folder).test_client() as client:
        yield client


@pytest.fixture(scope="module")
def pages() -> FlaskClient:
    """A client of the whole app."""
    return create_app(small_classifier(), Settings()).test_client()


def test_an_address_changes_with_the_files(folder: Path) -> None:
    """A new content, name or file is a new address; the same files are the same, whoever serves."""
    seen = [address(site(folder))]
    assert address(site(folder)) == seen[0]
    (folder / "site.css").write_text(SHEET.replace("teal", "navy"))
    seen.append(address(site(folder)))
    (folder / "dot.svg").rename(folder / "mark.svg")
    seen.append(address(site(folder)))
    (folder / "more.css").touch()
    seen.append(address(site(folder)))
    assert len(set(seen)) == 4


def test_what_runs_is_what_was_there_at_the_start(folder: Path) -> None:
    """A file that changes meanwhile is never kept under the address of the old one."""
    app = site(folder)
    (folder / "site.css").write_text("changed")
    with app.test_client() as client, client.get(address(app)) as response:
        assert response.data.decode() == SHEET


def test_a_file_is_kept_under_its_address(client: FlaskClient) -> None:
    """For a year, by everybody, and not asked for again."""
    for name in ("site.css", "dot.svg", "inner/page.js"):
        with client.get(address(client.application, name)) as response:
            assert response.status_code == 200
            assert response.headers["Cache-Control"] == FOREVER


@pytest.mark.parametrize("path", ["/static/site.css", "/static/v/0123456789ab/site.css"])
def test_other_addresses_are_answered_and_not_kept(client: FlaskClient, path: str) -> None:
    """Without version or under an unknown one: while a new release starts, pages of both live."""
    with client.get(path) as response:
        assert response.data.decode() == SHEET
        assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "inner", "", "../test_static.py", "..%2Fsite.css"])
def test_what_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    """Nor is what lies outside the folder; no cache is told to keep that."""
    for path in (f"/static/{name}", address(client.application, name)):
        response = client.get(path)
        assert response.status_code == 404
        assert "immutable" not in response.headers.get("Cache-Control", "")


ACCEPTED = {
    "": False,
    "gzip": True,
    "gzip, deflate, br, zstd": True,
    "*": True,
    "identity;q=0.5, gzip": True,
    "identity, gzip;q=0.5": False,
    "gzip;q=0": False,
    "br": False,
}
"""What a client may say that it takes, and whether it gets gzip."""


@pytest.mark.parametrize(("accepted", "compressed"), ACCEPTED.items())
def test_a_file_comes_back_from_compression(
    client: FlaskClient, accepted: str, compressed: bool
) -> None:
    """Shorter where the client takes it, the same when it is read; caches are told of both."""
    headers = {"Accept-Encoding": accepted}
    with client.get(address(client.application), headers=headers) as response:
        assert response.headers.get("Content-Encoding") == ("gzip" if compressed else None)
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.content_type == "text/css; charset=utf-8"
        assert response.content_length == len(response.data)
        assert (len(response.data) < len(SHEET) / 10) is compressed
        body = gzip.decompress(response.data) if compressed else response.data
        assert body.decode() == SHEET


def test_what_would_grow_is_left_as_it_is(client: FlaskClient) -> None:
    """Six bytes are 26 in gzip."""
    with client.get("/static/dot.svg", headers=GZIP) as response:
        assert response.data == b"<svg/>"
        assert "Content-Encoding" not in response.headers
        assert "Vary" not in response.headers


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_an_unchanged_file_is_not_sent_again(client: FlaskClient, headers: dict[str, str]) -> None:
    """304 for the form that the client has, with what caches must know; the other form is sent."""
    path = address(client.application)
    with client.get(path, headers=headers) as response:
        tag = response.headers["ETag"]
    with client.get(path, headers={**headers, "If-None-Match": tag}) as same:
        assert same.status_code == 304
        assert not same.data
        assert same.headers["ETag"] == tag
        assert same.headers["Cache-Control"] == FOREVER
        assert same.headers["Vary"] == "Accept-Encoding"
    other = {} if headers else GZIP
    with client.get(path, headers={**other, "If-None-Match": tag}) as sent:
        assert sent.status_code == 200


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_a_head_says_what_a_get_would(client: FlaskClient, headers: dict[str, str]) -> None:
    """All headers, no body."""
    path = address(client.application)
    with client.get(path, headers=headers) as got, client.head(path, headers=headers) as head:
        volatile = ("Expires", "Date")
        assert [h for h in head.headers if h[0] not in volatile] == [
            h for h in got.headers if h[0] not in volatile
        ]
        assert not head.data


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_a_part_of_a_file_is_a_part_of_that_form(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    """Put together again, parts are the whole; what lies beyond is refused."""
    path = address(client.application)
    with client.get(path, headers=headers) as response:
        whole, tag = response.data, response.headers["ETag"]
    parts = b""
    for span in ("0-9", "10-"):
        asked = {**headers, "Range": f"bytes={span}", "If-Range": tag}
        with client.get(path, headers=asked) as response:
            assert response.status_code == 206
            assert response.headers["ETag"] == tag
            assert response.headers["Content-Range"].endswith(f"/{len(whole)}")
            parts += response.data
    assert parts == whole
    assert client.get(path, headers={**headers, "Range": "bytes=99999-"}).status_code == 416


def test_types_do_not_depend_on_the_computer(folder: Path) -> None:
    """Where the system calls scripts plain text, browsers would refuse to run them."""
    mimetypes.add_type("text/plain", ".js")
    try:
        found = assets.read(folder)["inner/page.js"].type
    finally:
        mimetypes.init()
    assert found.endswith("/javascript")


@pytest.mark.parametrize("path", ["/", f"/?sentence={POSITIVE}", "/docs", "/files", "/nowhere"])
def test_pages_link_what_can_be_kept(pages: FlaskClient, path: str) -> None:
    """Every static file that a page names is there, under an address that is kept."""
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', pages.get(path).text))
    assert {Path(each).name for each in linked} >= {"base.css", "print.css", "app.js", "mark.svg"}
    for each in linked:
        with pages.get(each) as response:
            assert response.status_code == 200, each
            assert response.headers["Cache-Control"] == FOREVER, each


def test_scripts_import_what_is_there() -> None:
    """By an address relative to their own, so that the version in it is the same."""
    names = {
        name
        for script in (ROOT / "static").glob("*.js")
        for name in re.findall(r'^import .* from "(.*)";$', script.read_text("utf-8"), re.MULTILINE)
    }
    assert names
    for name in names:
        assert name.startswith("./")
        assert (ROOT / "static" / name).is_file()


@pytest.mark.parametrize("path", ["/", f"/?sentence={POSITIVE}&why=1", "/docs", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_come_compressed_to_visitors(pages: FlaskClient, path: str, method: str) -> None:
    """The same page in fewer bytes; caches are told of both forms."""
    plain = pages.get(path, headers=VISITOR)
    response = pages.open(path, method=method, headers=VISITOR | GZIP)
    assert response.status_code == plain.status_code
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.content_length < plain.content_length / 1.8
    for each in (plain, response):
        assert "Accept-Encoding" in each.headers["Vary"]
        assert "Cookie" in each.headers["Vary"]
        assert each.headers["Cache-Control"] == "no-store"
    if method == "GET":
        assert response.content_length == len(response.data)
        assert gzip.decompress(response.data) == plain.data


def test_answers_to_programs_are_compressed_where_it_pays(pages: FlaskClient) -> None:
    """Many sentences are; one answer fits into a packet as it is."""
    headers = VISITOR | GZIP
    many = pages.post("/api/v1/predict", json={"sentences": [POSITIVE] * 99}, headers=headers)
    assert many.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(many.data).decode().count('"label"') == 99
    one = pages.post("/api", json=POSITIVE, headers=headers)
    assert "Content-Encoding" not in one.headers
    assert one.json["sentence"] == POSITIVE  # type: ignore[index]


def test_the_owners_pages_are_never_compressed(pages: FlaskClient) -> None:
    """They hold the share link and what others said, beside text that any link may bring along."""
    response = pages.get(f"/?sentence={POSITIVE}", headers=GZIP)
    assert "Content-Encoding" not in response.headers
    assert POSITIVE in response.text


@pytest.mark.parametrize("path", ["/table.csv", "/lines.txt"])
def test_downloads_are_left_alone(client: FlaskClient, path: str) -> None:
    """What is read from a disk or made bit by bit is neither held in memory nor changed."""
    with client.get(path, headers=VISITOR | GZIP) as response:
        assert "Content-Encoding" not in response.headers
        assert response.data.decode().startswith(SHEET)


def test_a_part_of_a_download_is_left_alone(client: FlaskClient) -> None:
    """Offsets are those of the plain file."""
    asked = VISITOR | GZIP | {"Range": "bytes=2000-3999"}
    with client.get("/table.csv", headers=asked) as response:
        assert response.status_code == 206
        assert response.data.decode() == SHEET[2000:4000]
