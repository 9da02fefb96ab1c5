"""Files judged in the background: the store, the worker, the summary and the plots."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sentiment.bulk import rows, worker
from sentiment.bulk.periods import date, periods
from sentiment.bulk.summary import Summary
from sentiment.bulk.worker import Worker
from sentiment.errors import UnavailableError
from sentiment.labels import PAIR
from sentiment.serving.engine import Engine
from sentiment.settings import ROOT
from sentiment.storage import answers, jobs, leases, retention, steering
from sentiment.storage.database import Connection, opened
from sentiment.storage.jobs import Job
from sentiment.tables.answers import RowAnswer
from sentiment.tables.plan import examine
from sentiment.web.kit import charts, plots
from sentiment.web.kit.charts import Spot
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

KEEP = 3600.0


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of the small classifier."""
    engine = Engine(small_classifier())
    yield engine
    engine.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    """A store of its own."""
    with opened(tmp_path) as connection:
        yield connection


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of four rows, so that small files have several."""
    monkeypatch.setattr(rows, "CHUNK", 4)


def add(
    store: Connection, data: Path, content: str, name: str = "리뷰.csv", start: bool = True
) -> str:
    """Upload a file, queue it, and return the id of the job."""
    job_id = retention.new_id()
    path = retention.source(data, job_id)
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    jobs.add(store, job_id, name, path.stat().st_size, examine(path, name))
    if start:
        job = found(store, job_id)
        steering.start(store, job, job.text, job.label, "day" if "day" in content else None)
    return job_id


def found(store: Connection, job_id: str) -> Job:
    """The job, which is there."""
    job = jobs.find(store, job_id)
    assert job
    return job


def numbers(store: Connection, job: Job) -> list[int]:
    """The numbers of the rows that have an answer or a problem."""
    query = "SELECT row FROM answers WHERE job = ? ORDER BY row"
    return [row for (row,) in store.execute(query, (job.number,))]


def positive(answer: RowAnswer) -> float:
    """The probability of "positive" of a row that has one."""
    assert answer.probabilities
    return answer.probabilities[1]


def reviews(count: int) -> str:
    """A table of as many reviews, every third of them negative."""
    lines = (
        f"{NEGATIVE if row % 3 else POSITIVE} {row},{int(row % 3 == 0)}" for row in range(count)
    )
    return "\n".join(["text,label", *lines]) + "\n"


def test_a_file_is_judged_in_order(store: Connection, tmp_path: Path, engine: Engine) -> None:
    """Every row has its own answer, the counts and the accuracy are right."""
    job_id = add(store, tmp_path, reviews(11))
    Worker(engine, tmp_path, KEEP).work()
    job = found(store, job_id)
    assert (job.state, job.done, job.total, job.problem) == ("done", 11, 11, None)
    given = list(answers.recorded(store, job))
    assert numbers(store, job) == list(range(1, 12))
    assert [positive(answer) > 0.5 for answer in given] == [row % 3 == 0 for row in range(11)]
    assert job.summary
    assert job.summary["counts"] == [4, 0, 7]
    assert sum(job.summary["bins"]) == 11
    assert job.summary["accuracy"] == {
        "right": 11,
        "rows": 11,
        "unread": 0,
        "lacking": {},
        "matrix": [[4, 0], [0, 7]],
    }
    assert job.rate > 0


def test_ratings_are_told_from_labels_by_all_of_them(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file sorted by rating begins with ones alone: they are not "positive"."""
    monkeypatch.setattr(rows, "CHUNK", 500)
    lines = [f"{NEGATIVE},1"] * 1500 + [f"{POSITIVE},10"] * 100
    job_id = add(store, tmp_path, "\n".join(["text,rating", *lines]) + "\n", start=False)
    steering.start(store, found(store, job_id), "text", "rating", None)
    Worker(engine, tmp_path, KEEP).work()
    summary = found(store, job_id).summary
    assert summary
    assert (summary["accuracy"]["right"], summary["accuracy"]["rows"]) == (1600, 1600)


