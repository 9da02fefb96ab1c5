"""Whole files answered here: `classify`, which the command of that name is a thin layer over.

The answers lie beside the result in a folder ``OUT.partial`` until all of it is written, so that
the same call goes on where it was broken off, even by a kill.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sentiment.bulk.inputs import STREAM, Input, Wanted, planned
from sentiment.bulk.rows import right_answers
from sentiment.bulk.run import answer_rest, pairs, write_result
from sentiment.bulk.tally import Tally
from sentiment.errors import DataError
from sentiment.model.inference import Classifier, digest_of
from sentiment.storage import jobs, steering
from sentiment.storage.database import Connection, opened
from sentiment.storage.jobs import Job
from sentiment.storage.lock import locked
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Row
from sentiment.tables.reading import about

IDENTITY = "run.json"

Follow = Callable[[Input, Iterator[int]], None]
"""Takes the steps of an input to their end: how many rows are answered at a time. The first are
those that had answers before."""


@dataclass(frozen=True)
class Result:
    """An input, whose result lies at its `target`, and what its rows amount to."""

    input: Input
    tally: Tally


def exhaust(_input: Input, steps: Iterator[int]) -> None:
    """Follow without a word."""
    for _ in steps:
        pass


def silent(_message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Order:
    """Files that can all be read, and where the results go: `place` is never standard output."""

    files: list[Input]
    target: Path
    place: Path


def classify(
    inputs: Sequence[Path | str] | Path | str,
    output: Path | str,
    classifier: Classifier,
    wanted: Wanted = Wanted(),
    *,
    overwrite: bool = False,
) -> list[Result]:
    """Answer every row of some files, and write each back with the answers beside its rows.

    `inputs` are files, folders of files, or ``-`` for standard input; `output` is a file, for
    several inputs a folder, or ``-``. `wanted` names columns and the format. Raises `DataError`
    for what can't be read or written.
    """
    with order([inputs] if isinstance(inputs, str | Path) else inputs, output, wanted) as made:
        return carry_out(made, classifier, overwrite=overwrite)


@contextmanager
def order(inputs: Sequence[Path | str], output: Path | str, wanted: Wanted) -> Iterator[Order]:
    """Look into all files before any is answered; raises `DataError`, inside the block too."""
    target = Path(output)
    with tempfile.TemporaryDirectory() as folder, writable():
        files = planned([Path(path) for path in inputs], target, wanted, Path(folder))
        place = Path(folder) / "stdout" if target == STREAM else target.resolve()
        yield Order(files, target, place)


def carry_out(
    order: Order,
    classifier: Classifier,
    *,
    overwrite: bool = False,
    reading: Mapping[str, object] | None = None,
    say: Callable[[str], None] = silent,
    follow: Follow = exhaust,
) -> list[Result]:
    """Answer all files of an order, and write the results.

    `reading`: what the answers depend on beside the model, as JSON. `say` is told when a run that
    was broken off goes on, `follow` sees the progress.
    """
    numbers = range(len(order.files))
    model = {"model": digest_of(classifier), "labels": classifier.labels.names}
    run = Run(order.place, order.files, {**model, **(reading or {})})
    with alone(order.place, order.target):
        run.open(overwrite, say)
        with opened(run.folder) as connection:
            for number in numbers:
                run.answer(connection, number, classifier, follow)
            if not run.matches:
                raise DataError("A file was changed while it was judged. Run the command again.")
            tallies = [run.finish(connection, number, classifier) for number in numbers]
        run.remove()
    return [Result(file, tally) for file, tally in zip(order.files, tallies, strict=True)]


@contextmanager
def writable() -> Iterator[None]:
    """What keeps a result from being written is a `DataError`."""
    try:
        yield
    except BrokenPipeError:  # whoever read standard output has seen enough
        raise
    except (OSError, sqlite3.OperationalError) as error:
        raise DataError(
            "The result can't be written ({cause}). Make room, or name another place with -o.",
            cause=error,
        ) from error


@contextmanager
def alone(place: Path, target: Path) -> Iterator[None]:
    """Keep other runs away from a result; raises `DataError` where one is at it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with locked(place.with_name(f"{place.name}.lock"), keep=False) as ours:
        if not ours:
            raise DataError(
                "Another run is writing {path}. Wait for its end, or name another result with -o.",
                path=target,
            )
        yield


