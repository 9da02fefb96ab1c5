"""A public address for the local page: kept open in the background.

Nothing here stops the local page: what goes wrong ends in the tunnel's status, with its cure.
"""

import atexit
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import urlsplit

from sentiment.errors import RefusedError, ShareError

DEADLINE = 20.0
"""Seconds that one try to open the tunnel may take, a first download of the agent apart."""

LOOK_EVERY = 2.0
"""Seconds between two looks at an open tunnel; the end of the agent is noticed at once."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds before the next try, after one failure, two, and so on; then always the last."""

STEADY = 60.0
"""Seconds after which an open tunnel counts as good, and pauses start from the first again."""


@dataclass(frozen=True)
class TunnelStatus:
    """What there is to tell about the tunnel: `url` while open, `error` while failed."""

    state: Literal["opening", "open", "failed", "closed"]
    url: str | None = None
    error: ShareError | None = None

    def says_the_same(self, other: "TunnelStatus") -> bool:
        """Whether a person would read no difference."""
        return (self.state, self.url, str(self.error)) == (
            other.state,
            other.url,
            str(other.error),
        )


class Agent(Protocol):
    """One run of a tunnel's program; every method may be called from any thread.

    `ended` is set as soon as the program is gone.
    """

    ended: threading.Event

    def open(self, port: int, seconds: float) -> str:
        """Start it; the public address that leads to `port`. Raises `ShareError`."""
        ...

    def serves(self, url: str) -> bool:
        """Whether the address still leads here."""
        ...

    def stop(self) -> None:
        """End it, now or before it is started."""
        ...


class Service(Protocol):
    """Who lends public addresses: ngrok or Cloudflare."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    def agent(self) -> Agent:
        """A run that can be opened; installs what is missing. Raises `ShareError`."""
        ...


class Tunnel:
    """The tunnel to a local port: opened, watched and reopened by a thread of its own."""

    def __init__(
        self,
        port: int,
        service: Service,
        on_change: Callable[[TunnelStatus], None] = lambda status: None,
        *,
        deadline: float = DEADLINE,
        look_every: float = LOOK_EVERY,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """Nothing happens before `start`.

        `on_change` is called, from any thread, whenever the status has changed.
        """
        self._port = port
        self.service = service
        self._on_change = on_change
        self._deadline, self._look_every, self._pauses = deadline, look_every, pauses
        self._status = TunnelStatus("opening")
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._agent: Agent | None = None
        self._thread = threading.Thread()

    @property
    def status(self) -> TunnelStatus:
        """How it stands now."""
        return self._status

    @property
    def host(self) -> str | None:
        """The public name, with a port if it has an odd one, while the tunnel is open."""
        return urlsplit(self._status.url).netloc if self._status.url else None

    def start(self, port: int | None = None) -> None:
        """Begin to open the tunnel, to another `port` if one is named; returns at once.

        After `close` it may be started again.
        """
        self._port = self._port if port is None else port
        self._closing.clear()
        self._status = TunnelStatus("opening")
        self._thread = threading.Thread(target=self._run, name="tunnel", daemon=True)
        atexit.register(self.close)
        self._on_change(self._status)
        self._thread.start()

    def close(self) -> None:
        """End the tunnel and its agent; more calls do nothing."""
        self._closing.set()
        atexit.unregister(self.close)
        if self._agent is not None:
            self._agent.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=3)  # a download under way is left to the daemon thread
        self._change(TunnelStatus("closed"))

    def _run(self) -> None:
        """Open, watch, and open again, with pauses that grow while it does not last."""
        failures = 0
        while not self._closing.is_set():
            lasted = 0.0
            try:
                lasted = self._serve_once()
                self._change(TunnelStatus("opening"))
            except ShareError as error:
                self._change(TunnelStatus("failed", error=error))
                if isinstance(error, RefusedError):
                    return
            failures = 1 if lasted > STEADY else failures + 1
            self._closing.wait(self._pauses[min(failures, len(self._pauses)) - 1])

    def _serve_once(self) -> float:
        """Open the tunnel and return when it is lost: the seconds it lasted."""
        agent = self._agent = self.service.agent()
        try:
            if self._closing.is_set():  # `close` may have seen the agent before this one
                return 0.0
            url = agent.open(self._port, self._deadline)
            opened = time.monotonic()
            self._change(TunnelStatus("open", url))
            while not agent.ended.wait(self._look_every) and agent.serves(url):
                pass
            return time.monotonic() - opened
        finally:
            agent.stop()

    def _change(self, status: TunnelStatus) -> None:
        with self._lock:
            over = self._closing.is_set() and status.state != "closed"
            if over or status.says_the_same(self._status):
                return
            self._status = status
            self._on_change(status)
