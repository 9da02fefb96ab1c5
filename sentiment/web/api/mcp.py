"""The Model Context Protocol at ``/mcp``: from our WSGI server to the SDK's ASGI one."""

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

from flask import Flask, Response, request
from mcp.server import MCPServer
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from sentiment.web.api.mcp_tools import mcp_server
from sentiment.web.guard.bodies import takes
from sentiment.web.kit.fields import body

MAX_BODY = 2 * 1024 * 1024
"""Bytes taken of a request, as of the API."""


class Bridge:
    """Answers requests of our WSGI app by the SDK's server, in an event loop of its own."""

    def __init__(self, server: MCPServer[Any]) -> None:
        """Start the loop; each request is a session of its own, answered as JSON."""
        lowlevel = server._lowlevel_server
        self._manager = StreamableHTTPSessionManager(lowlevel, json_response=True, stateless=True)
        self._loop = asyncio.new_event_loop()
        self._ready: Future[None] = Future()
        threading.Thread(target=self._run, name="mcp", daemon=True).start()
        self._ready.result()

    def _run(self) -> None:
        async def forever() -> None:
            async with self._manager.run():
                self._ready.set_result(None)
                await asyncio.Event().wait()

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(forever())

    def answer(self, body: bytes) -> Response:
        """The SDK's answer to the request at hand, whose body this is."""
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "path": request.path,
            "raw_path": request.path.encode(),
            "query_string": request.query_string,
            "headers": headers,
            "scheme": request.scheme,
        }
        return asyncio.run_coroutine_threadsafe(self._answer(scope, body), self._loop).result()

    async def _answer(self, scope: dict[str, Any], body: bytes) -> Response:
        sent: list[dict[str, Any]] = []
        bodies = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(bodies, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._manager.handle_request(scope, receive, send)  # type: ignore[arg-type]
        [start] = [message for message in sent if message["type"] == "http.response.start"]
        data = b"".join(
            message.get("body", b"") for message in sent if message["type"] == "http.response.body"
        )
        headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
        return Response(data, start["status"], headers)


def init_app(app: Flask, model: str) -> None:
    """Answer at ``/mcp`` with the app's engine; `model` is where its card may lie."""
    bridge = Bridge(mcp_server(app.extensions["engine"], model))

    @app.post("/mcp")
    @takes(MAX_BODY)
    def mcp() -> Response:
        """One message of the protocol, answered as JSON."""
        return bridge.answer(body())