class Run:
    """The answers to some files while they are made: jobs in a store of their own."""

    def __init__(self, place: Path, files: Sequence[Input], reading: Mapping[str, object]) -> None:
        """The store is a folder beside `place`; `reading` is all that the answers depend on."""
        self.folder = place.with_name(f"{place.name}.partial")
        self._files, self._reading = files, reading

    @property
    def _identity(self) -> str:
        """What tells this run from another, and from one on files that have changed since."""
        inputs = [file.identity() for file in self._files]
        return json.dumps({**self._reading, "inputs": inputs}, sort_keys=True, ensure_ascii=False)

    @property
    def matches(self) -> bool:
        """Whether the answers there are those of this very run."""
        try:
            return (self.folder / IDENTITY).read_text("utf-8") == self._identity
        except (OSError, UnicodeDecodeError):
            return False

    def open(self, overwrite: bool, say: Callable[[str], None]) -> None:
        """Keep what matches, make room where nothing does; raises `DataError` for other results."""
        if self.matches:
            say("이어서 합니다 · Going on where it stopped.")
            return
        taken = [file.target for file in self._files if file.target.exists()]
        if taken and not overwrite:
            raise DataError(
                "{path} is there already. Name another result with -o, or add --overwrite.",
                path=taken[0],
            )
        self.remove()
        self.folder.mkdir(parents=True)
        (self.folder / IDENTITY).write_text(self._identity, "utf-8")

    def remove(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def job(self, connection: Connection, number: int) -> Job:
        """The job of a file, added where there is none yet."""
        file, name = self._files[number], str(number)
        if (job := jobs.find(connection, name)) is None:
            jobs.add(connection, name, file.name, file.path.stat().st_size, file.layout)
            job = jobs.find(connection, name)
            assert job  # noqa: S101 - it was just added
            steering.start(connection, job, file.text, file.label, None)
        return job

    def answer(
        self, connection: Connection, number: int, classifier: Classifier, follow: Follow
    ) -> None:
        """Answer what has no answer yet of a file."""
        file = self._files[number]
        job = jobs.run(connection, self.job(connection, number), digest_of(classifier))

        def steps() -> Iterator[int]:
            yield job.done
            if job.state == "running":
                yield from answer_rest(connection, job, file.path, classifier.predict_any)

        with about(file.name):
            follow(file, steps())
        jobs.finish(connection, job, {})

    def finish(self, connection: Connection, number: int, classifier: Classifier) -> Tally:
        """Put the answers beside the rows, and the result in its place once it is whole."""
        file, job = self._files[number], self.job(connection, number)
        tally = Tally(classifier.labels, classifier.unsure)
        made = self.folder / f"{number}.{file.kind}"
        with about(file.name):
            right = right_answers(file.path, file.layout, file.label, classifier.labels)

            def count(row: Row, answer: RowAnswer) -> None:
                tally.add(row.number, answer)
                if right is not None:
                    tally.compare(right(row), answer)

            found, model = pairs(connection, job, file.path), (classifier.labels, classifier.unsure)
            columns, types = file.layout.columns, file.layout.types
            judge = f"{classifier.name} {classifier.id}"
            write_result(found, columns, (made, file.kind), model, count, types, judge)
        deliver(made, file.target)
        return tally


def deliver(made: Path, target: Path) -> None:
    """Move a result to its place, or write it to standard output."""
    if target == STREAM:
        with made.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.replace(target)
