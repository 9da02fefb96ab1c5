"""One process at a time: a lock that every system has, and that ends with its process."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sentiment.storage.database import Place, opened


@contextmanager
def locked(file: Path, keep: bool = True) -> Iterator[bool]:
    """Hold the lock that is `file`, whose folder is there; False where another process has it.

    It is SQLite's own. Without `keep` the file goes at the end, while the lock is still held:
    who comes then makes a new one. Windows removes no open file, so there it goes a moment later.
    """
    gone = True
    try:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                yield False
                return
            try:
                yield True
            finally:
                gone = keep or removed(file)
    finally:
        if not gone:
            removed(file)


@contextmanager
def only_one(place: Place, name: str) -> Iterator[bool]:
    """Hold a name of the store; False where another process, on any computer, has it."""
    if isinstance(place, Path):
        place.mkdir(parents=True, exist_ok=True)
        with locked(place / f"{name}.lock") as ours:
            yield ours
        return
    with opened(place) as connection:
        query = "SELECT pg_try_advisory_lock(hashtext(?))"
        yield bool(connection.execute(query, (name,)).fetchone()[0])
        connection.execute("SELECT pg_advisory_unlock(hashtext(?))", (name,))


def removed(file: Path) -> bool:
    """Whether a file could be removed."""
    try:
        file.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True
