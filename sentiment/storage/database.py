"""The SQLite file that keeps what must survive a restart: opened with its schema up to date.

Each step of the schema is SQL that runs once, in order; ``PRAGMA user_version`` counts the steps
that have run. A step that was released is never changed: a new one is added behind it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.errors import StoreError

NAME = "sentiment.sqlite3"

FEEDBACK_1 = """
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    time TEXT NOT NULL,  -- of the last answer, UTC, ISO 8601
    model TEXT NOT NULL,
    model_id TEXT NOT NULL,
    sentence TEXT NOT NULL,
    positive REAL NOT NULL,  -- the model's probability
    label INTEGER NOT NULL,  -- what the model said: 0 negative, 1 positive
    correct INTEGER NOT NULL,  -- what the person said
    owner INTEGER NOT NULL,  -- whether the person was the owner
    times INTEGER NOT NULL DEFAULT 1,
    UNIQUE (model_id, sentence)
)"""

FILES_1 = """
CREATE TABLE jobs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  visitor TEXT NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,
  made REAL NOT NULL,
  ended REAL,
  size INTEGER NOT NULL,
  layout TEXT NOT NULL,
  text TEXT NOT NULL,
  label TEXT,
  grouping TEXT,
  model TEXT NOT NULL DEFAULT '',
  total INTEGER,
  done INTEGER NOT NULL DEFAULT 0,
  seconds REAL NOT NULL DEFAULT 0,
  problem TEXT,
  summary TEXT
);
CREATE TABLE answers (
  job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  row INTEGER NOT NULL,
  positive REAL,
  problem TEXT,
  PRIMARY KEY (job, row)
) WITHOUT ROWID
"""

STEPS = (FEEDBACK_1, FILES_1)

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
        if version(connection) < len(STEPS):
            migrate(connection)
    except sqlite3.DatabaseError as error:
        raise unusable(folder, error) from error
    if version(connection) > len(STEPS):
        raise StoreError(
            "{file} was written by a newer version of this program. Update the program, or name "
            "another folder in SENTIMENT_DATA.",
            file=folder / NAME,
        )


def version(connection: sqlite3.Connection) -> int:
    """How many steps of the schema have run."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Run what is missing, all of it or nothing; another process may want to at the same time."""
    connection.execute("BEGIN IMMEDIATE")  # from here on nobody else migrates
    with connection:
        for number in range(version(connection), len(STEPS)):
            for statement in STEPS[number].split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def unusable(folder: Path, error: Exception) -> StoreError:
    """What to do where the file can't be used."""
    return StoreError(
        "{file} can't be used ({cause}). Make room on its disk, move the file away if it is "
        "damaged, or name another folder in SENTIMENT_DATA.",
        file=folder / NAME,
        cause=error,
    )
