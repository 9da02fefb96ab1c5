"""Where a notebook runs is recognised, and how its page is shown there."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from sentiment.notebook import places
from sentiment.notebook.places import Place, here
from sentiment.settings import Settings
from sentiment.web.guard.headers import answers_to
from sentiment.web.kit.identity import Owner
from tests.kit.app import create_app
from tests.kit.kernels import COLAB
from tests.kit.small import POSITIVE, small_classifier

HUB = "hub.school.example"
PREFIX = "/user/kim%40school/"


@dataclass
class Shown:
    """What was displayed under the cell, and what was said."""

    frames: list[str]
    said: list[str]

    def of(self, place: Place, path: str = "/") -> str:
        """The frame, as far as there is one."""
        place.show(5000, path, self.said.append)
        return self.frames[-1] if self.frames else ""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """A kernel without a notebook around it, which keeps what it is to display."""
    import IPython.display

    made = Shown([], [])
    monkeypatch.setattr(places, "in_kernel", lambda: True)
    monkeypatch.setattr(places, "found", lambda module: module in made.said)
    monkeypatch.setattr(
        IPython.display, "display", lambda frame: made.frames.append(frame._repr_html_())
    )
    for name in (*places.VSCODE, "JUPYTERHUB_SERVICE_PREFIX", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    return made


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has a Jupyter server say of itself what a real one does in its runtime folder."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))

    def says(**about: object) -> None:
        said = {"base_url": "/", "hostname": "localhost", "port": 8888, **about}
        (tmp_path / "jpserver-1.json").write_text(json.dumps(said))

    return says


def test_a_terminal_is_no_notebook() -> None:
    """Nothing is allowed there that was not, and no name is answered that was not."""
    place = here()
    assert not place.is_notebook
    assert not place.proof
    assert place.adapted(Settings()) == Settings()
    assert not answers_to("5000-x.prod.colab.dev", Settings(), None)
    assert not answers_to("a-5000-colab.googleusercontent.com", Settings(), None)


def test_jupyter_at_home_shows_the_page_in_its_frame(
    shown: Shown, server: Callable[..., None]
) -> None:
    """Framed by that server alone, under either of its names."""
    server()
    place = here()
    assert place.frames == ("http://localhost:8888", "http://127.0.0.1:8888")
    assert 'src="http://localhost:5000/"' in shown.of(place)
    assert not place.proof


@pytest.mark.parametrize("hub", [True, False], ids=["hub", "server"])
def test_a_proxy_of_jupyter_is_used_where_there_is_one(
    shown: Shown, server: Callable[..., None], monkeypatch: pytest.MonkeyPatch, hub: bool
) -> None:
    """Below Jupyter's own path, by an address that holds wherever Jupyter is opened."""
    server(base_url="/lab/", hostname="0.0.0.0")  # noqa: S104 - what it says
    if hub:
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", PREFIX)
    shown.said.append("jupyter_server_proxy")
    place = here()
    assert place.proxy
    base = PREFIX if hub else "/lab/"
    assert f'src="{base}proxy/5000/owner?token=a"' in shown.of(place, "/owner?token=a")


def test_where_nothing_reaches_there_is_a_link(
    shown: Shown, server: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a hub and on Kaggle a line says what helps."""
    server(hostname="0.0.0.0")  # noqa: S104 - what it says
    assert shown.of(here()) == ""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", PREFIX)
    assert shown.of(here()) == ""
    assert "jupyter-server-proxy" in shown.said[-1]
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert shown.of(here()) == ""
    assert "Kaggle" in shown.said[-1]


def test_vs_code_shows_it_in_its_own_frames(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose pages have schemes of their own."""
    monkeypatch.setenv("VSCODE_PID", "7")
    place = here()
    assert 'src="http://localhost:5000/"' in shown.of(place)
    app = create_app(small_classifier(), place.adapted(Settings()))
    policy = app.test_client().get("/").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors vscode-webview: vscode-file:")


def test_a_program_beside_colabs_kernel_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """It can show nothing; the names of Colab's proxy are answered, should somebody open them."""
    monkeypatch.syspath_prepend(str(COLAB))
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    sys.modules["google"].__path__ = [str(COLAB / "google")]
    place, said = here(), list[str]()
    place.show(5000, "/", said.append)
    assert "%run -m sentiment" in said[0]
    assert answers_to("5000-x.prod.colab.dev", place.adapted(Settings()), None)


@pytest.fixture
def proxied(tmp_path: Path) -> tuple[FlaskClient, Owner]:
    """A browser of a page behind Jupyter's proxy, which was not told its own name."""
    place = Place("jupyter", frames=("self",), proxy=True)
    app = create_app(small_classifier(), place.adapted(Settings(data=tmp_path)))
    owner: Owner = app.extensions["owner"]
    owner.learns = place.proxy
    return app.test_client(), owner


@pytest.mark.parametrize("kept", [True, False], ids=["absolute", "stripped"])
def test_the_owners_link_tells_the_page_its_name(
    proxied: tuple[FlaskClient, Owner], kept: bool
) -> None:
    """Whoever knows the link may say it; nobody else can, and no other name is learnt."""
    browser, owner = proxied
    prefix = f"{PREFIX}proxy/5000"
    headers = {"X-Forwarded-Prefix": prefix, "Host": HUB, "X-Forwarded-Proto": "https"}
    begin = prefix.replace("%40", "@") if kept else ""
    assert browser.get(f"{begin}/", headers=headers).status_code == 400
    wrong = f"{begin}/owner?token=guessed"
    assert browser.get(wrong, headers={**headers, "Host": "evil.example"}).status_code == 400
    reply = browser.get(owner.link(begin), headers=headers)
    assert (reply.status_code, reply.location) == (303, "./")
    assert "Path=/user/kim@school/proxy/5000" in reply.headers["Set-Cookie"]
    page = browser.get(f"{begin}/", headers=headers)
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert 'action="/user/kim@school/proxy/5000/' in page.text
    assert browser.post(f"{begin}/api", json=POSITIVE, headers=headers).status_code == 200
    assert browser.get(f"{begin}/", headers={**headers, "Host": "evil.example"}).status_code == 400
