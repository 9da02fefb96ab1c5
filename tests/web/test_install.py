"""What lets a browser install the page, and a chat preview its link."""

import re
import struct

from flask.testing import FlaskClient

from sentiment.settings import Settings
from tests.kit.app import create_app
from tests.kit.small import small_classifier
from tests.web.test_gate import HOST, shared_app, through_tunnel


def client() -> FlaskClient:
    """A Korean client of the page."""
    found: FlaskClient = create_app(small_classifier(), Settings()).test_client()
    return found


def measured(address: str) -> tuple[int, int]:
    """Width and height of a PNG that weighs little and may be kept."""
    with client().get(address) as reply:
        assert reply.content_type == "image/png"
        assert "immutable" in reply.headers["Cache-Control"]
        assert len(reply.data) < 20_000
        assert reply.data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        width, height = struct.unpack_from(">II", reply.data, 16)
    return width, height


def test_the_page_can_be_installed() -> None:
    """Its manifest has a name, a start and icons that are there; the policy allows it."""
    page = client().get("/")
    link = re.search(r'rel="manifest" href="([^"]+)"', page.text)
    assert link
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    found = client().get(link[1])
    assert found.content_type == "application/manifest+json"
    manifest = found.get_json(force=True)
    assert manifest["name"] == "한국어 감성 분석"
    assert client().get(manifest["start_url"]).status_code == 200
    mark, *icons = manifest["icons"]
    with client().get(mark["src"]) as picture:
        assert picture.content_type.startswith("image/svg+xml")
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        assert "x".join(map(str, measured(icon["src"]))) == icon["sizes"]


def test_a_home_screen_has_an_icon() -> None:
    """Of the size that iOS wants; it reads no manifest for that."""
    link = re.search(r'rel="apple-touch-icon" href="([^"]+)"', client().get("/").text)
    assert link
    assert measured(link[1]) == (180, 180)


def test_a_shared_link_has_a_picture_before_the_password() -> None:
    """By its public address; so has the icon."""
    visitor = through_tunnel(shared_app())
    picture = re.search(r'og:image" content="([^"]+)"', visitor.get("/login").text)
    assert picture
    assert picture[1].startswith(f"https://{HOST}/static/v/")
    with visitor.get(picture[1].removeprefix(f"https://{HOST}")) as image:
        assert image.data.startswith(b"\x89PNG")
    with visitor.get("/favicon.ico", follow_redirects=True) as icon:
        assert icon.status_code == 200
    assert visitor.get("/manifest.webmanifest").status_code == 200
