"""One thread owns the model; everybody who wants an answer waits in its queue.

- No timer collects batches: a batch is what queued while the model was busy.
- A call takes one of `CALLERS` places or fails at once (`BusyError`). A long list is asked for in
  groups of a batch each, so that a single sentence never waits for the whole of it.
- A caller who has waited `WAIT` seconds, or has left, is dropped. Started work is never cut.
- A sentence that is under way is not computed twice, and the latest answers are remembered.
- If the thread dies, every caller fails at once and a new thread takes over.
"""

import atexit
import logging
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from sentiment.errors import UnavailableError
from sentiment.model.backends import batches
from sentiment.model.inference import Classifier, Prediction, checked, predictions
from sentiment.serving.metrics import Metrics
from sentiment.serving.queue import BATCH_TOKENS, REJECTIONS, Caller, Job, callers, chosen

log = logging.getLogger(__name__)

CALLERS = 48
"""Calls that may be waiting at once; fewer than the server has threads, so that signs of life are
answered under any load. At most a batch each, they wait 5 s at kcbert-base's size in int8."""

WAIT = 10.0
"""Seconds after which nobody still looks at the page."""

REMEMBERED = 4096
"""Latest answers kept: 3 MB at most."""

RESTARTS = 3
"""New threads in a row that may die before they have judged anything."""

DRAIN = 5.0
"""Seconds that `Engine.close` gives the callers who wait; as the server does."""


@dataclass(frozen=True)
class Answer:
    """Predictions in order, and the seconds that each step of the call took."""

    predictions: list[Prediction]
    tokenize: float
    queue: float
    inference: float
    total: float


