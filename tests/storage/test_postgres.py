"""The same statements on a PostgreSQL that replicas share."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sentiment.bulk.results import kept_result
from sentiment.bulk.worker import Worker
from sentiment.errors import StoreError
from sentiment.model.inference import Prediction
from sentiment.serving.engine import Engine
from sentiment.storage import (
    answers,
    corrections,
    feedback,
    jobs,
    leases,
    migrations,
    postgres,
    remote,
    retention,
    steering,
)
from sentiment.storage.database import Connection, opened
from sentiment.storage.jobs import Job
from sentiment.storage.lock import only_one
from sentiment.tables.answers import RowAnswer
from sentiment.tables.plan import examine
from tests.kit import stores
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

psycopg = pytest.importorskip("psycopg")

KEEP = 3600.0
MODEL = ("word-weights", "id")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL of this file."""
    with stores.postgres() as address:
        yield address
        postgres.close()


@pytest.fixture
def place(server: str) -> str:
    """Its database, empty."""
    with opened(server) as connection, connection:
        for table in ("jobs", "feedback"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words
    return server


def add(connection: Connection, data: Path, count: int, model: str = "") -> Job:
    """A queued job of as many reviews."""
    job_id = retention.new_id()
    path = retention.source(data, job_id)
    path.parent.mkdir(parents=True)
    lines = (f"{NEGATIVE if row % 3 else POSITIVE} {row}" for row in range(count))
    path.write_text("\n".join(["text", *lines]) + "\n", "utf-8")
    jobs.add(connection, job_id, "리뷰.csv", path.stat().st_size, examine(path, "리뷰.csv"))
    job = jobs.find(connection, job_id)
    assert job
    steering.start(connection, job, "text", None, None, model)
    return job


def again(connection: Connection, job: Job) -> Job:
    """The job as it stands."""
    found = jobs.find(connection, job.id)
    assert found
    return found


def test_a_result_is_the_same_bytes_wherever_it_was_made(place: str, tmp_path: Path) -> None:
    """By two workers on one database, and by one on SQLite."""
    results = []
    for folder, store in ((tmp_path / "one", place), (tmp_path / "other", tmp_path / "other")):
        engine = Engine(small_classifier())
        with opened(store) as connection:
            job = add(connection, folder, 600)
            Worker(engine, folder, KEEP, store).work()
            job = again(connection, job)
            assert (job.state, job.done, job.total) == ("done", 600, 600)
            results.append(
                [
                    kept_result(connection, folder, job, kind).read_bytes()
                    for kind in ("csv", "xlsx")
                ]
            )
            retention.remove(connection, folder, job.id)
            assert connection.execute("SELECT count(*) FROM answers").fetchone()[0] == 0
        engine.close()
    assert results[0] == results[1]


def test_no_two_take_one_job(place: str, tmp_path: Path) -> None:
    """Of workers that look at the same moment each has another job, or none."""
    with opened(place) as connection:
        made = {add(connection, tmp_path, 1).id for _ in range(5)}
    start = threading.Barrier(8)

    def look(number: int) -> str | None:
        with opened(place) as connection:
            start.wait()
            job = leases.take(connection, f"worker {number}", "model")
            return job.id if job else None

    with ThreadPoolExecutor(8) as pool:
        taken = [job for job in pool.map(look, range(8)) if job]
    assert len(taken) == len(set(taken))
    assert set(taken) <= made
    with opened(place) as connection:  # who found its row locked looks again, a moment later
        while job := leases.take(connection, "late", "model"):
            taken.append(job.id)
            jobs.finish(connection, job, {})
    assert sorted(taken) == sorted(made)


def test_a_worker_that_was_held_up_keeps_nothing(place: str, tmp_path: Path) -> None:
    """As in SQLite: whoever has the job by now is the only one."""
    with opened(place) as one, opened(place) as other:
        add(one, tmp_path, 3)
        held = leases.take(one, "one", "model")
        assert held
        held = jobs.run(one, held, "model")
        leases.release(one, held)
        taken = leases.take(other, "other", "model")
        assert taken
        assert answers.record(other, taken, 0, [RowAnswer((0.75, 0.25))] * 2, 1.0)
        assert not answers.record(one, held, 0, [RowAnswer((0.5, 0.5))], 1.0)
        assert not answers.record(one, held, 2, [RowAnswer((0.5, 0.5))], 1.0)
        assert [each.probabilities for each in answers.recorded(one, taken)] == [(0.75, 0.25)] * 2
        assert answers.problems(one, taken, 5) == {}
        corrections.correct(one, taken, 2, "negative")
        assert (corrections.count(one, taken), corrections.corrected(other, taken)) == (
            1,
            {2: "negative"},
        )
        steering.stop(one, taken)  # a person may, at any replica; its worker notices
        assert again(one, taken).state == "stopping"
        assert not leases.unchanged(other, taken)


def test_feedback_is_kept_and_found(place: str) -> None:
    """Counted, searched, exported and forgotten as in SQLite."""
    [said] = small_classifier().predict([POSITIVE])
    assert isinstance(said, Prediction)
    for correct in ("negative", "positive", "negative"):
        feedback.keep(place, said, correct, MODEL, owner=False)
    found = feedback.search(place, "재미", wrong=True)
    assert (found.stored, found.matching, found.wrong) == (1, 1, 1)
    [row] = found.rows
    assert (row["sentence"], row["times"], row["owner"]) == (POSITIVE, 3, 0)
    assert feedback.search(place, "100%_'").matching == 0
    assert feedback.exported(place).splitlines()[1].startswith(f"{POSITIVE}\tnegative\t")
    feedback.delete(place, "x")
    feedback.delete(place, str(row["id"]))
    assert feedback.search(place).stored == 0


def test_the_schema_is_made_once_and_a_newer_one_refused(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By replicas that start at the same moment, in a database of their own."""
    with opened(server) as connection:
        connection.execute("DROP DATABASE IF EXISTS fresh")
        connection.execute("CREATE DATABASE fresh")
    address = server.replace("/postgres", "/fresh")

    def start(_: int) -> None:
        with psycopg.connect(address, autocommit=True, row_factory=postgres.rows) as new:
            postgres.migrate(postgres.Postgres(new))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "ALTER TABLE jobs ADD later TEXT"))
    start(0)
    start(0)
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[:-1])
    with pytest.raises(StoreError, match="newer"):
        start(0)


def test_a_database_that_is_not_there_is_told() -> None:
    """With its cause, and without the password."""
    with pytest.raises(StoreError) as caught, opened("postgresql://page:secret@127.0.0.1:1/x"):
        pass
    assert "SENTIMENT_DATABASE" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_one_process_has_a_name(place: str) -> None:
    """Such as that of the tunnel; the next one may have it afterwards."""
    with only_one(place, "tunnel") as first, only_one(place, "tunnel") as second:
        assert (first, second) == (True, False)
    with only_one(place, "tunnel") as third:
        assert third


def test_files_may_lie_at_an_address(place: str, tmp_path: Path) -> None:
    """A replica that lacks a file fetches it; what goes goes there too."""
    address = (tmp_path / "bucket").as_uri()
    here, there = tmp_path / "here", tmp_path / "there"
    engine = Engine(small_classifier())
    with opened(place) as connection:
        job = add(connection, here, 5)
        remote.keep(address, job.id, retention.source(here, job.id))
        Worker(engine, there, KEEP, place, address).work()
        job = again(connection, job)
        assert job.state == "done"
        made = [kept_result(connection, data, job, "csv", address) for data in (here, there)]
        assert made[0].read_bytes() == made[1].read_bytes()
        retention.sweep(connection, there, KEEP, address)
        assert (tmp_path / "bucket" / job.id).exists()
        retention.remove(connection, here, job.id, address)
        assert not (tmp_path / "bucket" / job.id).exists()
    engine.close()
