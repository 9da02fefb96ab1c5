"""The tunnel through Cloudflare, against a stand-in for cloudflared that is a real process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentiment.errors import RefusedError, ShareError
from sentiment.share import cloudflare
from sentiment.share.cloudflare import Cloudflare
from sentiment.share.tunnel import Tunnel
from tests.kit.agents import PATIENT, Agents, Changes
from tests.kit.stand_in_cloudflared import URL

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agents:
    """The stand-in, installed."""
    made = Agents(tmp_path / "bin", "cloudflared")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def started() -> Iterator[tuple[Tunnel, Changes]]:
    """A tunnel in a hurry, once a test starts it; it is closed after the test."""
    changes = Changes()
    tunnel = Tunnel(8000, Cloudflare(), changes, deadline=PATIENT, look_every=0.05, pauses=(0.05,))
    yield tunnel, changes
    tunnel.close()


def test_the_tunnel_opens_and_closes(agents: Agents, started: tuple[Tunnel, Changes]) -> None:
    """Without an account; the program ends with it, and the person's own settings are not asked."""
    tunnel, changes = started
    agents.behave("open")
    tunnel.start()
    assert changes.wait("opening", "open").url == URL
    [run] = agents.runs
    assert run["arguments"][0] == "tunnel"
    assert run["arguments"][-2:] == ["--url", "http://127.0.0.1:8000"]
    assert agents.running()
    tunnel.close()
    assert not agents.running()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [("offline", "cannot be reached"), ("busy", "no more addresses"), ("silent", "within 1 sec")],
)
def test_why_it_does_not_open_is_said_with_what_to_do(
    agents: Agents, behaviour: str, words: str
) -> None:
    """By the program's own words; it is tried again by itself."""
    agents.behave(behaviour)
    agent = Cloudflare().agent()
    with pytest.raises(ShareError, match=words) as caught:
        agent.open(8000, 1 if behaviour == "silent" else PATIENT)
    agent.stop()
    assert not isinstance(caught.value, RefusedError)


@pytest.mark.parametrize("behaviour", ["die", "lost"])
def test_a_lost_tunnel_is_opened_again(
    agents: Agents, started: tuple[Tunnel, Changes], behaviour: str
) -> None:
    """Whether the program is gone or its address is."""
    tunnel, changes = started
    agents.behave(behaviour, "open")
    tunnel.start()
    changes.wait("opening", "open", "opening", "open")
    assert len(agents.runs) == 2


def test_a_short_gap_keeps_the_address(agents: Agents, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program connects again by itself; only after a while is the address given up."""
    agents.behave("open")
    agent = Cloudflare().agent()
    url = agent.open(8000, PATIENT)
    assert agent.serves(url)
    agent.stop()  # nobody answers whether it is ready now
    assert agent.serves(url)
    monkeypatch.setattr(cloudflare, "PATIENCE", 0.0)
    assert not agent.serves(url)


def test_a_missing_program_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is downloaded by itself; where a token would do, that is said too."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="cloudflared"):
        Cloudflare().agent()
    with pytest.raises(RefusedError, match=r"NGROK_AUTHTOKEN.*cloudflared"):
        Cloudflare(instead=True).agent()


@pytest.mark.parametrize(
    ("system", "machine", "line"),
    [
        ("darwin", "arm64", "brew install cloudflared"),
        ("win32", "AMD64", "winget install --id Cloudflare.cloudflared"),
        ("linux", "x86_64", "cloudflared-linux-amd64"),
        ("linux", "aarch64", "cloudflared-linux-arm64"),
    ],
)
def test_the_command_fits_the_system(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, line: str
) -> None:
    """One line, to be pasted."""
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert line in cloudflare.install_line()