class Engine:
    """Answers as its classifier does, from any number of threads."""

    def __init__(self, classifier: Classifier) -> None:
        """Start the thread, which warms the model up first."""
        self.name, self.id = classifier.name, classifier.id
        self.unsure = classifier.unsure
        self.max_seq_length = classifier.max_seq_length
        self.tokenize, self.reading = classifier.tokenize, classifier.reading
        self.metrics = Metrics(REJECTIONS)
        self._probabilities = classifier.probabilities
        self._calls = 0
        self._waiting: dict[bytes, Job] = {}  # in order of arrival
        self._running: dict[bytes, Job] = {}
        self._answers: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._restarts = 0
        self._warm = self._closed = self._ended = False
        self._changed = threading.Condition()  # guards all of the above
        self.metrics.waiting.set_function(lambda: len(self._waiting))
        atexit.register(self.close)  # a model that still runs when Python ends aborts the process
        self._start()

    @property
    def ready(self) -> bool:
        """Whether the thread lives, and the model has answered once."""
        return self._warm and self._thread.is_alive() and not self._closed

    def predict(
        self, sentences: Sequence[str], left: Callable[[], bool] = lambda: False
    ) -> list[Prediction]:
        """Judge sentences in order; raises `InputError` or `UnavailableError`.

        `left` says whether the caller has lost interest; it is called from the model's thread.
        """
        return self.answer([checked(sentence) for sentence in sentences], left).predictions

    def answer(self, sentences: Sequence[str], left: Callable[[], bool] = lambda: False) -> Answer:
        """Judge any text in order, with the times it took; raises `UnavailableError`."""
        begun = perf_counter()
        with self._place():
            tokens = [self.tokenize(sentence) for sentence in sentences]
            tokenized = perf_counter()
            rows = np.empty((len(tokens), 2), np.float32)
            queue = 0.0
            for group in batches([len(ids) for ids, _ in tokens], BATCH_TOKENS):
                rows[group], waited = self._ask([tokens[index][0] for index in group], left)
                queue += waited
        ended = perf_counter()
        self.metrics.tokenize.observe(tokenized - begun)
        self.metrics.queue.observe(queue)
        self.metrics.total.observe(ended - begun)
        return Answer(
            predictions(sentences, tokens, rows, self.unsure),
            tokenized - begun,
            queue,
            ended - tokenized - queue,
            ended - begun,
        )

    def close(self) -> None:
        """Take nobody new, answer those who wait, and end the thread."""
        atexit.unregister(self.close)
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(DRAIN)
        with self._changed:
            self._ended = True
            self._fail_everyone()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places, for the length of a call."""
        with self._changed:
            if self._closed:
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

    def _ask(
        self, sentences: Sequence[Sequence[int]], left: Callable[[], bool]
    ) -> tuple[np.ndarray, float]:
        """Probabilities of sentences that make up a batch at most, and the seconds in queue."""
        caller = Caller(left, perf_counter())
        with self._changed:
            if self._ended:
                raise self._rejection("stopped")
            jobs = [self._job(ids, caller) for ids in sentences]
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
        return np.stack([job.row for job in jobs]), (caller.started or caller.asked) - caller.asked

    def _job(self, ids: Sequence[int], caller: Caller) -> Job:
        """The job of a sentence, shared with others who ask for the same; done if remembered."""
        key = array("i", ids).tobytes()
        if (row := self._answers.get(key)) is not None:
            self._answers.move_to_end(key)
            return Job(ids, row=row)
        job = self._running.get(key)
        if job is None:
            job = self._waiting.setdefault(key, Job(ids))
        job.callers.append(caller)
        caller.missing += 1
        return job

    def _rejection(self, cause: str) -> UnavailableError:
        """Count and return the error for one of `REJECTIONS`."""
        self.metrics.rejected.labels(cause).inc()
        error, message = REJECTIONS[cause]
        return error(message)

    # What follows runs in the model's thread.

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        """Warm up, then judge batches until closed; if it ends early, another thread takes over."""
        try:
            self._judge({b"": Job(self.tokenize("")[0])})
            while jobs := self._next():
                if self._judge(jobs):
                    self._restarts = 0
        except BaseException:
            log.critical("The model's thread died.", exc_info=True)
            self._take_over()

    def _next(self) -> dict[bytes, Job]:
        """Wait for the next batch and mark it as running; empty once closed and all done."""
        with self._changed:
            while not (self._drop_leavers() or (self._closed and not self._calls)):
                self._changed.wait()
            started = perf_counter()
            self._running = {key: self._waiting.pop(key) for key in chosen(self._waiting)}
            for caller in callers(self._running):
                caller.started = caller.started or started
            return self._running

    def _drop_leavers(self) -> bool:
        """Forget jobs that nobody waits for any more; whether any are left."""
        for caller in callers(self._waiting):
            if caller.failure is None and caller.left():
                caller.fail(self._rejection("left"))
        for key, job in list(self._waiting.items()):
            if all(caller.failure for caller in job.callers):
                del self._waiting[key]
        return bool(self._waiting)

    def _judge(self, jobs: dict[bytes, Job]) -> bool:
        """Run the model on a batch and wake its callers; whether it answered."""
        started = perf_counter()
        try:
            rows = self._probabilities([job.ids for job in jobs.values()])
        except Exception as error:
            log.exception("The model failed.")
            with self._changed:
                self._running = {}
                for caller in callers(jobs):
                    caller.fail(RuntimeError(f"The model failed: {error}"))
            return False
        self.metrics.inference.observe(perf_counter() - started)
        self.metrics.batch.observe(len(jobs))
        with self._changed:
            self._running, self._warm = {}, True
            for (key, job), row in zip(jobs.items(), rows, strict=True):
                job.row = self._answers[key] = row.copy()
                for caller in job.callers:
                    caller.missing -= 1
                    if not caller.missing:
                        caller.done.set()
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return True

    def _take_over(self) -> None:
        """Fail everyone, and start another thread unless that has not helped before."""
        with self._changed:
            self._warm = False
            self._closed = self._ended = self._closed or self._restarts == RESTARTS
            self._fail_everyone()
            if not self._ended:
                self._restarts += 1
                self._start()

    def _fail_everyone(self) -> None:
        for caller in callers(self._waiting) | callers(self._running):
            if caller.failure is None:
                caller.fail(self._rejection("stopped"))
        self._waiting, self._running = {}, {}
