"""The tunnel, against a stand-in for the ngrok agent that is a real process."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pyngrok import conf, installer

from sentiment.errors import RefusedError, ShareError
from sentiment.share import ngrok_errors, telling, tokens
from sentiment.share.ngrok_agent import Ngrok
from sentiment.share.tokens import Token
from sentiment.share.tunnel import Tunnel, TunnelStatus
from tests.kit.agents import PATIENT, Agents, Changes

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in agent is a script")

TOKEN = "2secretTokenOfTheTests_4notForAnyLog"
URL = "https://stand-in.ngrok-free.app"


Start = Callable[..., tuple[Tunnel, Changes]]


@pytest.fixture
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where ngrok's own configuration of a person without one would be."""
    path = tmp_path / "own" / "ngrok.yml"
    path.parent.mkdir()
    monkeypatch.setattr(conf, "DEFAULT_NGROK_CONFIG_PATH", str(path))
    monkeypatch.delenv("NGROK_AUTHTOKEN", raising=False)
    return path


@pytest.fixture
def agents(tmp_path: Path, own_config: Path, monkeypatch: pytest.MonkeyPatch) -> Agents:
    """The stand-in, installed."""
    folder = tmp_path / "agent"
    made = Agents(folder, "ngrok")
    monkeypatch.setenv("PYNGROK_NGROK_PATH", str(made.path))
    return made


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a tunnel that is in a hurry; it is closed after the test."""
    tunnels = []

    def begin(
        domain: str | None = None, token: str | None = TOKEN, deadline: float = PATIENT
    ) -> tuple[Tunnel, Changes]:
        changes = Changes()
        tunnel = Tunnel(
            8000,
            Ngrok(Token(token, "the test") if token else None, domain),
            changes,
            deadline=deadline,
            look_every=0.05,
            pauses=(0.05,),
        )
        tunnels.append(tunnel)
        tunnel.start()
        return tunnel, changes

    yield begin
    for tunnel in tunnels:
        tunnel.close()


def test_an_agent_that_works_gives_a_public_address(agents: Agents, start: Start) -> None:
    """Status and callback name the address; closing ends the agent, and twice is once."""
    tunnel, changes = start()
    assert changes.wait("opening", "open").url == URL
    assert tunnel.status.url == URL
    assert tunnel.host == "stand-in.ngrok-free.app"
    assert len(agents.running()) == 1
    tunnel.close()
    tunnel.close()
    assert agents.running() == []
    assert changes.states() == ["opening", "open", "closed"]
    assert tunnel.status == TunnelStatus("closed")


def test_nothing_is_left_after_closing(agents: Agents, start: Start) -> None:
    """No thread of ours and no configuration with the token outlives the tunnel."""
    before = set(threading.enumerate())
    tunnel, changes = start()
    changes.wait("opening", "open")
    config = Path(agents.runs[0]["arguments"][-1])
    assert config.is_file()
    tunnel.close()
    assert set(threading.enumerate()) == before
    assert not config.parent.exists()


@pytest.mark.parametrize("domain", ["reviews.example.com", "https://reviews.example.com/"])
def test_a_reserved_domain_is_asked_for(agents: Agents, start: Start, domain: str) -> None:
    """As people write it, and as they paste it."""
    _, changes = start(domain)
    assert changes.wait("opening", "open").url == "https://reviews.example.com"


@pytest.mark.parametrize("run", ["{code}", "late:{code}"])
@pytest.mark.parametrize("number", [4018, 105, 107, 108, 120, 320, 324, 334, 1200])
def test_each_refusal_has_its_own_cure(agents: Agents, start: Start, number: int, run: str) -> None:
    """Whether the session or the endpoint is refused."""
    code = f"ERR_NGROK_{number}"
    agents.behave(run.format(code=code))
    _, changes = start()
    error = changes.wait("opening", "failed").error
    assert error is not None
    assert str(error) == str(ngrok_errors.refusal(code, str(agents.path)))
    assert code not in str(error)


def test_every_cure_is_another() -> None:
    """No two of the known codes share a message."""
    messages = {str(ngrok_errors.refusal(code, "ngrok")) for code in ngrok_errors.REFUSALS}
    assert len(messages) == len(ngrok_errors.REFUSALS)


def test_an_unknown_code_is_named_with_its_page(agents: Agents, start: Start) -> None:
    """There are some 1,800 more."""
    agents.behave("ERR_NGROK_9999")
    _, changes = start()
    message = str(changes.wait("opening", "failed").error)
    assert "ERR_NGROK_9999" in message
    assert "https://ngrok.com/docs/errors/err_ngrok_9999" in message


def test_a_final_refusal_is_not_tried_again(agents: Agents, start: Start) -> None:
    """A wrong token stays wrong until the person acts."""
    agents.behave("ERR_NGROK_107")
    tunnel, changes = start()
    assert isinstance(changes.wait("opening", "failed").error, RefusedError)
    tunnel._thread.join(PATIENT)
    assert not tunnel._thread.is_alive()
    assert len(agents.runs) == 1


def test_what_may_pass_is_tried_again(agents: Agents, start: Start) -> None:
    """Two more failures of the same kind are no news; then it opens."""
    agents.behave("ERR_NGROK_108", "ERR_NGROK_108", "ERR_NGROK_108", "open")
    _, changes = start()
    assert changes.wait("opening", "failed", "open").url == URL
    assert len(agents.runs) == 4


def test_a_silent_agent_is_ended_at_the_deadline(agents: Agents, start: Start) -> None:
    """Nothing is waited for forever; the next run gets its chance."""
    agents.behave("silent", "open")
    _, changes = start(deadline=2)
    assert "within 2 seconds" in str(changes.wait("opening", "failed").error)
    changes.wait("opening", "failed", "open")
    assert len(agents.running()) == 1
    assert len(agents.runs) > 1


def test_an_agent_without_internet_says_so(agents: Agents, start: Start) -> None:
    """The agent itself keeps trying without an end; what it logs names the cause."""
    agents.behave("offline")
    _, changes = start(deadline=2)
    changes.wait_for_error("cannot be reached")


def test_closing_does_not_wait_for_a_silent_agent(agents: Agents, start: Start) -> None:
    """The deadline is long, the end is at once."""
    agents.behave("silent")
    tunnel, changes = start()
    changes.wait("opening")
    while not agents.runs:
        threading.Event().wait(0.01)
    tunnel.close()
    assert agents.running() == []
    assert not tunnel._thread.is_alive()
    assert tunnel.status == TunnelStatus("closed")


@pytest.mark.parametrize("loss", ["die", "vanish"])
def test_a_lost_tunnel_is_opened_again(agents: Agents, start: Start, loss: str) -> None:
    """Whether the agent ends or only its endpoint is gone."""
    agents.behave(loss, "open")
    _, changes = start()
    changes.wait("opening", "open", "opening", "open")
    assert len(agents.running()) == 1


def test_an_agent_without_the_endpoints_api_is_too_old(agents: Agents, start: Start) -> None:
    """Agents before 3.30 answer 404."""
    agents.behave("old")
    _, changes = start()
    assert f"{agents.path} update" in str(changes.wait("opening", "failed").error)


def test_a_file_that_is_no_program_cannot_be_started(agents: Agents, start: Start) -> None:
    """Such as a download that broke off."""
    agents.path.write_bytes(b"\0" * 100)
    _, changes = start()
    assert "cannot be started" in str(changes.wait("opening", "failed").error)


def test_without_a_token_no_agent_is_started(agents: Agents, start: Start) -> None:
    """The cure says where to get one."""
    _, changes = start(token=None)
    error = changes.wait("opening", "failed").error
    assert str(error) == str(ngrok_errors.no_token())
    assert agents.runs == []


def test_without_agent_and_internet_the_cure_is_to_install_it(
    tmp_path: Path, own_config: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port 1 of this computer stands for a download that cannot be reached."""
    monkeypatch.setattr(installer, "get_ngrok_cdn_url", lambda version: "http://127.0.0.1:1/n.tgz")
    monkeypatch.setenv("PYNGROK_NGROK_PATH", str(tmp_path / "missing" / "ngrok"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    _, changes = start()
    message = str(changes.wait("opening", "failed").error)
    assert "https://ngrok.com/download" in message
    assert "PYNGROK_NGROK_PATH" in message


def test_the_token_stands_in_a_private_file_alone(
    agents: Agents,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not in a process list, a log or the terminal, even when the agent prints its error."""
    monkeypatch.setenv("NGROK_AUTHTOKEN", TOKEN)
    caplog.set_level(logging.DEBUG)
    agents.behave("open", "ERR_NGROK_108")
    found = tokens.find_token()
    assert found
    tunnel, changes = start(token=found.value)
    changes.wait("opening", "open")
    (run,) = agents.runs
    assert run["config"]["agent"]["authtoken"] == TOKEN
    assert run["modes"] == ["0o600", "0o700"]
    assert run["environment_token"] is None
    for process in psutil.process_iter(["cmdline"]):
        assert TOKEN not in " ".join(process.info["cmdline"] or [])
    psutil.Process(run["pid"]).kill()
    changes.wait("opening", "open", "opening", "failed")
    tunnel.close()
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capfd.readouterr())


def test_the_agent_keeps_the_persons_way_to_the_internet(
    agents: Agents, own_config: Path, start: Start
) -> None:
    """Proxy and certificates are taken over; endpoints and logging are not; the file stays."""
    text = (
        "version: 3\nagent:\n  authtoken: another\n  proxy_url: http://proxy:3128\n"
        "  web_addr: false\n  log_format: json\nendpoints:\n  - name: mine\n"
    )
    own_config.write_text(text)
    _, changes = start()
    changes.wait("opening", "open")
    assert agents.runs[0]["config"] == {
        "version": "3",
        "agent": {"authtoken": TOKEN, "proxy_url": "http://proxy:3128", "inspect_db_size": -1},
    }
    assert own_config.read_text() == text


def test_a_configuration_of_version_2_stays_one(
    agents: Agents, own_config: Path, start: Start
) -> None:
    """Its options have other names and places, and its API is that of tunnels."""
    own_config.write_text("version: '2'\nauthtoken: another\nregion: jp\ntunnels: {mine: {}}\n")
    _, changes = start("reviews.example.com")
    assert changes.wait("opening", "open").url == "https://reviews.example.com"
    assert agents.runs[0]["config"] == {
        "version": "2",
        "region": "jp",
        "authtoken": TOKEN,
        "inspect_db_size": -1,
    }


def test_the_agent_ends_with_the_interpreter(agents: Agents) -> None:
    """A program that forgets to close leaves no agent behind."""
    program = (
        "import threading\nfrom sentiment.share.tunnel import Tunnel\nopen = threading.Event()\n"
        "def on_change(status):\n    if status.url: open.set()\n"
        "from sentiment.share.ngrok_agent import Ngrok\nfrom sentiment.share.tokens import Token\n"
        "Tunnel(8000, Ngrok(Token('token', '')), on_change).start()\n"
        f"assert open.wait({PATIENT})\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True, timeout=2 * PATIENT)
    assert len(agents.runs) == 1
    assert agents.running() == []


def test_passwords_are_random_and_easy_to_type() -> None:
    """Three groups of four digits, which everybody can say."""
    passwords = {tokens.new_password() for _ in range(100)}
    assert len(passwords) == 100
    for password in passwords:
        assert [len(group) for group in password.split("-")] == [4, 4, 4]
        assert password.replace("-", "").isdecimal()


def test_the_terminal_says_it_in_both_languages() -> None:
    """Address, password and QR code, or cause and cure."""
    text = telling.announce(TunnelStatus("open", URL), "abcd-efgh-jkmn")
    assert URL in text
    assert "abcd-efgh-jkmn" in text
    assert telling.qr_terminal(URL) in text
    assert "password" not in telling.announce(TunnelStatus("open", URL), None)
    error = ShareError("Something with {name}.", name="a cause")
    assert "Something with a cause." in telling.announce(TunnelStatus("failed", error=error), None)


def test_the_qr_code_of_the_page_needs_no_inline_style() -> None:
    """The page's policy forbids it."""
    svg = telling.qr_svg(URL)
    assert svg.startswith("<svg")
    assert "style" not in svg
