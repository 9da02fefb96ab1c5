"""One thread owns the model; everybody who wants an answer waits in its queue.

If the thread dies, every caller fails at once and a new thread takes over.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from sentiment.model.backends import batches
from sentiment.model.inference import Prediction, Predictor, Reading, Tokens, digest_of, predictions
from sentiment.serving.metrics import Metrics
from sentiment.serving.queue import REJECTIONS, Entries, Entry, Queue
from sentiment.texts.checks import checked

log = logging.getLogger(__name__)

PAUSE, LONGEST = 0.1, 30.0
"""Seconds before a new thread after the second in a row that died before it had answered anything,
doubled for each further one; and at most. After the first there is none."""

SAMPLE = "배우들 연기가 정말 좋아서 시간 가는 줄 몰랐어요"
"""What warms a model up, and shows how fast it is."""

DRAIN = 3.0
"""Seconds that `Engine.close` gives the callers who still wait."""


def never() -> bool:
    """Nobody loses interest."""
    return False


@dataclass(frozen=True)
class Answer:
    """Predictions in order, and the seconds that each step of the call took."""

    predictions: list[Prediction]
    tokenize: float
    queue: float
    inference: float
    total: float


class Engine:
    """Answers as its model does, from any number of threads."""

    def __init__(self, model: Predictor) -> None:
        """Start the thread, which warms the model up first."""
        self.name, self.id = model.name, model.id
        self.labels, self.unsure = model.labels, model.unsure
        self.max_seq_length, self.form = model.max_seq_length, model.form
        self.facts = model.facts
        self.metrics = Metrics(REJECTIONS)
        self._model = model
        self._queue = Queue(self.metrics)
        self._deaths = 0
        self._pace: float | None = None
        self._closing = threading.Event()
        self._warm = False
        atexit.register(self.close)  # a model that still runs when Python ends aborts the process
        self._start()

    @property
    def ready(self) -> bool:
        """Whether the thread lives, and the model has answered once."""
        return self._warm and self._thread.is_alive() and not self._queue.closed

    @property
    def digest(self) -> str:
        """Changes with whatever the answers depend on: two engines of one digest agree."""
        return digest_of(self)

    @property
    def pace(self) -> float | None:
        """Seconds that the model takes for a single sentence where nobody else asks; None at first.

        The least so far: the first time comes from the start, and is the slowest.
        """
        return self._pace

    def tokenize(self, sentence: str) -> Tokens:
        """Token ids that the model reads, and how many tokens the whole sentence has."""
        return self._model.tokenize(sentence)

    def reading(self, sentence: str) -> Reading:
        """What of the sentence the model reads, and what of that it can make nothing of."""
        return self._model.reading(sentence)

    def unknown(self, sentence: str, ids: Sequence[int]) -> float:
        """Share of the letters of a sentence, of which `ids` are read, in unknown words."""
        return self._model.unknown(sentence, ids)

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Probabilities, shape (sentences, labels), in turn; raises `UnavailableError`."""
        with self._queue.place():
            return self._ask(ids, never)[0]

    def predict(
        self, sentences: Sequence[str], left: Callable[[], bool] = never
    ) -> list[Prediction]:
        """Answer sentences in order; raises `InputError` or `UnavailableError`.

        `left` says whether the caller has lost interest; it is called from the model's thread.
        """
        return self.answer([checked(sentence) for sentence in sentences], left).predictions

    def answer(self, sentences: Sequence[str], left: Callable[[], bool] = never) -> Answer:
        """Answer any text in order, with the times it took; raises `UnavailableError`."""
        begun = perf_counter()
        with self._queue.place():
            tokens = [self.tokenize(sentence) for sentence in sentences]
            tokenized = perf_counter()
            rows, queue = self._ask([ids for ids, _ in tokens], left)
        ended = perf_counter()
        self.metrics.tokenize.observe(tokenized - begun)
        self.metrics.queue.observe(queue)
        self.metrics.total.observe(ended - begun)
        return Answer(
            predictions(self, sentences, tokens, rows),
            tokenized - begun,
            queue,
            ended - tokenized - queue,
            ended - begun,
        )

    def _ask(
        self, ids: Sequence[Sequence[int]], left: Callable[[], bool]
    ) -> tuple[np.ndarray, float]:
        """Probabilities of any number of sentences, a batch at a time, and seconds in queue."""
        rows = np.empty((len(ids), len(self.labels)), np.float32)
        queue = 0.0
        for group in batches([len(sentence) for sentence in ids], self._queue.tokens):
            rows[group], waited = self._queue.ask([ids[index] for index in group], left)
            queue += waited
        return rows, queue

    def close(self) -> None:
        """Take nobody new, answer those who wait, and end the thread."""
        atexit.unregister(self.close)
        self._queue.close()
        self._closing.set()
        self._thread.join(DRAIN)
        self._queue.end(refuse=True)

    # What follows runs in the model's thread.

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        """Warm up, then answer batches until closed; if it ends early, another takes over."""
        try:
            self._run({b"": Entry(self.tokenize(SAMPLE)[0])})
            while entries := self._queue.take():
                if self._run(entries):
                    self._deaths = 0
        except BaseException:
            log.critical("The model's thread died.", exc_info=True)
            self._take_over()

    def _run(self, entries: Entries) -> bool:
        """Run the model on a batch and wake its callers; whether it answered."""
        started = perf_counter()
        try:
            rows = self._model.probabilities([entry.ids for entry in entries.values()])
        except Exception as error:
            log.exception("The model failed.")
            self._queue.fail(entries, RuntimeError(f"The model failed: {error}"))
            return False
        took = perf_counter() - started
        self.metrics.inference.observe(took)
        self.metrics.batch.observe(len(entries))
        if len(entries) == 1:
            self._pace = min(took, self._pace or took)
        self._warm = True
        self._queue.answer(entries, rows, took)
        return True

    def _take_over(self) -> None:
        """Fail everyone, and start another thread after a pause that grows while none helps.

        Who asks during the pause is told so at once.
        """
        self._warm = False
        self._deaths += 1
        pause = 0.0 if self._deaths == 1 else min(LONGEST, PAUSE * 2 ** min(self._deaths - 2, 20))
        closed = self._queue.end(refuse=pause > 0)
        if not closed and not self._closing.wait(pause):
            self._queue.begin()
            self._start()
