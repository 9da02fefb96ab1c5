"""Strangers who come through a real nginx or HAProxy on this computer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.hostile import answers, hidden
from sentiment.serving.engine import Engine
from sentiment.settings import Settings
from sentiment.web.kit.identity import Owner
from tests.kit.app import create_app
from tests.kit.proxies import haproxy, nginx
from tests.kit.serving import serving
from tests.kit.small import small_classifier

RATE = 3
OWNERS = ("/metrics", "/feedback")
"""What only the owner may see; to others it is not there."""

SEEN = b"sentiment_queue_sentences"
"""What the owner reads in the first of them."""


def plain_nginx(page: int) -> AbstractContextManager[int]:
    """As its manual begins: nothing tells who is behind it. Connections to the page are kept."""
    return nginx(
        "location / { proxy_pass http://page; proxy_http_version 1.1; "
        'proxy_set_header Connection ""; proxy_set_header Host $host; }',
        f"upstream page {{ server 127.0.0.1:{page}; keepalive 8; }}",
    )


def plain_haproxy(page: int) -> AbstractContextManager[int]:
    """Likewise; requests of different senders share connections."""
    return haproxy(f"http-reuse always\n    server page 127.0.0.1:{page}")


PLAIN = {"nginx": plain_nginx, "haproxy": plain_haproxy}


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine for an app."""
    with closing(Engine(small_classifier())) as engine:
        yield engine


def made(engine: Engine, data: Path, **settings: object) -> Flask:
    """An app that visitors may ask a few times a minute."""
    return create_app(engine, Settings(data=data, visitor_rate=RATE, **settings))  # type: ignore[arg-type]


def ask(
    port: int, path: str, address: str = "127.0.0.1", body: str | None = None, **headers: str
) -> tuple[int, bytes, str]:
    """Status, body and cookie of an honest request from an address."""
    with closing(HTTPConnection("127.0.0.1", port, 20, (address, 0))) as connection:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(
            "GET" if body is None else "POST", path, body, {"Host": "localhost", **sent}
        )
        reply = connection.getresponse()
        return reply.status, reply.read(), (reply.getheader("Set-Cookie") or "").partition(";")[0]


def owner_of(app: Flask, port: int) -> str:
    """The cookie for which the link in the terminal is exchanged."""
    proof: Owner = app.extensions["owner"]
    return ask(port, proof.link(""))[2]


@pytest.mark.parametrize("proxy", PLAIN)
@pytest.mark.parametrize("how", [{"proxy": True}, {"share": "auto", "share_open": True}])
def test_nobody_is_the_owner_for_coming_from_here(
    engine: Engine, tmp_path: Path, proxy: str, how: dict[str, object]
) -> None:
    """Only who has the link is, through the proxy too."""
    app = made(engine, tmp_path, **how)
    with serving(app) as server, PLAIN[proxy](server.port) as port:
        assert ask(port, "/")[0] == 200
        assert [ask(port, path)[0] for path in OWNERS] == [404, 404]
        mine = owner_of(app, port)
        assert SEEN in ask(port, "/metrics", Cookie=mine)[1]
        assert [ask(port, path)[0] for path in OWNERS] == [404, 404]


@pytest.mark.slow
@pytest.mark.parametrize("proxy", PLAIN)
def test_what_is_smuggled_through_a_proxy_is_never_the_owners(
    engine: Engine, tmp_path: Path, proxy: str
) -> None:
    """Nor does it come between the owner and an answer on the connections that they share."""
    app = made(engine, tmp_path, proxy=True)
    with serving(app) as server, PLAIN[proxy](server.port) as port, ThreadPoolExecutor(16) as pool:
        mine = owner_of(app, port)
        found = pool.map(partial(answers, port, patience=0.5), hidden())
        for answer, _ in found:
            assert SEEN not in answer
            assert b"Traceback" not in answer
            status, text, _ = ask(port, "/metrics", Cookie=mine)
            assert (status, SEEN in text) == (200, True)


def judged(port: int, address: str, **headers: str) -> int:
    """The status of a sentence from an address."""
    return ask(port, "/api", address, '"good"', Content_Type="application/json", **headers)[0]


ADDRESSES = ("127.0.0.2", "127.0.0.3")


def test_visitors_are_told_apart_by_a_proxy_that_we_were_told_of(
    engine: Engine, tmp_path: Path
) -> None:
    """By what it has written itself, whatever they claim."""
    forward = "location / { proxy_pass http://127.0.0.1:%s; proxy_set_header Host $host;"
    forward += " proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }"
    app = made(engine, tmp_path, proxy=True)
    with serving(app) as server, nginx(forward % server.port) as port:
        for address in ADDRESSES:
            found = [judged(port, address, X_Forwarded_For=f"9.9.9.{i}") for i in range(RATE + 1)]
            assert found == [200] * RATE + [429]


@pytest.mark.parametrize("proxy", PLAIN)
def test_without_being_told_claims_count_nothing(
    engine: Engine, tmp_path: Path, proxy: str
) -> None:
    """All who come through a plain proxy are one visitor."""
    app = made(engine, tmp_path, share="auto", share_open=True)
    with serving(app) as server, PLAIN[proxy](server.port) as port:
        found = [judged(port, ADDRESSES[i % 2], X_Forwarded_For=f"9.9.9.{i}") for i in range(RATE)]
        assert found == [200] * RATE
        assert judged(port, ADDRESSES[0], X_Forwarded_For="8.8.8.8") == 429
