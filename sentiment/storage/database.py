"""The SQLite file that keeps what must survive a restart: connections and transactions.

Whoever keeps something goes through `opened` and `transaction`; another database would stand
behind these.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.errors import StoreError, full, is_full
from sentiment.storage import migrations
from sentiment.storage.migrations import migrate, version

NAME = "sentiment.sqlite3"

BUSY = 10.0
"""Seconds to wait for another connection that writes."""


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the store in `folder`, both made where missing; closed at the end.

    Rows answer by column name. ``with connection:`` is a transaction. A connection belongs to
    its thread: open one where it is needed, which takes a fraction of a millisecond.
    Raises `StoreError` where the file can't be opened or is of a newer program.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / NAME, timeout=BUSY)
    except (OSError, sqlite3.Error) as error:
        raise unusable(folder, error) from error
    try:
        connection.row_factory = sqlite3.Row
        prepare(connection, folder)
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


def unusable(folder: Path, error: Exception) -> StoreError:
    """What to do where the file can't be used."""
    if is_full(error):
        return full(folder)
    return StoreError(
        "{file} can't be used ({cause}). Make room on its disk, move the file away if it is "
        "damaged, or name another folder in SENTIMENT_DATA.",
        file=folder / NAME,
        cause=error,
    )


def exists(folder: Path) -> bool:
    """Whether there is a store; reading and deleting make none."""
    return (folder / NAME).exists()


def forget(folder: Path) -> None:
    """Take what was deleted out of the file's log too, while others have the store open."""
    with opened(folder) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def transaction(folder: Path) -> Iterator[sqlite3.Connection]:
    """A transaction in the store; whatever keeps it from its end is a `StoreError`."""
    with opened(folder) as connection:
        try:
            with connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise unusable(folder, error) from error
