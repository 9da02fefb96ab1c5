"""What replicas of one page count together: attempts, rates, links; and what they must be told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from sentiment.commands.replicas import check
from sentiment.errors import SettingsError
from sentiment.settings import Settings
from sentiment.web.guard.attempts import FREE
from tests.kit import stores
from tests.kit.app import create_app, owners
from tests.kit.small import POSITIVE, small_classifier

pytest.importorskip("redis")

PASSWORD = "한 낱말"
SECRET = "a secret of this test alone"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A Redis of this file."""
    with stores.redis() as address:
        yield address


def replicas(server: str, data: Path, number: int, **more: object) -> list[Flask]:
    """Apps of one page; each test has a database of its own."""
    import redis

    address = server.replace("/0", f"/{number}")
    with redis.Redis.from_url(address) as client:
        client.flushdb()
    values = {"redis": address, "secret_key": SECRET, "password": PASSWORD, **more}
    return [
        create_app(small_classifier(), Settings(data=data, **values))  # type: ignore[arg-type]
        for _ in range(2)
    ]


def test_a_burst_over_replicas_passes_the_limit_to_the_attempt(server: str, tmp_path: Path) -> None:
    """Of 16 passwords at once at two replicas exactly as many are looked at as of one by one."""
    apps = replicas(server, tmp_path, 1)

    def attempt(number: int) -> int:
        browser = apps[number % 2].test_client()
        return browser.post("/login", data={"password": "wrong"}).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(attempt, range(16)))
    assert sorted(statuses) == [401] * FREE + [429] * (16 - FREE)
    for app in apps:  # and the right one waits at both
        reply = app.test_client().post("/login", data={"password": PASSWORD})
        assert reply.status_code == 429
        assert 0 < int(reply.headers["Retry-After"]) <= 30


def test_the_right_password_forgets_wrong_ones_everywhere(server: str, tmp_path: Path) -> None:
    """Whoever mistyped at one and came in at the other begins anew."""
    one, other = replicas(server, tmp_path, 2)
    for _ in range(FREE - 1):
        one.test_client().post("/login", data={"password": "wrong"})
    assert other.test_client().post("/login", data={"password": PASSWORD}).status_code == 303
    assert one.test_client().post("/login", data={"password": "wrong"}).status_code == 401
    assert other.test_client().post("/login", data={"password": PASSWORD}).status_code == 303


def test_rates_are_those_of_the_page(server: str, tmp_path: Path) -> None:
    """However many replicas a visitor asks."""
    apps = replicas(server, tmp_path, 3, visitor_rate=7, password=None)

    def ask(number: int) -> int:
        return apps[number % 2].test_client().post("/api", json=POSITIVE).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(20)))
    assert sorted(statuses) == [200] * 7 + [429] * 13


def test_a_link_makes_an_owner_at_all_replicas_once(server: str, tmp_path: Path) -> None:
    """Opened at whichever the proxy chose, whoever printed it."""
    one, other = replicas(server, tmp_path, 4)
    link = one.extensions["owner"].link("")
    browser = other.test_client()
    assert browser.get(link).status_code == 303
    cookie = browser.get_cookie("sentiment_owner")
    assert cookie
    second = one.test_client()
    second.set_cookie("sentiment_owner", cookie.value)
    assert browser.get("/feedback").status_code == second.get("/feedback").status_code == 200
    for app in (one, other):
        assert app.test_client().get(link).location.startswith("/login")
    assert owners(one).get("/feedback").status_code == 200


def test_without_redis_nobody_is_let_through(tmp_path: Path) -> None:
    """Limits that cannot be counted are not waived; the page says that it is a matter of time."""
    with stores.redis() as address:
        app, _ = replicas(address, tmp_path, 0)
        free, _ = replicas(address, tmp_path, 1, password=None)
    assert app.test_client().post("/login", data={"password": PASSWORD}).status_code == 503
    reply = free.test_client().post("/api", json=POSITIVE)
    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert free.test_client().get("/healthz").status_code == 200
    with pytest.raises(SettingsError, match="SENTIMENT_REDIS"):
        create_app(small_classifier(), Settings(data=tmp_path, redis=address))


@pytest.mark.parametrize(
    "lacking",
    [
        "SENTIMENT_DATABASE",
        "SENTIMENT_REDIS",
        "SENTIMENT_FILES",
        "SENTIMENT_SECRET_KEY",
        "SENTIMENT_PROXY_HOPS",
    ],
)
def test_a_replica_says_what_it_lacks(lacking: str) -> None:
    """All of it belongs together; a page alone needs none of it."""
    values: dict[str, object] = {
        "database": "postgresql://127.0.0.1:1/x",
        "redis": "redis://127.0.0.1:1",
        "files": "/nowhere",
        "secret_key": SECRET,
        "proxy_hops": 1,
    }
    del values[lacking.removeprefix("SENTIMENT_").lower()]
    with pytest.raises(SettingsError, match=lacking):
        check(Settings(**values))  # type: ignore[arg-type]
    check(Settings(secret_key=SECRET, proxy_hops=1))
    with pytest.raises(SettingsError, match="characters"):
        check(Settings(secret_key="short"))
