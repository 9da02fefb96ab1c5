"""What there is to do over files that are judged in parts, and who does it."""

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sentiment.bulk.sharding import places
from sentiment.bulk.sharding.parts import join, judge
from sentiment.bulk.sharding.plans import Asked, Plan, Shard, plan
from sentiment.bulk.tally import Tally
from sentiment.errors import DataError, SentimentError
from sentiment.model.inference import Classifier

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """A file to look into, a part to judge, or a file to join, with the tally of all its parts.

    `work`: the folder of parts. `there`: the part was judged before.
    """

    subject: Asked | Shard | Plan
    work: str
    tally: Tally | None = None
    there: bool = False


@dataclass(frozen=True)
class Failure:
    """What failed for good, and why: a message with its values, as text."""

    what: str
    message: str
    values: dict[str, str]

    @classmethod
    def of(cls, subject: object, error: SentimentError) -> "Failure":
        """Why something was not done; an error itself may not travel."""
        return cls(str(subject), error.message, {k: str(v) for k, v in error.values.items()})

    @property
    def error(self) -> DataError:
        """The cause, to be told in any language."""
        error = DataError(self.message, **self.values)
        error.add_note(self.what)
        return error


Done = tuple[Task, Plan | Tally | Failure | None]
"""A task and what came of it; of joining nothing."""


class Engine(Protocol):
    """Does tasks somewhere: at most `slots` are started before one of them is waited for."""

    slots: int

    def start(self, task: Task) -> None:
        """Begin a task."""
        ...

    def finished(self) -> Done:
        """Wait for the next that ends."""
        ...


class Here:
    """Does tasks in this process, one after the other."""

    slots = 1

    def __init__(self, classifier: Classifier) -> None:
        """`classifier` answers all of them."""
        self._classifier = classifier

    def start(self, task: Task) -> None:
        """Note it."""
        self._task = task

    def finished(self) -> Done:
        """Do it."""
        return self._task, done(self._task, lambda: self._classifier)


def done(task: Task, model: Callable[[], Classifier]) -> Plan | Tally | Failure | None:
    """Do a task; whatever goes wrong is a `Failure`. `model` is asked for by parts alone."""
    subject, work = task.subject, task.work
    try:
        if isinstance(subject, Asked):
            return plan(subject)
        if isinstance(subject, Plan):
            assert task.tally  # noqa: S101 - that of its parts
            join(subject, work, task.tally)
            return None
        if task.there:
            return kept(subject.plan, work, subject.name)
        return judge(subject, work, model())
    except SentimentError as error:
        return Failure.of(subject, error)
    except Exception as error:  # one part must not end all others
        log.exception("%s", subject)
        return broken(subject, error)


def broken(subject: object, error: BaseException) -> Failure:
    """What failed in a way that nobody thought of."""
    cause = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    failed = DataError(
        "It could not be judged ({cause}). Run the same command again; if it stays, judge the file "
        "alone, without --engine.",
        cause=cause,
    )
    return Failure.of(subject, failed)


def kept(plan: Plan, work: str, name: str) -> Tally:
    """The tally of what was judged before."""
    content = json.loads(places.text(places.below(work, f"{name}.json")))
    return Tally.restored(content, plan.asked.labels, plan.asked.unsure)


def outcomes(engine: Engine, tasks: deque[Task]) -> Iterator[Done]:
    """Do all tasks, also those that are added meanwhile, and tell what came of each."""
    running = 0
    while tasks or running:
        while tasks and running < engine.slots:
            engine.start(tasks.popleft())
            running += 1
        yield engine.finished()
        running -= 1
