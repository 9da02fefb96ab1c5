"""The schema of the database, step by step.

Each step is SQL that runs once, in order; ``PRAGMA user_version`` counts the steps that have run.
A step that was released is never changed: a new one is added behind it.
"""

import sqlite3

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

NOTICES_1 = "ALTER TABLE answers ADD COLUMN notices TEXT NOT NULL DEFAULT ''"

STEPS = (FEEDBACK_1, FILES_1, NOTICES_1)


def version(connection: sqlite3.Connection) -> int:
    """How many steps of the schema have run."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Run what is missing, all of it or nothing; another process may want to at the same time."""
    if version(connection) >= len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")  # from here on nobody else migrates
    with connection:
        for number in range(version(connection), len(STEPS)):
            for statement in STEPS[number].split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
