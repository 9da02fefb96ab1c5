#!/usr/bin/env python3
"""A stand-in for the ngrok agent: its log lines and its local API, and no network.

What it does is said by ``behaviour.json`` beside it (a copy of it, made executable), a list with
one word for each run: ``open``, a code such as ``ERR_NGROK_4018``, ``late:ERR_NGROK_334`` (refuses
the endpoint, not the session), ``silent``, ``offline``, ``old``, ``die`` (opens, then ends itself
when asked for its endpoints) or ``vanish`` (opens, then loses the endpoint). The last word serves
all further runs. Each run appends its arguments, configuration and process id to ``runs.jsonl``.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RUNS = HERE / "runs.jsonl"

endpoints: list[dict[str, Any]] = []
behaviour = "open"


def say(line: str) -> None:
    """One line of the log, as the agent writes it with ``--log stdout``."""
    print(f"t=2026-01-01T00:00:00+0000 {line}", flush=True)  # noqa: T201


class Api(BaseHTTPRequestHandler):
    """``/api/endpoints``, and ``/api/tunnels`` of configuration version 2."""

    def do_GET(self) -> None:
        """List the endpoints; some behaviours begin once an open one has been asked for."""
        if endpoints and behaviour == "die":
            os._exit(1)
        if endpoints and behaviour == "vanish":
            endpoints.clear()
        self.answer(200, {self.path.removeprefix("/api/"): endpoints, "uri": self.path})

    def do_POST(self) -> None:
        """Open an endpoint, under the name asked for or one of our own."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if behaviour == "old":
            self.answer(404, {"status_code": 404, "msg": "not found"})
        elif behaviour.startswith("late:"):
            text = f"failed to start tunnel: {behaviour.removeprefix('late:')}"
            self.answer(502, {"error_code": 103, "status_code": 502, "details": {"err": text}})
        else:
            name = asked.get("url", "").removeprefix("https://") or asked.get("domain")
            url = f"https://{name or 'stand-in.ngrok-free.app'}"
            endpoints.append(asked | {"public_url" if "proto" in asked else "url": url})
            self.answer(201, endpoints[-1])

    def do_DELETE(self) -> None:
        """Close every endpoint."""
        endpoints.clear()
        self.answer(204, {})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """Send JSON."""
        text = b"" if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """The agent does not log these."""


def record() -> str:
    """Note this run, and return its behaviour."""
    config = Path(sys.argv[sys.argv.index("--config") + 1])
    run = {
        "pid": os.getpid(),
        "arguments": sys.argv[1:],
        "config": json.loads(config.read_text()),
        "modes": [oct(path.stat().st_mode & 0o777) for path in (config, config.parent)],
        "environment_token": os.environ.get("NGROK_AUTHTOKEN"),
    }
    with RUNS.open("a") as runs:
        runs.write(json.dumps(run) + "\n")
    words: list[str] = json.loads((HERE / "behaviour.json").read_text())
    return words[min(len(RUNS.read_text().splitlines()), len(words)) - 1]


def main() -> None:
    """Behave."""
    global behaviour  # noqa: PLW0603 - one agent is one process
    behaviour = record()
    if behaviour.startswith("ERR_"):
        config = json.dumps(json.loads(Path(sys.argv[-1]).read_text()))
        print(f"ERROR: authentication failed: {config}", file=sys.stderr)  # noqa: T201
        say(f'lvl=eror msg="failed to auth" obj=tunnels err="authentication failed: {behaviour}"')
        sys.exit(1)
    if behaviour in ("silent", "offline"):
        if behaviour == "offline":
            say('lvl=eror msg="failed to connect" err="dial tcp: lookup ngrok: no such host"')
        time.sleep(600)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    say(f'lvl=info msg="starting web service" obj=web addr=127.0.0.1:{server.server_port}')
    say('lvl=info msg="tunnel session started" obj=tunnels.session')
    say('lvl=info msg="client session established" obj=csess id=1')
    server.serve_forever()


if __name__ == "__main__":
    main()
