"""One run of the ngrok agent.

pyngrok knows where the agent is, downloads it and reads its log lines. Starting it is done here:
pyngrok reads the log without a time limit, hands the token over where a process list shows it, and
lets the agent print it to the terminal (in the text of ERR_NGROK_105, for one).
"""

import http.client
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyngrok import conf, installer
from pyngrok.exception import PyngrokError
from pyngrok.log import NgrokLog

from sentiment.share import ngrok_errors
from sentiment.share.process import Process
from sentiment.share.tokens import Token

LOCAL_ANSWER = 10.0
"""Seconds that the agent's API, on this machine, is waited for."""

OURS = ("authtoken", "web_addr", "log", "log_level", "log_format")
"""Agent options that are set here, or must be as the agent has them by itself."""


def agent_path() -> str:
    """Where the agent is, or is to be put: ``PYNGROK_NGROK_PATH``, else ngrok's own folder."""
    return str(conf.PyngrokConfig().ngrok_path)


def own_config() -> dict[str, Any]:
    """The person's own ngrok configuration; empty where there is none that can be read.

    Version 3 has the agent's options under ``agent``, version 2 and older at the top.
    """
    path = conf.get_config_path(conf.PyngrokConfig())
    try:
        config = installer.get_ngrok_config(path, use_cache=False)
    except Exception:  # not there, not readable, not YAML: then it says nothing
        return {}
    return config if isinstance(config, dict) else {}


def agent_options(config: dict[str, Any]) -> dict[str, Any]:
    """The agent's options in a configuration of any version: token, proxy, certificates ..."""
    if version(config) == "3":
        return config.get("agent") or {}
    return {key: value for key, value in config.items() if key not in ("version", "tunnels")}


def version(config: dict[str, Any]) -> str:
    """``3`` or ``2``; a file from before there were versions counts as 2."""
    return "3" if str(config.get("version", "2" if config else "3")) == "3" else "2"


def our_config(token: str, own: dict[str, Any]) -> dict[str, Any]:
    """A configuration with the person's way to the internet, our token and no endpoints.

    Inspection is off: the agent would keep and show what visitors send, the password too.
    """
    options = {key: value for key, value in agent_options(own).items() if key not in OURS}
    options |= {"authtoken": token, "inspect_db_size": -1}
    if version(own) == "3":
        return {"version": "3", "agent": options}
    return {"version": "2", **options}


def install(path: str) -> None:
    """Download the agent unless it is there; raises `ShareError`."""
    if Path(path).exists():
        return
    try:
        installer.install_ngrok(path)
    except (PyngrokError, OSError) as error:
        raise ngrok_errors.not_installed(path) from error


def bare_domain(domain: str | None) -> str | None:
    """The name alone of what people paste: ``https://name/`` -> ``name``."""
    return domain.strip().removeprefix("https://").rstrip("/") or None if domain else None


@dataclass(frozen=True)
class Ngrok:
    """ngrok as a service: the token of an account, and perhaps a name reserved there.

    `domain` may be as people paste it; None takes the name that ngrok gives.
    """

    token: Token | None
    domain: str | None = None

    name = "ngrok"

    def __str__(self) -> str:
        """The service, and where its token was found; never the token."""
        return f"ngrok ({self.token.source})" if self.token and self.token.source else "ngrok"

    def agent(self) -> "Agent":
        """An agent that can be opened; downloads it the first time. Raises `ShareError`."""
        if self.token is None:
            raise ngrok_errors.no_token()
        path = agent_path()
        install(path)
        return Agent(path, self.token.value, bare_domain(self.domain))


