"""What waits for the model, and which of it makes up the next batch."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sentiment.errors import BusyError, UnavailableError
from sentiment.i18n import marked

BATCH_TOKENS = 512
"""Most tokens of a batch. More hardly raise the rate of a CPU, but the wait of who comes next:
0.1 s at kcbert-base's size in int8. Which lengths go together inside it the backend knows best."""


REJECTIONS = {
    "full": (BusyError, marked("Too many are asking right now. Wait a moment and try again.")),
    "late": (
        UnavailableError,
        marked("So many are asking that your turn never came. Wait a moment and try again."),
    ),
    "left": (UnavailableError, marked("The connection was closed before the answer. Ask again.")),
    "stopped": (
        UnavailableError,
        marked("The model is not running. Try again in a moment; if that fails, restart the page."),
    ),
}
"""Why a call gets no answer: the name of the cause in the metrics, and what its caller is told."""


@dataclass(eq=False)
class Caller:
    """Who waits for a group of sentences."""

    left: Callable[[], bool]
    asked: float
    missing: int = 0
    started: float | None = None
    failure: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def fail(self, failure: Exception) -> None:
        """Wake the caller with bad news."""
        self.failure = failure
        self.done.set()


@dataclass(eq=False)
class Job:
    """A sentence to judge, and who waits for it; `row` are its probabilities."""

    ids: Sequence[int]
    callers: list[Caller] = field(default_factory=list)
    row: np.ndarray = field(default_factory=lambda: np.empty(2))


def callers(jobs: dict[bytes, Job]) -> set[Caller]:
    """Everyone who waits for one of the jobs."""
    return {caller for job in jobs.values() for caller in job.callers}


def chosen(waiting: dict[bytes, Job]) -> list[bytes]:
    """The keys of the next batch: as many as fit, first come, first served."""
    total, keys = 0, list[bytes]()
    for key, job in waiting.items():
        total += len(job.ids)
        if keys and total > BATCH_TOKENS:
            break
        keys.append(key)
    return keys
