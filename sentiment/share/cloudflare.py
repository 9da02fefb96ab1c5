"""A quick tunnel through Cloudflare, by the program ``cloudflared``: it needs no account.

Its log and options are described at
https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/do-more-with-tunnels/trycloudflare/
"""

import http.client
import platform
import re
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sentiment.errors import RefusedError, ShareError
from sentiment.share.process import UNREACHABLE, Process

ADDRESS = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com")
METRICS = re.compile(r"metrics server on ([\d.:\[\]a-f]+)/metrics")

LOST = re.compile(r"Tunnel not found|Unauthorized: Failed to get tunnel")
"""What it says once Cloudflare has forgotten the address."""

LOCAL_ANSWER = 5.0
"""Seconds that the program's own page, on this machine, is waited for."""

PATIENCE = 60.0
"""Seconds without a connection after which an address is given up: shorter gaps the program mends
itself and keeps the address."""

RELEASES = "https://github.com/cloudflare/cloudflared/releases/latest/download"


def program() -> str | None:
    """Where ``cloudflared`` is, if it is installed."""
    return shutil.which("cloudflared")


def install_line() -> str:
    """The one command that installs the program on this system."""
    if sys.platform == "darwin":
        return "brew install cloudflared"
    if sys.platform == "win32":
        return "winget install --id Cloudflare.cloudflared"
    machine = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}.get(
        platform.machine(), "386"
    )
    return (
        f"sudo curl -fsSL {RELEASES}/cloudflared-linux-{machine} -o /usr/local/bin/cloudflared"
        " && sudo chmod +x /usr/local/bin/cloudflared"
    )


def not_installed(instead: bool) -> RefusedError:
    """The program is missing; nothing is downloaded and run without being asked for.

    `instead`: of ngrok, for which there is no token.
    """
    if instead:
        return RefusedError(
            "Sharing needs an ngrok authtoken: get a free one at "
            "https://dashboard.ngrok.com/get-started/your-authtoken and set NGROK_AUTHTOKEN to it. "
            "Or, without an account, the program cloudflared: {command} ; then start again.",
            command=install_line(),
        )
    return RefusedError(
        "Sharing through Cloudflare needs the program cloudflared. Install it with: {command} ; "
        "then start again.",
        command=install_line(),
    )


def failure(words: str, seconds: float) -> ShareError:
    """The error that the program's own last `words` stand for; `seconds` were waited."""
    if "429" in words or "1015" in words or "Too Many Requests" in words:
        return ShareError(
            "Cloudflare gives out no more addresses to this connection for a while. Wait some "
            "minutes; it is tried again by itself. Or share through ngrok: --share=ngrok"
        )
    if UNREACHABLE.search(words):
        return ShareError(
            "Cloudflare cannot be reached. Check the internet connection, and whether a firewall "
            "keeps port 7844 shut; it is tried again by itself."
        )
    if words:
        return ShareError(
            "cloudflared could not open the share link ({words}); it is tried again by itself. "
            "Update it, or share through ngrok: --share=ngrok",
            words=words,
        )
    return ShareError(
        "cloudflared did not open the share link within {seconds:g} seconds. Check the internet "
        "connection, and whether a firewall keeps it out; it is tried again by itself.",
        seconds=seconds,
    )


@dataclass(frozen=True)
class Cloudflare:
    """Cloudflare as a service; `instead` of ngrok, where there is no token."""

    instead: bool = False

    name = "cloudflare"

    def __str__(self) -> str:
        """The service."""
        return "cloudflare"

    def agent(self) -> "Agent":
        """A run that can be opened; raises `ShareError` where the program is missing."""
        path = program()
        if path is None:
            raise not_installed(self.instead)
        return Agent(path)


class Agent:
    """One run of ``cloudflared tunnel --url``; every method may be called from any thread."""

    def __init__(self, path: str) -> None:
        """Nothing is started yet."""
        self._path = path
        self._url: str | None = None
        self._metrics = ""  # host:port of the program's own page
        self._connected = self._lost = False
        self._words = ""  # its last error
        self._settled = threading.Event()  # connected, refused or gone
        self._ready_at = 0.0
        self._process = Process(self._follow, lambda: failure("it cannot be started", 0))
        self.ended = self._process.ended

    def open(self, port: int, seconds: float) -> str:
        """Start the program; the public address that leads to `port`. Raises `ShareError`."""

        def command(folder: Path) -> list[str]:
            config = folder / "config.yml"  # a person's own would forbid quick tunnels
            config.write_text("no-autoupdate: true\n", encoding="utf-8")
            # Not "localhost": that may lead to another program, on ::1.
            address = f"http://127.0.0.1:{port}"
            return [
                *(self._path, "tunnel", "--config", str(config)),
                *("--metrics", "127.0.0.1:0", "--url", address),
            ]

        self._process.start(command)
        self._settled.wait(seconds)
        if self._url is None or not self._connected:
            raise failure(self._words, seconds)
        self._ready_at = time.monotonic()
        return self._url

    def serves(self, url: str) -> bool:
        """Whether the address leads here, or will again soon."""
        if self._lost or url != self._url:
            return False
        if self._ready():
            self._ready_at = time.monotonic()
        return time.monotonic() - self._ready_at < PATIENCE

    def stop(self) -> None:
        """End the program, now or before it is started."""
        self._process.stop()

    def _follow(self, line: str) -> None:
        """Take a line of the log; an empty one: the program is gone."""
        if found := METRICS.search(line):
            self._metrics = found[1]
        if " ERR " in line:
            self._words = line.partition(" ERR ")[2].strip()[:200]
            self._lost = self._lost or bool(LOST.search(line))
        elif found := ADDRESS.search(line):
            self._url = found[0]
        elif "Registered tunnel connection" in line:
            self._connected = True
        if not line or (self._connected and self._url):
            self._settled.set()

    def _ready(self) -> bool:
        """Whether the program says that it is connected, on its own page ``/ready``."""
        connection = http.client.HTTPConnection(self._metrics, timeout=LOCAL_ANSWER)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