class Agent:
    """The agent as a process with one endpoint; every method may be called from any thread.

    `ended` is set as soon as the process is gone.
    """

    def __init__(self, path: str, token: str, domain: str | None = None) -> None:
        """Nothing is started yet; `domain` is a name reserved at ngrok."""
        own = own_config()
        self._path, self._domain = path, domain
        self._config = our_config(token, own)
        self._endpoints = "endpoints" if version(own) == "3" else "tunnels"
        self._address: str | None = None  # of the agent's API, host:port
        self._connected = False
        self._words = ""  # the last error in the agent's log
        self._settled = threading.Event()  # connected, refused or gone
        self._process = Process(self._follow, lambda: ngrok_errors.cannot_run(path))
        self.ended = self._process.ended

    def open(self, port: int, seconds: float) -> str:
        """Start the agent and its endpoint to `port`; returns the public address.

        Raises `ShareError` with the cause, after `seconds` at the latest.
        """
        until = time.monotonic() + seconds
        # The token in the environment may be another one, which would win over the file's.
        environment = {key: value for key, value in os.environ.items() if key != "NGROK_AUTHTOKEN"}
        self._process.start(self._command, environment)
        if not self._settled.wait(seconds) and not self._words:
            raise ngrok_errors.silent(seconds)
        if not self._ready():
            raise ngrok_errors.failure(self._words, self._path)
        try:
            status, reply = self._ask("POST", until, self._endpoint(port))
        except (OSError, http.client.HTTPException):
            raise ngrok_errors.silent(seconds) from None
        if status == http.HTTPStatus.NOT_FOUND:  # /api/endpoints is there since agent 3.30
            raise ngrok_errors.outdated(self._path)
        url = address(reply)
        if url is None:
            raise ngrok_errors.failure(json.dumps(reply) + self._words, self._path)
        return url

    def serves(self, url: str) -> bool:
        """Whether the agent still has an endpoint with that public address."""
        try:
            _, reply = self._ask("GET", time.monotonic() + LOCAL_ANSWER)
        except (OSError, http.client.HTTPException):
            return False
        listed = reply.get("endpoints") or reply.get("tunnels") or []
        return url in map(address, listed)

    def stop(self) -> None:
        """End the agent, now or before it is started."""
        self._process.stop()

    def _command(self, folder: Path) -> list[str]:
        """What runs the agent, with a configuration that only this user can read."""
        config = folder / "ngrok.yml"
        config.touch(mode=0o600)
        config.write_text(json.dumps(self._config), encoding="utf-8")  # JSON is YAML too
        return [self._path, "start", "--none", "--log", "stdout", "--config", str(config)]

    def _follow(self, line: str) -> None:
        if line:
            self._note(NgrokLog(line))
        else:  # the agent is gone
            self._settled.set()

    def _note(self, log: NgrokLog) -> None:
        refused = ngrok_errors.CODE.search(log.line)
        if refused or log.lvl in ("ERROR", "CRITICAL"):
            self._words = log.err or log.line
        message = log.msg or ""
        if "starting web service" in message:
            self._address = log.addr
        elif "client session established" in message:
            self._connected = True
        if refused or self._ready():
            self._settled.set()

    def _ready(self) -> bool:
        return self._connected and self._address is not None

    def _endpoint(self, port: int) -> dict[str, Any]:
        # Not "localhost": that may lead to another program, on ::1.
        if self._endpoints == "endpoints":
            upstream = {"name": "sentiment", "upstream": {"url": f"http://127.0.0.1:{port}"}}
            return upstream | ({"url": f"https://{self._domain}"} if self._domain else {})
        tunnel = {"name": "sentiment", "proto": "http", "addr": f"http://127.0.0.1:{port}"}
        return tunnel | ({"domain": self._domain} if self._domain else {})

    def _ask(self, method: str, until: float, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and answer of the agent's API, on this machine, which no proxy is asked for."""
        while True:
            connection = http.client.HTTPConnection(
                self._address or "", timeout=max(0.1, until - time.monotonic())
            )
            try:
                connection.request(
                    method,
                    f"/api/{self._endpoints}",
                    body and json.dumps(body),
                    {"Content-Type": "application/json"},
                )
                reply = connection.getresponse()
                return reply.status, as_object(reply.read())
            except ConnectionRefusedError:  # logged a moment before it listens
                if self.ended.wait(0.1) or time.monotonic() > until:
                    raise
            finally:
                connection.close()


def as_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is; empty for anything else."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def address(endpoint: dict[str, Any]) -> str | None:
    """The public address in what the agent's API says of an endpoint."""
    return endpoint.get("public_url") or endpoint.get("url")
