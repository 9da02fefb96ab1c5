"""The schema of the database, step by step.

Each step is SQL that runs once, in order; ``PRAGMA user_version`` counts the steps that have run.
A step that was released is never changed: a new one is added behind it. PostgreSQL runs the same
steps (`sentiment.storage.postgres`), so that what they do to rows has to be understood by both.
"""

import json
import sqlite3
import struct
from typing import Any

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

LABELS_1 = """
ALTER TABLE answers ADD probabilities BLOB;
UPDATE answers SET probabilities = doubles(1.0 - positive, positive) WHERE positive IS NOT NULL;
ALTER TABLE answers DROP COLUMN positive;
UPDATE jobs SET summary = labelled(summary) WHERE summary IS NOT NULL;
CREATE TABLE said (
    id INTEGER PRIMARY KEY,
    time TEXT NOT NULL,  -- of the last answer, UTC, ISO 8601
    model TEXT NOT NULL,
    model_id TEXT NOT NULL,
    sentence TEXT NOT NULL,
    positive REAL,  -- the model's probability of positive, NULL where there are other labels
    confidence REAL NOT NULL,  -- the model's probability of `label`
    label TEXT NOT NULL,  -- what the model said
    correct TEXT NOT NULL,  -- what the person said
    owner INTEGER NOT NULL,  -- whether the person was the owner
    times INTEGER NOT NULL DEFAULT 1,
    UNIQUE (model_id, sentence)
);
INSERT INTO said SELECT id, time, model, model_id, sentence, positive,
    iif(label, positive, 1.0 - positive), iif(label, 'positive', 'negative'),
    iif(correct, 'positive', 'negative'), owner, times FROM feedback;
DROP TABLE feedback;
ALTER TABLE said RENAME TO feedback
"""
"""Any number of labels, told by name; until here there were two."""

LEASES_1 = """
ALTER TABLE jobs ADD holder TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD leased REAL NOT NULL DEFAULT 0;
UPDATE jobs SET model = '' WHERE state IN ('queued', 'running')
"""
"""Who works on a job, and until when; until here nobody said which model it was sent to."""

CORRECTIONS_1 = """
CREATE TABLE corrections (
  job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
  row INTEGER NOT NULL,
  correct TEXT NOT NULL,  -- the name of the label that somebody says is right
  PRIMARY KEY (job, row)
) WITHOUT ROWID;
ALTER TABLE jobs ADD revision INTEGER NOT NULL DEFAULT 0
"""
"""What people say of rows; a revision tells results of before a change from those after it."""

STEPS = (FEEDBACK_1, FILES_1, NOTICES_1, LABELS_1, LEASES_1, CORRECTIONS_1)


def doubles(*values: float) -> bytes:
    """Numbers as the column ``answers.probabilities`` keeps them."""
    return struct.pack(f"<{len(values)}d", *values)


def labelled(summary: str) -> str:
    """A summary of before `LABELS_1`, which knew positive and negative alone, as of after it."""
    kept: dict[str, Any] | None = json.loads(summary)
    if not kept or "labels" in kept:
        return summary
    kept["labels"] = {
        "labels": [
            {"name": "negative", "korean": "부정", "english": "negative", "leaning": -1},
            {"name": "positive", "korean": "긍정", "english": "positive", "leaning": 1},
        ],
        "positive": 1,
        "negative": 0,
    }
    for label, other in (("positive", "negative"), ("negative", "positive")):
        for row in kept["typical"][label]:
            share = row.pop("positive")
            row["share"] = share if label == "positive" else 1 - share
        kept["words"][label] = [
            {"word": word["word"], "here": word[label], "elsewhere": word[other]}
            for word in kept["words"][label]
        ]
    return json.dumps(kept)


def version(connection: sqlite3.Connection) -> int:
    """How many steps of the schema have run."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Run what is missing, all of it or nothing; another process may want to at the same time."""
    if version(connection) >= len(STEPS):
        return
    connection.create_function("doubles", -1, doubles, deterministic=True)
    connection.create_function("labelled", 1, labelled, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")  # from here on nobody else migrates
    with connection:
        for number in range(version(connection), len(STEPS)):
            for statement in STEPS[number].split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
