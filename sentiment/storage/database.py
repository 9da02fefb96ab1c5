"""Where what must survive a restart is kept: one SQLite file, or a PostgreSQL that replicas share.

Whoever keeps something goes through `opened` and `transaction`, and writes SQL that both
understand; where they differ, `Connection` says how. A place is the folder of the SQLite file, or
the address of a PostgreSQL.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sentiment.errors import StoreError, full, is_full
from sentiment.storage import migrations
from sentiment.storage.migrations import migrate, version

NAME = "sentiment.sqlite3"

BUSY = 10.0
"""Seconds to wait for another connection that writes."""

Place = Path | str
"""The folder of a SQLite file, or the address of a PostgreSQL."""

Values = Sequence[Any] | Mapping[str, Any]
"""What stands for the ``?`` or ``:name`` of a statement."""


class Rows(Protocol):
    """What a statement found; a row answers by number and by name."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """All that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection of its thread; ``with connection:`` is a transaction."""

    skipping: str
    """Put behind a SELECT in an UPDATE: passes over rows that somebody else is just taking."""

    def execute(self, sql: str, values: Values = ..., /) -> Rows:
        """Run a statement."""
        ...

    def executemany(self, sql: str, values: Iterable[Values], /) -> object:
        """Run a statement for each of the values."""
        ...

    def now(self) -> float:
        """Seconds since 1970, the same for all who share the store."""
        ...

    def alone(self) -> AbstractContextManager[object]:
        """A transaction in which nobody else is in one of these: look, then write."""
        ...

    def __enter__(self) -> object: ...

    def __exit__(self, *about: Any) -> Any: ...


class Sqlite(sqlite3.Connection):
    """A connection to the file; others of this computer wait while it writes."""

    skipping = ""

    def now(self) -> float:
        """This computer's clock."""
        return time.time()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A transaction that writes from its beginning."""
        self.execute("BEGIN IMMEDIATE")
        with self:
            yield


@contextmanager
def opened(place: Place) -> Iterator[Connection]:
    """A connection to the store, which is made where missing; given back at the end.

    A connection belongs to its thread: open one where it is needed, which takes a fraction of a
    millisecond. Raises `StoreError` where there is none to be had, or the store is of a newer
    program.
    """
    if isinstance(place, str):
        from sentiment.storage import postgres

        with postgres.opened(place) as shared:
            yield shared
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(place / NAME, timeout=BUSY, factory=Sqlite)
    except (OSError, sqlite3.Error) as error:
        raise unusable(place, error) from error
    try:
        connection.row_factory = sqlite3.Row
        prepare(connection, place)
        yield connection
    finally:
        connection.close()


def prepare(connection: sqlite3.Connection, folder: Path) -> None:
    """Set the connection up and run the steps of the schema that have not run."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer at once
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        migrate(connection)
    except sqlite3.DatabaseError as error:
        raise unusable(folder, error) from error
    if version(connection) > len(migrations.STEPS):
        raise StoreError(
            "{file} was written by a newer version of this program. Update the program, or name "
            "another folder in SENTIMENT_DATA.",
            file=folder / NAME,
        )


def unusable(place: Place, error: Exception) -> StoreError:
    """What to do where the file can't be used; PostgreSQL's errors say so themselves."""
    if isinstance(error, StoreError):
        return error
    if is_full(error):
        return full(Path(place))
    return StoreError(
        "{file} can't be used ({cause}). Make room on its disk, move the file away if it is "
        "damaged, or name another folder in SENTIMENT_DATA.",
        file=Path(place) / NAME,
        cause=error,
    )


def exists(place: Place) -> bool:
    """Whether there is a store; reading and deleting make none."""
    return isinstance(place, str) or (place / NAME).exists()


def forget(place: Place) -> None:
    """Take what was deleted out of the file's log too, while others have the store open."""
    if isinstance(place, Path):
        with opened(place) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def transaction(place: Place) -> Iterator[Connection]:
    """A transaction in the store; whatever keeps it from its end is a `StoreError`."""
    with opened(place) as connection:
        try:
            with connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise unusable(place, error) from error
