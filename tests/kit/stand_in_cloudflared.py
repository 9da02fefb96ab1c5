#!/usr/bin/env python3
"""A stand-in for cloudflared: its log lines and its page ``/ready``, and no network.

What it does is said by ``behaviour.json`` beside it (a copy of it, made executable), a list with
one word for each run: ``open``, ``offline``, ``busy`` (Cloudflare gives out no more addresses),
``silent``, ``die`` (opens, then ends when asked whether it is ready), ``lost`` (opens, then says
that its tunnel is unknown). The last word serves all further runs. Each run appends its arguments
and process id to ``runs.jsonl``.
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = HERE / "runs.jsonl"
URL = "https://stand-in-of-the-tests.trycloudflare.com"
behaviour = "open"


def say(level: str, text: str) -> None:
    """One line of the log, as the program writes it to standard error."""
    sys.stderr.write(f"2026-01-01T00:00:00Z {level} {text}\n")
    sys.stderr.flush()


class Page(BaseHTTPRequestHandler):
    """``/ready``, as on the address of the metrics."""

    def do_GET(self) -> None:
        """Say that there are connections; some behaviours begin once that is asked for."""
        if behaviour == "die":
            os._exit(1)
        if behaviour == "lost":
            say(
                "ERR",
                'Register tunnel error from server side error="Unauthorized: Tunnel not found"',
            )
        body = json.dumps({"status": 200, "readyConnections": 1}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    """Do what is to be done."""
    global behaviour  # noqa: PLW0603 - one run, one behaviour
    words = json.loads((HERE / "behaviour.json").read_text())
    count = len(RUNS.read_text().splitlines()) if RUNS.exists() else 0
    behaviour = words[min(count, len(words) - 1)]
    with RUNS.open("a") as file:
        file.write(json.dumps({"arguments": sys.argv[1:], "pid": os.getpid()}) + "\n")
    say("INF", "Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account ...")
    say("INF", "Requesting new quick Tunnel on trycloudflare.com...")
    if behaviour == "silent":
        time.sleep(600)
    if behaviour == "offline":
        say(
            "ERR",
            'Error requesting tunnel error="Post \\"https://api.trycloudflare.com/tunnel\\": '
            'dial tcp: lookup api.trycloudflare.com: no such host"',
        )
        sys.exit(1)
    if behaviour == "busy":
        say(
            "ERR",
            'Error unmarshaling QuickTunnel response: error code: 1015 status_code="429 Too '
            'Many Requests"',
        )
        sys.exit(1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    say("INF", "+" + "-" * 90 + "+")
    say("INF", "|  Your quick Tunnel has been created! Visit it at (it may take some time ...):  |")
    say("INF", f"|  {URL}  |")
    say("INF", f"Starting metrics server on 127.0.0.1:{server.server_port}/metrics")
    threading.Timer(
        0.05,
        say,
        (
            "INF",
            "Registered tunnel connection connIndex=0 ip=198.41.200.13 "
            "location=icn06 protocol=quic",
        ),
    ).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
