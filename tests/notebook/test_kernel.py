"""A page under a cell, in a real kernel with a stand-in for ``google.colab``."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.kit.agents import Agents
from tests.kit.kernels import Kernel, Ran, kernel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop a cell by")

TOKEN = "2abcDEFghiJKL_345"
SENTENCE = "정말 좋았어요"

BEGIN = """
import os, pathlib, threading
from google.colab import userdata
from sentiment.nlpbook import get_web_service_app

def inference_fn(sentence, share=0.9):
    return {"sentence": sentence, "prediction": "긍정 (positive)",
            "positive_data": f"긍정 {share}", "negative_data": f"부정 {round(1 - share, 4)}",
            "positive_width": "90%", "negative_width": "10%"}
"""


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    """A stand-in for the ngrok agent, where the kernel finds it."""
    made = Agents(tmp_path_factory.mktemp("agents") / "ngrok", "ngrok")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYNGROK_NGROK_PATH", str(made.path))
        patch.setenv("PATH", "/usr/bin:/bin")  # a cloudflared somewhere else is not meant
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the kernel's person."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cells(home: Path, agents: Agents) -> Iterator[Kernel]:
    """One kernel for all tests, as one notebook has it."""
    with kernel(home) as started:
        assert started.run(BEGIN).error == ""
        yield started


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def asked(port: int, **headers: str) -> Any:
    """The page's answer to the sentence, once it listens."""
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05)))
        address = f"http://127.0.0.1:{port}/api"
        return session.post(address, json=SENTENCE, headers=headers, timeout=60)


