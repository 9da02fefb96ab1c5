"""Who waits for the model: admission, what makes up the next batch, and answers remembered.

- A call takes one of `CALLERS` places or fails at once (`BusyError`). It asks in groups of a batch
  each, so that a single sentence never waits for the whole of a long list.
- No timer collects batches: a batch is what queued while the model was busy.
- A caller who has waited `WAIT` seconds, or has left, is dropped. Started work is never cut.
- A sentence that is under way is not computed twice, and the latest answers are remembered.
"""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from sentiment.errors import BusyError, UnavailableError
from sentiment.i18n import marked
from sentiment.serving.metrics import Metrics

BATCH_TOKENS = 512
"""Most tokens of a batch. More hardly raise the rate of a CPU, but the wait of who comes next.
Which lengths go together inside it the backend knows best."""

FEWEST_TOKENS = 128
"""What a batch may have however slow the model is: as much as fills one run of a large one."""

TURN = 0.1
"""Seconds that a batch should take, since who comes meanwhile waits for its end."""

CALLERS = 48
"""Calls that may be waiting at once; fewer than the server has threads, so that signs of life are
answered under any load. At most a batch each, they wait 5 s at kcbert-base's size in int8."""

WAIT = 10.0
"""Seconds after which nobody still looks at the page."""

REMEMBERED = 4096
"""Latest answers kept: 3 MB at most."""

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
class Entry:
    """A sentence to answer, and who waits for it; `row` are its probabilities."""

    ids: Sequence[int]
    callers: list[Caller] = field(default_factory=list)
    row: np.ndarray = field(default_factory=lambda: np.empty(0))


Entries = dict[bytes, Entry]
"""Entries by their token ids, in order of arrival."""


class Queue:
    """Entries that wait and that run; every method may be called from any thread.

    `tokens`: most of the next batch, by what the model was seen to manage in a `TURN`.
    """

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.waiting: Entries = {}
        self.running: Entries = {}
        self.closed = self.ended = False
        self.tokens = BATCH_TOKENS
        self._answers: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._calls = 0
        self._changed = threading.Condition()  # guards all of the above
        metrics.waiting.set_function(lambda: len(self.waiting))

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places, for the length of a call; raises `UnavailableError`."""
        with self._changed:
            if self.closed:
                raise self._rejection("stopped")
            if self._calls >= CALLERS:
                raise self._rejection("full")
            self._calls += 1
        try:
            yield
        finally:
            with self._changed:
                self._calls -= 1
                self._changed.notify()

    def ask(
        self, sentences: Sequence[Sequence[int]], left: Callable[[], bool]
    ) -> tuple[np.ndarray, float]:
        """Probabilities of sentences that make up a batch at most, and the seconds in queue."""
        caller = Caller(left, perf_counter())
        with self._changed:
            if self.ended:
                raise self._rejection("stopped")
            entries = [self._entry(ids, caller) for ids in sentences]
            if caller.missing:
                self._changed.notify()
            else:
                caller.done.set()
        if not caller.done.wait(WAIT):
            with self._changed:
                if caller.started is None:
                    caller.fail(self._rejection("late"))
            caller.done.wait()
        if caller.failure is not None:
            raise caller.failure
        waited = (caller.started or caller.asked) - caller.asked
        return np.stack([entry.row for entry in entries]), waited

    def _entry(self, ids: Sequence[int], caller: Caller) -> Entry:
        """The entry of a sentence, shared with others who ask for the same; done if remembered."""
        key = array("i", ids).tobytes()
        if (row := self._answers.get(key)) is not None:
            self._answers.move_to_end(key)
            return Entry(ids, row=row)
        entry = self.running.get(key)
        if entry is None:
            entry = self.waiting.setdefault(key, Entry(ids))
        entry.callers.append(caller)
        caller.missing += 1
        return entry

    def _rejection(self, cause: str) -> UnavailableError:
        """Count and return the error for one of `REJECTIONS`."""
        self.metrics.rejected.labels(cause).inc()
        error, message = REJECTIONS[cause]
        return error(message)

    def take(self) -> Entries:
        """Wait for the next batch and mark it as running; empty once closed and all done."""
        with self._changed:
            while not (self._drop_leavers() or (self.closed and not self._calls)):
                self._changed.wait()
            started = perf_counter()
            self.running = {key: self.waiting.pop(key) for key in chosen(self.waiting, self.tokens)}
            for caller in callers(self.running):
                caller.started = caller.started or started
            return self.running

    def _drop_leavers(self) -> bool:
        """Forget entries that nobody waits for any more; whether any are left."""
        for caller in callers(self.waiting):
            if caller.failure is None and caller.left():
                caller.fail(self._rejection("left"))
        for key, entry in list(self.waiting.items()):
            if all(caller.failure for caller in entry.callers):
                del self.waiting[key]
        return bool(self.waiting)

    def answer(self, entries: Entries, rows: np.ndarray, seconds: float) -> None:
        """Keep the answers, (entries, labels), that took so long, and wake who has all of theirs.

        Few tokens tell little of how many a turn has room for.
        """
        tokens = sum(len(entry.ids) for entry in entries.values())
        with self._changed:
            if tokens >= FEWEST_TOKENS // 2:
                room = int(TURN * tokens / seconds)
                self.tokens = min(BATCH_TOKENS, max(FEWEST_TOKENS, room))
            self.running = {}
            for (key, entry), row in zip(entries.items(), rows, strict=True):
                entry.row = self._answers[key] = row.copy()
                for caller in entry.callers:
                    caller.missing -= 1
                    if not caller.missing:
                        caller.done.set()
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)

    def fail(self, entries: Entries, error: Exception) -> None:
        """Tell everyone who waits for some entries that they have no answer."""
        with self._changed:
            self.running = {}
            for caller in callers(entries):
                caller.fail(error)

    def close(self) -> None:
        """Take no further calls; those under way go on."""
        with self._changed:
            self.closed = True
            self._changed.notify()

    def begin(self) -> None:
        """Take sentences again."""
        with self._changed:
            self.ended = False

    def end(self, refuse: bool) -> bool:
        """Fail everyone at once; to `refuse`, or once closed, also whoever asks before `begin`.

        Returns whether it is closed.
        """
        with self._changed:
            self.ended = self.closed or refuse
            for caller in callers(self.waiting) | callers(self.running):
                if caller.failure is None:
                    caller.fail(self._rejection("stopped"))
            self.waiting, self.running = {}, {}
            return self.closed


def callers(entries: Entries) -> set[Caller]:
    """Everyone who waits for one of the entries."""
    return {caller for entry in entries.values() for caller in entry.callers}


def chosen(waiting: Entries, tokens: int) -> list[bytes]:
    """The keys of the next batch of `tokens` at most: as many as fit, first come, first served."""
    total, keys = 0, list[bytes]()
    for key, entry in waiting.items():
        total += len(entry.ids)
        if keys and total > tokens:
            break
        keys.append(key)
    return keys
