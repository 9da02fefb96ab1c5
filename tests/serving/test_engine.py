"""The one thread that owns the model: what it shares, bounds, drops and survives."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from sentiment.errors import BusyError, InputError, UnavailableError
from sentiment.model.inference import Prediction
from sentiment.serving import engine as module
from sentiment.serving import queue
from sentiment.serving.engine import Engine
from sentiment.serving.metrics import Metrics
from sentiment.serving.queue import BATCH_TOKENS, Entry, chosen
from tests.kit.small import NEGATIVE, POSITIVE, WordWeights, small_classifier

SOON = 10
"""Seconds that nothing here takes; a test that hangs fails by it."""


class Slow(WordWeights):
    """A model that works when it is told to, and writes down what it was handed."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Semaphore(0)
        self.batches: list[int] = []
        self.failures: list[BaseException] = []

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """As `WordWeights`, once `go` is set; raises the first of `failures` if there are any."""
        self.begun.release()
        assert self.go.wait(SOON)
        self.batches.append(len(ids))
        if self.failures:
            raise self.failures.pop(0)
        return super().logits(ids)


@pytest.fixture
def slow() -> Slow:
    """The model."""
    return Slow()


@pytest.fixture
def engine(slow: Slow) -> Engine:
    """An engine around it, warm."""
    classifier = small_classifier()
    classifier._backend = slow
    made = Engine(classifier)
    made.predict([POSITIVE])
    for _ in range(2):
        assert slow.begun.acquire(timeout=SOON)
    slow.batches.clear()
    return made


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    """Threads that call the engine, as those of the web server do."""
    return ThreadPoolExecutor(100)


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds that another thread will soon bring about."""
    turn = threading.Event()
    for _ in range(1000 * SOON):
        if condition():
            return
        turn.wait(0.001)
    raise AssertionError("it never came about")


def occupied(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor, sentence: str = NEGATIVE
) -> Future[list[Prediction]]:
    """Make the model work on a sentence until `go` is set."""
    slow.go.clear()
    first = pool.submit(engine.predict, [sentence])
    assert slow.begun.acquire(timeout=SOON)
    return first


def waiting(engine: Engine, count: int) -> None:
    """Wait until so many sentences are in the queue."""
    until(lambda: f"sentiment_queue_sentences {count}.0" in engine.metrics.text().decode())


def rejected(engine: Engine, cause: str, count: int) -> bool:
    """Whether a cause has left so many calls without an answer."""
    line = f'sentiment_rejected_total{{cause="{cause}"}} {count}.0'
    return line in engine.metrics.text().decode()


def different(count: int) -> list[str]:
    """So many sentences with as many token ids."""
    words = ("정말", "영화", "좋", "최고", "최악", "별로")
    digits = [[number // 6**place % 6 for place in range(4)] for number in range(count)]
    return [" ".join(words[digit] for digit in row) for row in digits]


def test_it_answers_as_its_classifier(engine: Engine) -> None:
    """One, many and none, in order, from all lengths."""
    sentences = [POSITIVE, "정말 " * 30, NEGATIVE, *different(300), POSITIVE]
    assert engine.predict(sentences) == small_classifier().predict(sentences)
    assert engine.predict([]) == []
    assert engine.name == "word-weights"
    with pytest.raises(InputError):
        engine.predict([" "])


def test_what_queued_meanwhile_is_judged_together(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """While the model is busy five others come; they are its next batch."""
    first = occupied(engine, slow, pool)
    others = [pool.submit(engine.predict, [sentence]) for sentence in different(5)]
    waiting(engine, 5)
    slow.go.set()
    for future in (first, *others):
        assert len(future.result(SOON)) == 1
    assert slow.batches == [1, 5]


def test_a_batch_is_bounded(engine: Engine, slow: Slow) -> None:
    """A long list is judged in several batches of no more tokens than are allowed."""
    engine.predict(different(600))
    assert len(slow.batches) > 1
    assert sum(slow.batches) == 600
    assert max(slow.batches) * 6 <= BATCH_TOKENS


def test_a_sentence_does_not_wait_for_all_of_a_long_list(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """It is judged after the batch that is running, not after the whole list."""
    slow.go.clear()
    long = pool.submit(engine.predict, different(600))
    assert slow.begun.acquire(timeout=SOON)
    short = pool.submit(engine.predict, [NEGATIVE])
    waiting(engine, 1)
    slow.go.set()
    assert short.result(SOON)
    assert long.result(SOON)
    assert slow.batches.index(1) <= 2


def test_a_batch_is_who_came_first_and_fits() -> None:
    """Nobody is overtaken, and a sentence over the bound stands alone."""
    lengths = [500, 5, 6, 7, 5, BATCH_TOKENS + 1]
    jobs = {bytes([number]): Entry(range(length)) for number, length in enumerate(lengths)}
    taken = []
    while jobs:
        keys = chosen(jobs, BATCH_TOKENS)
        taken.append([len(jobs.pop(key).ids) for key in keys])
    assert taken == [[500, 5, 6], [7, 5], [BATCH_TOKENS + 1]]
    assert chosen({}, BATCH_TOKENS) == []


@pytest.mark.parametrize(
    ("length", "seconds", "most"),
    [(512, 0.01, 512), (512, 0.2, 256), (512, 9.0, 128), (20, 9.0, 512)],
)
def test_a_batch_is_what_the_model_manages_in_a_turn(
    length: int, seconds: float, most: int
) -> None:
    """Within bounds, and told by what took it long enough to tell."""
    waiting = queue.Queue(Metrics(queue.REJECTIONS))
    waiting.answer({b"": Entry(range(length))}, np.ones((1, 2)), seconds)
    assert waiting.tokens == most


def test_the_same_sentence_in_flight_is_computed_once(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """Whether it is running or waiting."""
    first = occupied(engine, slow, pool, NEGATIVE)
    [word] = different(1)
    same = [pool.submit(engine.predict, [NEGATIVE, word, word]) for _ in range(5)]
    until(lambda: len(engine._queue.running[next(iter(engine._queue.running))].callers) == 6)
    slow.go.set()
    assert {tuple(future.result(SOON)) for future in same} == {
        tuple(small_classifier().predict([NEGATIVE, word, word]))
    }
    assert first.result(SOON)
    assert slow.batches == [1, 1]


def test_latest_answers_are_remembered(
    engine: Engine, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was not asked for the longest is forgotten first."""
    monkeypatch.setattr(queue, "REMEMBERED", 2)
    one, two, three = different(3)
    for sentence in (one, two, one, three, one):
        engine.predict([sentence])
    assert slow.batches == [1, 1, 1]
    engine.predict([two])
    assert slow.batches == [1, 1, 1, 1]


