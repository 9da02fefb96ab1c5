"""One process at a time: a lock that every system has, and that ends with its process."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


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


def removed(file: Path) -> bool:
    """Whether a file could be removed."""
    try:
        file.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True
