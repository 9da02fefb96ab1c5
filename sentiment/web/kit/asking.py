"""From a request to the engine, and whether its sender still waits."""

import select
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from flask import current_app, request

from sentiment.model.explain import Explanation, leave_out
from sentiment.model.inference import Prediction
from sentiment.model.windows import together, windows
from sentiment.serving.engine import Answer, Engine


def engine() -> Engine:
    """The engine of this app."""
    found: Engine = current_app.extensions["engine"]
    return found


def judge(sentence: str) -> Prediction:
    """Judge one sentence; raises `InputError` or `UnavailableError`."""
    return engine().predict([sentence], sender_left())[0]


def answer(sentences: Sequence[str]) -> Answer:
    """Judge checked sentences while their sender waits; raises `UnavailableError`."""
    return engine().answer(sentences, sender_left())


def answer_whole(texts: Sequence[str]) -> list[Prediction]:
    """Judge checked texts, those that are longer than the model reads in windows, in one batch.

    Raises `UnavailableError`.
    """
    parts = [windows(engine(), text) for text in texts]
    found = iter(answer([window for part in parts for window in part]).predictions)
    return [
        together(engine(), text, [next(found) for _ in part])
        for text, part in zip(texts, parts, strict=True)
    ]


def explained(prediction: Prediction) -> Explanation:
    """Which words pushed an answer; raises `UnavailableError`. It may take seconds."""
    reading = engine().reading(prediction.sentence)
    if prediction.windows == 1:
        return leave_out(prediction, lambda texts: answer(texts).predictions, reading)
    return leave_out(prediction, answer_whole, replace(reading, end=len(prediction.sentence)))


def sender_left() -> Callable[[], bool]:
    """Tells whether the sender of this request has hung up, where the server hands that out.

    A WSGI server need not say; ours puts the connection under the key that Werkzeug's uses.
    """
    connection = request.environ.get("werkzeug.socket")
    return (lambda: False) if connection is None else partial(hung_up, connection)


def hung_up(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection; never waits and takes nothing from it."""
    try:
        if connection.gettimeout() == 0:  # it never waits, as our server's connections
            return connection.recv(1, socket.MSG_PEEK) == b""
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:  # it broke off
        return True
    except ValueError:  # more connections are open than select can name: nobody knows
        return False