def test_a_full_queue_refuses_at_once(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is in is answered all the same, and then there is room again."""
    monkeypatch.setattr(queue, "CALLERS", 3)
    first = occupied(engine, slow, pool)
    others = [pool.submit(engine.predict, [sentence]) for sentence in different(2)]
    waiting(engine, 2)
    with pytest.raises(BusyError, match="Too many"):
        engine.predict([POSITIVE])
    assert rejected(engine, "full", 1)
    slow.go.set()
    assert all(future.result(SOON) for future in (first, *others))
    assert engine.predict([POSITIVE])


def test_who_waits_too_long_is_told(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only waiting is cut short, never work; what nobody waits for is not computed."""
    first = occupied(engine, slow, pool)
    monkeypatch.setattr(queue, "WAIT", 0.0)
    with pytest.raises(UnavailableError, match="your turn never came"):
        engine.predict(different(1))
    assert rejected(engine, "late", 1)
    slow.go.set()
    assert first.result(SOON)
    assert slow.batches == [1]


def test_who_left_is_dropped(engine: Engine, slow: Slow, pool: ThreadPoolExecutor) -> None:
    """The model does not see the sentence of somebody who has gone, but all others."""
    first = occupied(engine, slow, pool)
    one, two = different(2)
    gone = pool.submit(engine.predict, [one], lambda: True)
    here = pool.submit(engine.predict, [two])
    waiting(engine, 2)
    slow.go.set()
    with pytest.raises(UnavailableError, match="closed"):
        gone.result(SOON)
    assert first.result(SOON)
    assert here.result(SOON)
    assert slow.batches == [1, 1]
    assert rejected(engine, "left", 1)


def test_an_error_of_the_model_is_that_batchs_alone(engine: Engine, slow: Slow) -> None:
    """Who comes next is answered by the same thread."""
    slow.failures = [ValueError("out of luck")]
    with pytest.raises(RuntimeError, match="out of luck"):
        engine.predict([NEGATIVE])
    assert engine.predict([NEGATIVE]) == small_classifier().predict([NEGATIVE])
    assert engine.ready


def test_a_dead_thread_fails_everyone_and_is_replaced(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """Both who is being answered and who waits; who comes next is answered by a new thread."""
    first = occupied(engine, slow, pool)
    other = pool.submit(engine.predict, different(1))
    waiting(engine, 1)
    dead = engine._thread
    slow.failures = [SystemExit("killed")]
    slow.go.set()
    for future in (first, other):
        with pytest.raises(UnavailableError, match="not running"):
            future.result(SOON)
    assert rejected(engine, "stopped", 2)
    assert engine.predict([NEGATIVE]) == small_classifier().predict([NEGATIVE])
    assert engine.ready
    assert engine._thread is not dead


def test_readiness_is_off_while_a_new_thread_warms_up(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor
) -> None:
    """The new thread is alive, but it has not answered yet."""
    first = occupied(engine, slow, pool)
    assert engine.ready
    slow.failures = [SystemExit("killed"), ValueError("still dizzy")]
    slow.go.set()
    with pytest.raises(UnavailableError):
        first.result(SOON)
    until(lambda: not slow.failures)
    assert not engine.ready
    assert engine.predict([NEGATIVE])
    assert engine.ready


def test_a_thread_that_always_dies_is_started_again_after_longer_and_longer(
    engine: Engine, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile the engine says at once that it does not run; then it does."""
    pauses: list[float | None] = []
    resting = threading.Event()

    def wait(seconds: float | None = None) -> bool:
        pauses.append(seconds)
        if len(pauses) == 6:
            resting.wait(SOON)
        return False

    monkeypatch.setattr(engine._closing, "wait", wait)
    slow.failures = [SystemExit("killed")] * 6
    with pytest.raises(UnavailableError):
        engine.predict([NEGATIVE])
    until(lambda: len(pauses) == 6)
    with pytest.raises(UnavailableError, match="not running"):
        engine.predict([NEGATIVE])
    assert not engine.ready
    assert pauses == [0.0, *(module.PAUSE * 2**n for n in range(5))]
    resting.set()
    until(lambda: engine.ready)
    assert engine.predict([NEGATIVE])


def test_close_drains(engine: Engine, slow: Slow, pool: ThreadPoolExecutor) -> None:
    """Who is in is answered to the end, who comes is refused, and the thread ends."""
    first = occupied(engine, slow, pool)
    other = pool.submit(engine.predict, different(600))  # some of it not even asked for yet
    until(lambda: len(engine._queue.waiting) > 50)
    closing = pool.submit(engine.close)
    until(lambda: engine._queue.closed)
    assert not engine.ready
    with pytest.raises(UnavailableError):
        engine.predict([POSITIVE])
    slow.go.set()
    closing.result(SOON)
    assert first.result(SOON)
    assert other.result(SOON)
    assert not engine._thread.is_alive()


def test_close_does_not_wait_for_ever(
    engine: Engine, slow: Slow, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that hangs keeps nobody waiting."""
    monkeypatch.setattr(module, "DRAIN", 0.0)
    first = occupied(engine, slow, pool)
    engine.close()
    with pytest.raises(UnavailableError):
        first.result(SOON)
    slow.go.set()


def test_times_add_up(engine: Engine) -> None:
    """Tokenising, queue and inference are the whole call, and the metrics know of it."""
    answer = engine.answer([NEGATIVE])
    parts = answer.tokenize + answer.queue + answer.inference
    assert parts == pytest.approx(answer.total)
    assert min(answer.tokenize, answer.queue, answer.inference) >= 0
    text = engine.metrics.text().decode()
    for name in ("tokenize", "queue", "inference", "total"):
        assert f"sentiment_{name}_seconds_count 0.0\n" not in text
        assert f"sentiment_{name}_seconds_sum 0.0\n" not in text
    assert 'sentiment_rejected_total{cause="full"} 0.0' in text
