"""What is counted of visitors: in this process, or in the Redis that all replicas share."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from limits.storage import MemoryStorage, Storage

from sentiment.errors import SettingsError, UnavailableError
from sentiment.settings import install_line

Record = tuple[float, ...]
"""What is remembered of somebody."""

Change = Callable[[Record, float], Record]
"""What becomes of a record, () for none, at a moment in seconds."""

MOST = 100_000
"""Records that are kept in memory, the latest."""


class Counts(Protocol):
    """Records by name, each changed in one step whoever else changes it."""

    def change(self, name: str, change: Change, seconds: float) -> None:
        """Replace the record of a name, to be kept for so long; () forgets it."""
        ...

    def offer(self, token: str, seconds: float) -> None:
        """Let a token be taken once."""
        ...

    def take(self, token: str) -> bool:
        """Whether a token was offered and not taken yet."""
        ...

    def limits(self) -> Storage:
        """Where the library for rates keeps its own."""
        ...


class Memory:
    """Counts of this process."""

    def __init__(self) -> None:
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._tokens: set[str] = set()
        self._lock = threading.Lock()  # or a burst would all be looked at before the first counts

    def change(self, name: str, change: Change, seconds: float) -> None:
        """The latest records stay, for as long as there is room."""
        with self._lock:
            record = change(self._records.pop(name, ()), time.monotonic())
            if record:
                self._records[name] = record
            if len(self._records) > MOST:
                self._records.popitem(last=False)

    def offer(self, token: str, seconds: float) -> None:
        """Until the process ends."""
        with self._lock:
            self._tokens.add(token)

    def take(self, token: str) -> bool:
        """Once."""
        with self._lock:
            known = token in self._tokens
            self._tokens.discard(token)
            return known

    def limits(self) -> Storage:
        """In memory, too."""
        return MemoryStorage()


class Redis:
    """Counts of all replicas; raises `UnavailableError` where Redis can't be reached."""

    def __init__(self, address: str) -> None:
        """Connect; raises `SettingsError` where that is impossible from the start."""
        try:
            import redis
        except ImportError as error:
            raise SettingsError(
                "Redis needs its client, which is not installed. Install it with: {line}",
                line=install_line("server"),
            ) from error
        self._address = address
        try:
            self._redis: Any = redis.Redis.from_url(
                address, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
            )
            self._redis.ping()
        except (redis.RedisError, ValueError) as error:
            raise SettingsError(
                "The Redis of SENTIMENT_REDIS can't be used ({cause}). See that it runs and that "
                "the address is right.",
                cause=error,
            ) from error

    def change(self, name: str, change: Change, seconds: float) -> None:
        """Looked at and written in one transaction, tried again where another came between."""
        key = f"sentiment:{name}"

        def attempt(pipe: Any) -> None:
            whole, part = pipe.time()
            kept = pipe.get(key)
            record = change(tuple(map(float, kept.split())) if kept else (), whole + part / 1e6)
            pipe.multi()
            if record:
                pipe.set(key, " ".join(map(repr, record)), ex=int(seconds))
            else:
                pipe.delete(key)

        with reached():
            self._redis.transaction(attempt, key)

    def offer(self, token: str, seconds: float) -> None:
        """At whichever replica it is taken."""
        with reached():
            self._redis.set(f"sentiment:token:{token}", 1, ex=int(seconds))

    def take(self, token: str) -> bool:
        """Once, of all."""
        with reached():
            return bool(self._redis.delete(f"sentiment:token:{token}"))

    def limits(self) -> Storage:
        """The same Redis, by scripts of the library that run in one step."""
        from limits.storage import RedisStorage

        return RedisStorage(self._address, socket_timeout=5, socket_connect_timeout=5)


COUNTS = "counts"
"""Where ``app.extensions`` holds the app's `Counts`."""


def counts(address: str) -> Counts:
    """Those of this process, or of the Redis at an address; raises `SettingsError`."""
    return Redis(address) if address else Memory()


@contextmanager
def reached() -> Iterator[None]:
    """Without Redis nobody can be counted: then nothing is let through."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, redis_errors()):
            raise
        raise UnavailableError(
            "Requests can't be counted just now. Wait a moment and try again."
        ) from error


def redis_errors() -> tuple[type[Exception], ...]:
    """What Redis's client raises; nothing where it is not installed."""
    try:
        from redis import RedisError
    except ImportError:
        return ()
    return (RedisError,)
