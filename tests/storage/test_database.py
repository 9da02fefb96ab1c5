"""The SQLite file that survives restarts."""

import sqlite3
from pathlib import Path

import pytest

from sentiment.errors import StoreError
from sentiment.storage import database, migrations


def test_steps_run_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of an older program gets the steps it lacks, and keeps its rows."""
    monkeypatch.setattr(migrations, "STEPS", ("CREATE TABLE one (x)",))
    with database.opened(tmp_path) as connection, connection:
        connection.execute("INSERT INTO one VALUES (1)")
    monkeypatch.setattr(
        migrations, "STEPS", (*migrations.STEPS, "ALTER TABLE one ADD y; CREATE TABLE two (z)")
    )
    for _ in range(2):
        with database.opened(tmp_path) as connection:
            assert [*connection.execute("SELECT x, y FROM one").fetchone()] == [1, None]
            assert connection.execute("PRAGMA user_version").fetchone()[0] == 2


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a schema would be worse than an old one."""
    monkeypatch.setattr(migrations, "STEPS", ("CREATE TABLE one (x); NONSENSE",))
    with pytest.raises(StoreError, match="NONSENSE"), database.opened(tmp_path):
        pass
    with sqlite3.connect(tmp_path / database.NAME) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_a_file_of_a_newer_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its schema is unknown here."""
    monkeypatch.setattr(migrations, "STEPS", ("CREATE TABLE one (x)", "CREATE TABLE two (x)"))
    with database.opened(tmp_path):
        pass
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:1])
    with pytest.raises(StoreError, match="newer"), database.opened(tmp_path):
        pass


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / database.NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=database.NAME), database.opened(tmp_path):
        pass