def gone(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def while_running(cells: Kernel, code: str, look: Callable[[], None]) -> Ran:
    """Run a cell that does not end by itself; look, and press the stop button."""
    failed: list[BaseException] = []

    def visit() -> None:
        try:
            look()
        except BaseException as error:
            failed.append(error)
        finally:
            cells.press_stop()

    visitor = threading.Thread(target=visit)
    visitor.start()
    ran = cells.run(code)
    visitor.join()
    assert not failed, (failed, ran)
    return ran


def test_the_page_opens_under_the_cell_without_a_token(cells: Kernel, port: int) -> None:
    """By Colab's proxy; a line says how to get one; the stop button ends it without an error."""

    def look() -> None:
        assert asked(port).status_code == 401  # the address alone proves nothing while it is shared

    ran = while_running(cells, f"get_web_service_app(inference_fn).run(port={port})", look)
    [frame] = ran.frames
    assert frame["port"] == port
    assert frame["path"].startswith("/owner?token=")
    assert "dashboard.ngrok.com" in ran.text
    assert "cloudflared" in ran.text
    assert ran.error == ""
    assert gone(port)


def test_the_link_under_the_cell_makes_its_owner(cells: Kernel, port: int) -> None:
    """Under a name of Colab's proxy, in a frame of Colab's, with a cookie that works in frames."""
    ran = cells.run(f"app = get_web_service_app(inference_fn); app.run(port={port}, block=False)")
    [frame] = ran.frames
    where = f"http://127.0.0.1:{port}"
    for host, status in (
        (f"{port}-m-s-1x2y.us-east1-0.prod.colab.dev", 401),
        (f"abc-496ff2e9c6d22116-{port}-colab.googleusercontent.com", 401),
        ("evil.googleusercontent.com", 400),
        ("prod.colab.dev.evil.example", 400),
    ):
        assert asked(port, Host=host).status_code == status
    host = f"{port}-m-s-1x2y.us-east1-0.prod.colab.dev"
    with requests.get(
        where + frame["path"], headers={"Host": host}, allow_redirects=False, timeout=60
    ) as reply:
        assert reply.status_code == 303
        cookie = reply.headers["Set-Cookie"]
        policy = reply.headers["Content-Security-Policy"]
    for word in ("SameSite=None", "Secure", "Partitioned", "HttpOnly"):
        assert word in cookie
    assert "frame-ancestors https://colab.research.google.com https://" in policy
    assert "frame-ancestors 'none'" not in policy
    owner = {"Cookie": cookie.partition(";")[0], "Host": host}
    assert asked(port, **owner).json()["positive_data"] == "긍정 0.9"
    assert cells.run("app.stop()").error == ""
    assert gone(port)


FINDINGS = {
    "secret": (
        f"userdata.SECRETS['NGROK_AUTHTOKEN'] = '{TOKEN}'",
        ("ngrok (Colab secrets)", "https://stand-in.ngrok-free.app"),
    ),
    "old file": (
        "file = pathlib.Path.home() / '.ngrok2' / 'ngrok.yml'; file.parent.mkdir(exist_ok=True)\n"
        f"_ = file.write_text('authtoken: {TOKEN}')",
        (".ngrok2/ngrok.yml)", "https://stand-in.ngrok-free.app"),
    ),
    "malformed file": (
        "file = pathlib.Path.home() / '.ngrok2' / 'ngrok.yml'; file.parent.mkdir(exist_ok=True)\n"
        f"_ = file.write_text('authtoken:{TOKEN}')",
        (".ngrok2/ngrok.yml, line 1", "blank behind the colon"),
    ),
}


@pytest.mark.parametrize("case", FINDINGS)
def test_a_token_adds_the_link_and_takes_nothing_away(cells: Kernel, port: int, case: str) -> None:
    """Wherever it was found, which is said; a malformed one is told, and the page opens."""
    put, words = FINDINGS[case]
    cells.run("userdata.SECRETS.clear(); (pathlib.Path.home() / '.ngrok2/ngrok.yml').unlink(True)")
    assert cells.run(put).error == ""
    ran = cells.run(
        f"app = get_web_service_app(inference_fn); app.run(port={port}, block=False)\n"
        "seen = threading.Event()\n"
        "while app.extensions['tunnel'].status.state == 'opening': seen.wait(0.05)\n"
        "app.stop()"
    )
    assert ran.error == ""
    assert ran.frames[0]["port"] == port
    for word in words:
        assert word in ran.text
    assert TOKEN not in ran.text
    assert gone(port)


def test_it_runs_in_a_thread_and_a_second_run_replaces_the_first(cells: Kernel, port: int) -> None:
    """On the same port; another one goes on beside it; each is stopped by itself."""
    assert (
        cells.run(
            "app = get_web_service_app(inference_fn, is_colab=False)\n"
            f"thread = threading.Thread(target=app.run, kwargs={{'port': {port}}}); thread.start()"
        ).error
        == ""
    )
    assert asked(port).json()["positive_data"] == "긍정 0.9"
    ran = cells.run(
        "second = get_web_service_app(lambda text: inference_fn(text, 0.6), is_colab=False)\n"
        f"second.run(port={port}, block=False)\n"
        "thread.join(30); print(thread.is_alive())"
    )
    assert "False" in ran.text
    assert asked(port).json()["positive_data"] == "긍정 0.6"

    def look() -> None:
        while asked(port).json()["positive_data"] != "긍정 0.9":
            pass  # the one before still answers

    ran = while_running(cells, f"app.run(port={port})", look)
    assert ran.error == ""
    assert cells.run("import signal; print(signal.getsignal(signal.SIGTERM))").text == "0\n"
    assert gone(port)


def test_show_opens_any_classifier(cells: Kernel, port: int) -> None:
    """The shipped one without words; ``stop`` ends it; nothing is public."""
    ran = cells.run(f"import sentiment; page = sentiment.show(port={port})")
    assert ran.error == ""
    assert ran.frames[0]["port"] == port
    assert "positive_data" in asked(port).json()
    assert cells.run("page.stop()").error == ""
    assert gone(port)


def test_serve_started_in_the_kernel_opens_there(cells: Kernel, port: int) -> None:
    """``%run -m sentiment serve``, until the stop button."""

    def look() -> None:
        assert "positive_data" in asked(port).json()

    ran = while_running(cells, f"%run -m sentiment serve --port {port} --data here", look)
    assert [frame["port"] for frame in ran.frames] == [port]
    assert ran.error == ""
    assert gone(port)


def test_a_port_that_is_taken_is_told_in_a_notebooks_words(cells: Kernel) -> None:
    """No traceback, no option of a command line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = cells.run(f"app.run(port={port})")
    assert f"port={port + 1 if port < 65535 else 5000}" in ran.error
    assert "--port" not in ran.error
    assert "Traceback" not in ran.error
    assert json.dumps(ran.error).count("\\n") <= 3
