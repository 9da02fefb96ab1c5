"""What lets a browser install the page, and a chat preview its link."""

import re

from flask.testing import FlaskClient

from sentiment.settings import Settings
from tests.kit.app import create_app
from tests.kit.small import small_classifier
from tests.web.test_gate import HOST, shared_app, through_tunnel


def client() -> FlaskClient:
    """A Korean client of the page."""
    found: FlaskClient = create_app(small_classifier(), Settings()).test_client()
    return found


def test_the_page_can_be_installed() -> None:
    """Its manifest has a name, a start and an icon that is there; the policy allows it."""
    page = client().get("/")
    link = re.search(r'rel="manifest" href="([^"]+)"', page.text)
    assert link
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    found = client().get(link[1])
    assert found.content_type == "application/manifest+json"
    manifest = found.get_json(force=True)
    assert manifest["name"] == "한국어 감성 분석"
    assert client().get(manifest["start_url"]).status_code == 200
    with client().get(manifest["icons"][0]["src"]) as icon:
        assert icon.content_type.startswith("image/svg+xml")


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