def test_bad_rows_are_kept_and_counted(store: Connection, tmp_path: Path, engine: Engine) -> None:
    """Empty and endless texts and broken quotes have no answer, and the others do."""
    table = f'id,text\n1,"{POSITIVE}, 네"\n2, \n3,{"가" * 10_001}\n'
    table += f'4,"{POSITIVE}\n5,"{NEGATIVE}, 네"\n6,""\n'
    job_id = add(store, tmp_path, table)
    Worker(engine, tmp_path, KEEP).work()
    job = found(store, job_id)
    assert job.state == "done"
    assert answers.problems(store, job, 1) == {
        "empty": (2, [2]),
        "quoting": (1, [4]),
        "too long": (1, [3]),
    }
    assert [answer.probabilities is not None for answer in answers.recorded(store, job)] == [
        row in (1, 5) for row in range(1, 7)
    ]


def test_a_restart_goes_on_where_it_was(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that ends amid a file loses no row, and the next one judges none twice."""
    job_id = add(store, tmp_path, reviews(22))
    first = Worker(engine, tmp_path, KEEP)
    record = answers.record

    def record_and_end(*args: object) -> bool:
        kept = record(*args)  # type: ignore[arg-type]
        if found(store, job_id).done >= 8:
            first.close()
        return kept

    monkeypatch.setattr(answers, "record", record_and_end)
    first.work()
    job = found(store, job_id)
    assert (job.state, job.done, job.total) == ("running", 8, 22)
    monkeypatch.setattr(answers, "record", record)
    Worker(engine, tmp_path, KEEP).work()
    job = found(store, job_id)
    assert (job.state, job.done) == ("done", 22)
    assert numbers(store, job) == list(range(1, 23))


KILLED = """
import os, signal, sys
from pathlib import Path
from sentiment.serving.engine import Engine
from sentiment.bulk import rows, worker
from sentiment.storage import answers
from tests.kit.small import small_classifier
rows.CHUNK = 4
record, seen = answers.record, []
class Killing(list):
    def __iter__(self):
        for item in list.__iter__(self):
            seen.append(item)
            if len(seen) == 11:
                os.kill(os.getpid(), signal.SIGKILL)
            yield item
answers.record = lambda connection, job, done, answers, seconds: record(
    connection, job, done, Killing(answers), seconds)
worker.Worker(Engine(small_classifier()), Path(sys.argv[1]), 3600.0).work()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_loses_no_row_and_doubles_none(
    store: Connection, tmp_path: Path, engine: Engine
) -> None:
    """A process killed amid a chunk leaves whole chunks; the next one does the rest."""
    job_id = add(store, tmp_path, reviews(22))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr.decode()
    job = found(store, job_id)
    assert (job.state, job.done) == ("running", 8)
    assert numbers(store, job) == list(range(1, 9))
    with store:  # the rest of the lease is not waited for
        store.execute("UPDATE jobs SET leased = 0")
    Worker(engine, tmp_path, KEEP).work()
    job = found(store, job_id)
    assert (job.state, job.done) == ("done", 22)
    assert numbers(store, job) == list(range(1, 23))


def test_another_model_starts_over(store: Connection, tmp_path: Path, engine: Engine) -> None:
    """Answers of two models are never mixed in one file."""
    job_id = add(store, tmp_path, reviews(6))
    jobs.run(store, found(store, job_id), "another model")
    assert answers.record(store, found(store, job_id), 0, [RowAnswer((0.75, 0.25))], 1.0)
    job = jobs.run(store, found(store, job_id), "model")
    assert (job.done, list(answers.recorded(store, job))) == (0, [])


def test_a_job_waits_for_its_own_model(store: Connection, tmp_path: Path, engine: Engine) -> None:
    """A worker with another one passes it over, until it is sent to that one."""
    strange = add(store, tmp_path, reviews(6), start=False)
    steering.start(store, found(store, strange), "text", None, None, "another model")
    own = add(store, tmp_path, reviews(6), start=False)
    steering.start(store, found(store, own), "text", None, None, engine.digest)
    Worker(engine, tmp_path, KEEP).work()
    assert (found(store, strange).state, found(store, own).state) == ("queued", "done")
    steering.stop(store, found(store, strange))
    steering.start(store, found(store, strange), "text", None, None, engine.digest)
    Worker(engine, tmp_path, KEEP).work()
    assert found(store, strange).state == "done"
    assert engine.digest != Engine(small_classifier(max_seq_length=8)).digest


def test_a_job_whose_worker_is_gone_is_taken_over(
    store: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before its lease is over; and whoever was held up keeps nothing any more."""
    job_id = add(store, tmp_path, reviews(6))
    held = leases.take(store, "one", "model")
    assert held
    held = jobs.run(store, held, "model")
    assert leases.take(store, "other", "model") is None
    assert leases.renew(store, held)
    monkeypatch.setattr(leases, "LEASE", -1.0)
    assert leases.renew(store, held)
    taken = leases.take(store, "other", "model")
    assert taken
    assert (taken.id, taken.holder, taken.state) == (job_id, "other", "running")
    assert not leases.renew(store, held)
    assert not answers.record(store, held, 0, [RowAnswer((0.75, 0.25))], 1.0)
    jobs.finish(store, held, {})
    jobs.counted(store, held, 1)
    jobs.run(store, held, "another model")
    job = found(store, job_id)
    assert (job.state, job.total, job.model) == ("running", None, "model")
    assert answers.record(store, taken, 0, [RowAnswer((0.75, 0.25))], 1.0)
    steering.stop(store, held)  # a person may, whoever works on it
    assert found(store, job_id).state == "stopping"


def test_what_nobody_takes_goes_at_last(store: Connection, tmp_path: Path) -> None:
    """A job for a model that is no more takes nobody's place for ever."""
    job_id = add(store, tmp_path, reviews(2))
    with store:
        store.execute("UPDATE jobs SET made = 0 WHERE id = ?", (job_id,))
    retention.sweep(store, tmp_path, KEEP)
    assert found(store, job_id).state == "queued"
    with store:
        store.execute("UPDATE jobs SET leased = 1 WHERE id = ?", (job_id,))
    retention.sweep(store, tmp_path, KEEP)
    assert jobs.find(store, job_id) is None


def test_rows_that_somebody_else_has_answered_are_not_kept_twice(
    store: Connection, tmp_path: Path
) -> None:
    """A process that was held up must not lay its answers over another's."""
    job_id = add(store, tmp_path, reviews(6))
    job = jobs.run(store, found(store, job_id), "model")
    assert answers.record(store, job, 0, [RowAnswer((0.75, 0.25))] * 2, 1.0)
    assert not answers.record(store, job, 0, [RowAnswer((0.5, 0.5))] * 2, 1.0)
    assert [positive(answer) for answer in answers.recorded(store, job)] == [0.25, 0.25]


def test_a_busy_model_is_waited_for(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk that got no turn is asked for again."""
    answer, refusals = engine.answer, [UnavailableError("Busy."), UnavailableError("Busy.")]
    monkeypatch.setattr(UnavailableError, "retry_after", 0)

    def refusing(*args: object) -> object:
        if refusals:
            raise refusals.pop()
        return answer(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "answer", refusing)
    job_id = add(store, tmp_path, reviews(6))
    Worker(engine, tmp_path, KEEP).work()
    assert found(store, job_id).done == 6
    assert refusals == []


def test_a_cancelled_job_stops_and_can_start_again(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends before the next rows; a new start judges all rows anew, once."""
    job_id = add(store, tmp_path, reviews(22))
    record = answers.record

    def record_and_cancel(*args: object) -> bool:
        kept = record(*args)  # type: ignore[arg-type]
        steering.stop(store, found(store, job_id))
        return kept

    monkeypatch.setattr(answers, "record", record_and_cancel)
    Worker(engine, tmp_path, KEEP).work()
    assert (found(store, job_id).state, found(store, job_id).done) == ("cancelled", 4)
    monkeypatch.setattr(answers, "record", record)
    steering.start(store, found(store, job_id), "text", None, None)
    Worker(engine, tmp_path, KEEP).work()
    job = found(store, job_id)
    assert (job.state, job.done) == ("done", 22)
    assert len(list(answers.recorded(store, job))) == 22


def test_a_broken_model_fails_the_job_and_says_so(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job ends with a sentence for people, and the next one is worked on."""
    monkeypatch.setattr(
        engine, "answer", lambda *_: (_ for _ in ()).throw(RuntimeError("The model failed: x"))
    )
    first, second = add(store, tmp_path, reviews(2)), add(store, tmp_path, reviews(2))
    Worker(engine, tmp_path, KEEP).work()
    for job_id in (first, second):
        job = found(store, job_id)
        assert job.state == "failed"
        assert "terminal" in str(jobs.problem_of(job))


def test_too_many_rows_and_a_lost_file_are_told(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is judged."""
    monkeypatch.setattr(worker, "most_rows", lambda owner: 5 if owner else 1)
    many, lost = add(store, tmp_path, reviews(9)), add(store, tmp_path, reviews(3))
    retention.source(tmp_path, lost).unlink()
    Worker(engine, tmp_path, KEEP).work()
    assert "more than 5 rows" in str(jobs.problem_of(found(store, many)))
    assert str(tmp_path) not in str(jobs.problem_of(found(store, lost)))
    assert found(store, lost).state == "failed"


def test_visitors_are_not_sent_to_a_terminal() -> None:
    """The command is the owner's."""
    assert "classify" in str(worker.too_many_rows(owner=True))
    assert "50,000" in str(worker.too_many_rows(owner=False))
    assert "classify" not in str(worker.too_many_rows(owner=False))


def test_a_full_disk_ends_no_job(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on where it was, as after a restart."""
    job_id = add(store, tmp_path, reviews(11))
    record = answers.record

    def record_until_full(*args: object) -> bool:
        if found(store, job_id).done == 8:
            raise sqlite3.OperationalError("database or disk is full")
        return record(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(answers, "record", record_until_full)
        with pytest.raises(sqlite3.OperationalError):
            Worker(engine, tmp_path, KEEP).work()
    assert (found(store, job_id).state, found(store, job_id).done) == ("running", 8)
    Worker(engine, tmp_path, KEEP).work()
    assert found(store, job_id).state == "done"
    assert numbers(store, found(store, job_id)) == list(range(1, 12))


def test_what_is_over_goes_while_others_wait(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue that never ends keeps nothing longer than the page says."""
    first, second = add(store, tmp_path, reviews(2)), add(store, tmp_path, reviews(2))
    finish = jobs.finish

    def finish_long_ago(*args: object) -> None:
        finish(*args)  # type: ignore[arg-type]
        with store:
            store.execute("UPDATE jobs SET ended = 0 WHERE id = ?", (first,))

    monkeypatch.setattr(jobs, "finish", finish_long_ago)
    Worker(engine, tmp_path, KEEP).work()
    assert jobs.find(store, first) is None
    assert found(store, second).state == "done"


def test_what_others_put_among_the_files_disturbs_nothing(
    store: Connection, tmp_path: Path
) -> None:
    """Finder leaves a file behind in every folder that it shows."""
    add(store, tmp_path, reviews(2))
    (retention.uploads(tmp_path) / ".DS_Store").touch()
    retention.sweep(store, tmp_path, KEEP)
    assert not retention.untouched(tmp_path / "just removed")


def test_the_thread_works_and_ends(store: Connection, tmp_path: Path, engine: Engine) -> None:
    """A started worker takes what is queued; two on one folder never share a job."""
    job_id = add(store, tmp_path, reviews(9))
    workers = [Worker(engine, tmp_path, KEEP) for _ in range(2)]
    for one in workers:
        one.start()
    deadline = time.monotonic() + 30
    while found(store, job_id).state != "done" and time.monotonic() < deadline:
        time.sleep(0.01)
    for one in workers:
        one.close()
    assert found(store, job_id).state == "done"
    assert len(list(answers.recorded(store, found(store, job_id)))) == 9


def test_the_thread_outlives_what_nobody_foresaw(
    store: Connection, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a job that another version of the program left in another shape."""
    looked, take = threading.Event(), leases.take

    def surprise(*_: object) -> None:
        monkeypatch.setattr(leases, "take", take)
        looked.set()
        raise TypeError("unexpected keyword")

    monkeypatch.setattr(leases, "take", surprise)
    job_id = add(store, tmp_path, reviews(3))
    one = Worker(engine, tmp_path, KEEP)
    one.start()
    assert looked.wait(30)
    one.wake()
    deadline = time.monotonic() + 30
    while found(store, job_id).state != "done" and time.monotonic() < deadline:
        time.sleep(0.01)
    one.close()
    assert found(store, job_id).state == "done"


def test_what_is_over_is_removed(store: Connection, tmp_path: Path) -> None:
    """Old jobs go with their files, as do uploads and results that a kill left; young ones stay."""
    old, young = add(store, tmp_path, reviews(2), start=False), add(store, tmp_path, reviews(2))
    result = retention.folder(tmp_path, young) / "result-x.csv"
    orphan, uploading = (
        retention.source(tmp_path, "orphan"),
        retention.source(tmp_path, "uploading"),
    )
    for path in (result, orphan, uploading):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    before = time.time() - 2 * KEEP
    for path in (result, orphan, orphan.parent):
        os.utime(path, (before, before))
    with store:
        store.execute("UPDATE jobs SET made = ? WHERE id = ?", (before, old))
    retention.sweep(store, tmp_path, KEEP)
    assert jobs.find(store, old) is None
    assert {path.name for path in retention.uploads(tmp_path).iterdir()} == {young, "uploading"}
    assert not result.exists()
    retention.remove(store, tmp_path, young)
    assert store.execute("SELECT count(*) FROM answers").fetchone()[0] == 0
    assert not retention.folder(tmp_path, young).exists()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-01", (2024, 3, 1)),
        ("2024.3.1 12:30", (2024, 3, 1)),
        ("2024년 3월 1일", (2024, 3, 1)),
        ("2024/03", (2024, 3, 0)),
        ("20240301", (2024, 3, 1)),
        ("2024-13-01", None),
        ("2023-02-29", None),
        ("2024", None),
        ("123-45-6789", None),
        ("재미있어요", None),
    ],
)
def test_dates_are_found(value: str, expected: tuple[int, int, int] | None) -> None:
    """The usual ways to write one, and nothing else."""
    assert date(value) == expected


def summary_of(*rows: tuple[str, float, str | None]) -> dict[str, object]:
    """The summary of texts, probabilities and groups."""
    summary = Summary(PAIR, (0.4, 0.6))
    for number, (text, positive, group) in enumerate(rows, 1):
        summary.add(number, text, RowAnswer((1 - positive, positive)), group)
    return summary.result()


def test_days_become_months_where_there_are_many() -> None:
    """And nothing of the counts gets lost on the way."""
    few = summary_of(*[("좋네요", 0.9, f"2024-01-{day:02}") for day in (1, 3, 3)])
    assert few["periods"] == [
        {"name": "2024-01-01", "counts": [1, 0, 0]},
        {"name": "2024-01-02", "counts": [0, 0, 0]},
        {"name": "2024-01-03", "counts": [2, 0, 0]},
    ]
    many = summary_of(
        *[("좋네요", 0.1, f"2024-{month:02}-{day:02}") for month in (2, 1) for day in range(1, 29)]
    )
    assert many["periods"] == [
        {"name": "2024-01", "counts": [0, 0, 28]},
        {"name": "2024-02", "counts": [0, 0, 28]},
    ]
    assert [
        period["name"] for period in periods({(2019, 11, 0): [1, 0, 0], (2020, 2, 0): [1, 0, 0]})
    ] == [
        "2019-11",
        "2019-12",
        "2020-01",
        "2020-02",
    ]
    years = periods({(year, 2, 29): [1, 0, 0] for year in range(1904, 2025, 4)})
    assert [years[0]["name"], years[-1]["name"], len(years)] == ["1904", "2024", 31]
    far = periods({(1, 1, 1): [1, 0, 0], (9999, 12, 31): [1, 0, 0]})
    assert [period["name"] for period in far] == ["01", "9999"]


def test_groups_words_and_typical_rows() -> None:
    """The largest groups, the words that tell sides apart, the surest rows once each."""
    rows = [("정말 좋다!", 0.9 + row / 1000, "가") for row in range(6)]
    rows += [("정말 별로,", 0.2, "나")] * 7 + [("정말 글쎄", 0.5, "")]
    summary = summary_of(*rows)
    assert summary["counts"] == [6, 1, 7]
    assert summary["groups"] == [
        {"name": "나", "counts": [0, 0, 7]},
        {"name": "가", "counts": [6, 0, 0]},
        {"name": "", "counts": [0, 1, 0]},
    ]
    words = summary["words"]
    assert isinstance(words, dict)
    assert words["positive"][0] == {"word": "좋다", "here": 6, "elsewhere": 0}
    assert words["negative"][0] == {"word": "별로", "here": 7, "elsewhere": 0}
    typical = summary["typical"]
    assert isinstance(typical, dict)
    assert [row["text"] for row in typical["negative"]] == ["정말 별로,", "정말 글쎄"]


def test_endless_words_and_groups_are_cut() -> None:
    """A page and the memory hold names, not whole texts without a space."""
    summary = summary_of(*[("가" * 9_000, 0.9, "나" * 9_000)] * 6)
    assert summary["words"] == {"positive": [], "negative": []}
    assert summary["groups"] == [{"name": "나" * 40, "counts": [6, 0, 0]}]


def test_plots_are_sound_svg() -> None:
    """Well-formed, with a name; lengths add up, markup in a name stays text, nothing inline."""
    spots = [Spot(f"/rows?bin={place}&x", f"<{place}>") for place in range(4)]
    pictures = [
        plots.strip([3, 1, 0], "<b>"),
        plots.strip([0, 0, 0], "none"),
        charts.histogram([0, 4, 2, 8], (0.4, 0.6), "&", spots),
        charts.trend([[1, 1, 2], [0, 0, 3], [0, 0, 0]], "x", spots[:3], plots.SIDES),
    ]
    trees = [ElementTree.fromstring(picture) for picture in pictures]  # noqa: S314 - our own
    assert [tree[0].text for tree in trees[:2]] == ["<b>", "none"]
    assert [tree.attrib["aria-label"] for tree in trees[2:]] == ["&", "x"]
    assert all("style" not in picture for picture in pictures)
    assert [float(rect.attrib["width"]) for rect in trees[0][1:]] == [75, 25]
    columns, periods = (
        [each for each in tree if each.tag.endswith("}a") or each.tag == "a"] for tree in trees[2:]
    )
    assert [each.attrib["href"] for each in columns] == [spot.link for spot in spots[1:]]
    assert [each.attrib["aria-label"] for each in columns] == [spot.name for spot in spots[1:]]
    assert max(float(each[-1].attrib["height"]) for each in columns) == plots.HEIGHT
    assert [each.attrib["href"] for each in periods] == [spot.link for spot in spots[:2]]
    lines = [each.attrib["points"] for each in trees[3] if each.tag == "polyline"]
    assert [line.split()[1].partition(",")[2] for line in lines] == ["40.000", "40.000", "0.000"]
