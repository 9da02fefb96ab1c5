"""Many sentences at once, and the signs of life beside them."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.errors import BusyError, UnavailableError
from sentiment.serving import queue
from sentiment.serving.engine import Engine
from sentiment.serving.server import Server
from sentiment.settings import MAX_CHARACTERS, Settings
from sentiment.web.api.schema import MAX_EXPLAINED, MAX_SENTENCES
from sentiment.web.api.v1 import MAX_BODY
from tests.kit.app import create_app
from tests.kit.small import NEGATIVE, POSITIVE, WordWeights, small_classifier
from tests.serving.test_engine import SOON, until
from tests.web.test_gate import PASSWORD, basic, here, shared_app, through_tunnel

PREDICT = "/api/v1/predict"


@pytest.fixture
def app() -> Flask:
    """The app with a small classifier."""
    return create_app(small_classifier(), Settings())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An English-speaking client of it."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_sentences_are_answered_in_order(client: FlaskClient) -> None:
    """With label, full precision, tokens, the model and the times."""
    long = "정말 " * 30
    reply = client.post(PREDICT, json={"sentences": [POSITIVE, NEGATIVE, long, POSITIVE]})
    assert reply.status_code == 200
    answer = reply.get_json()
    assert list(answer) == ["model", "predictions", "timings_ms"]
    assert answer["model"] == {
        "name": "word-weights",
        "id": "word-weights",
        "max_seq_length": 16,
        "facts": {"precision": "exact", "shift": None, "same_labels": None},
    }
    expected = small_classifier().predict([POSITIVE, NEGATIVE, long, POSITIVE])
    assert answer["predictions"] == [
        {
            "label": prediction.label,
            "unsure": False,
            "positive": prediction.positive,
            "negative": prediction.negative,
            "probabilities": {"negative": prediction.negative, "positive": prediction.positive},
            "tokens_read": prediction.tokens_read,
            "tokens_total": prediction.tokens_total,
            "truncated": prediction.truncated,
            "notices": list(prediction.notices),
        }
        for prediction in expected
    ]
    assert [row["truncated"] for row in answer["predictions"]] == [False, False, True, False]
    assert [row["notices"] for row in answer["predictions"]] == [[], [], ["truncated"], []]
    times = answer["timings_ms"]
    assert list(times) == ["tokenize", "queue", "inference", "total"]
    assert times["total"] >= times["inference"] >= 0


def test_answers_are_explained_when_asked(client: FlaskClient) -> None:
    """With spans whose characters are those of the sentence; without asking, there is nothing."""
    sentences = ["👍🏽 정말\u3000최악", POSITIVE]
    reply = client.post(PREDICT, json={"sentences": sentences, "explain": True})
    assert reply.status_code == 200
    for sentence, told in zip(sentences, reply.get_json()["predictions"], strict=True):
        explanation = told["explanation"]
        assert explanation["capped"] is False
        assert [span["text"] for span in explanation["spans"]] == sentence.split()
        for span in explanation["spans"]:
            assert sentence[span["start"] : span["end"]] == span["text"]
            assert span["effect"] == told["positive"] - span["positive_without"]
    for body in ({"sentences": sentences, "explain": False}, {"sentences": sentences}):
        told = client.post(PREDICT, json=body).get_json()["predictions"]
        assert "explanation" not in told[0]


def test_fewer_are_explained_at_once(client: FlaskClient) -> None:
    """As many as promised, and not one more."""
    most = [POSITIVE] * MAX_EXPLAINED
    assert client.post(PREDICT, json={"sentences": most, "explain": True}).status_code == 200
    reply = client.post(PREDICT, json={"sentences": [*most, POSITIVE], "explain": True})
    assert reply.status_code == 413
    assert f"at most {MAX_EXPLAINED}" in reply.get_json()["error"]["message"]


def test_a_model_says_where_it_is_unsure(client: FlaskClient) -> None:
    """By its own band of probabilities."""
    classifier = small_classifier()
    classifier.unsure = (0.4, 0.6)
    unsure = create_app(classifier, Settings()).test_client()
    body = {"sentences": ["영화", POSITIVE]}
    found = [
        [told["unsure"] for told in asked.post(PREDICT, json=body).get_json()["predictions"]]
        for asked in (unsure, client)
    ]
    assert found == [[True, False], [False, False]]


def test_as_many_as_promised_are_taken(client: FlaskClient) -> None:
    """The most sentences, filled up to the largest body."""
    sentences = ["가" * (MAX_BODY // MAX_SENTENCES // 3 - 2)] * MAX_SENTENCES
    body = json.dumps({"sentences": sentences}, ensure_ascii=False).encode()
    assert MAX_BODY * 0.99 < len(body) < MAX_BODY
    reply = client.post(PREDICT, data=body, content_type="application/json")
    assert reply.status_code == 200
    assert len(reply.get_json()["predictions"]) == MAX_SENTENCES


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "not valid JSON"),
        (b"[" * 100_000, 400, "not valid JSON"),
        (b'{"sentences": ["\xff"]}', 400, "UTF-8"),
        (b'["a"]', 400, "an object"),
        (b"{}", 400, "an object"),
        (b'{"sentences": []}', 400, "an object"),
        (b'{"sentences": "a"}', 400, "an object"),
        (b'{"sentences": ["a"], "more": 1}', 400, "an object"),
        (b'{"sentences": ["a"], "explain": 1}', 400, "neither true nor false"),
        (b'{"sentences": ["a"], "explain": null}', 400, "neither true nor false"),
        (b'{"sentences": ["a", 1]}', 400, "sentences[1] is not a string"),
        (json.dumps({"sentences": ["a"] * 12 + [{}]}).encode(), 400, "sentences[12] is not"),
        (b'{"sentences": ["a", " "]}', 400, "sentences[1]: There is no text"),
        (b'{"sentences": ["\\u0000"]}', 400, "sentences[0]: The text holds a NUL"),
        (b'{"sentences": ["a", "a", "\\ud800"]}', 400, "sentences[2]: "),
        (json.dumps({"sentences": ["가" * (MAX_CHARACTERS + 1)]}).encode(), 413, "sentences[0]: "),
        (json.dumps({"sentences": ["a"] * (MAX_SENTENCES + 1)}).encode(), 413, "at most 256"),
        (b" " * (MAX_BODY + 1), 413, "more text"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_wrong_is_told(client: FlaskClient, body: bytes, status: int, words: str) -> None:
    """With a status, a code, a message and, where it is about one sentence, its index."""
    reply = client.post(PREDICT, data=body, content_type="application/json")
    assert reply.status_code == status
    error = reply.get_json()["error"]
    assert words in error["message"]
    assert error["code"] == {400: "bad_request", 413: "too_long"}[status]
    if ": " in words:
        assert words.startswith(f"sentences[{error['index']}]: ")


def test_what_is_no_probability_is_not_told() -> None:
    """A model whose numbers are broken is an accident; NaN would not even be JSON."""

    class Broken(WordWeights):
        def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
            return super().logits(ids) * np.float32("nan")

    classifier = small_classifier()
    classifier._backend = Broken()
    reply = (
        create_app(classifier, Settings())
        .test_client()
        .post(PREDICT, json={"sentences": [POSITIVE]})
    )
    assert reply.status_code == 500
    assert reply.get_json()["error"]["code"] == "internal_error"


def test_only_json_is_taken(client: FlaskClient) -> None:
    """As on the book's route."""
    assert client.post(PREDICT, data={"sentences": "a"}).status_code == 415


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(BusyError, 429, "too_many_requests"), (UnavailableError, 503, "unavailable")],
)
def test_a_model_that_cannot_answer_says_when_to_ask_again(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    error: type[UnavailableError],
    status: int,
    code: str,
) -> None:
    """Programs as JSON, people on the page, where their text is kept; health stays."""
    monkeypatch.setattr(queue, "CALLERS", 0)
    if error is UnavailableError:
        app.extensions["engine"].close()
    for reply in (
        client.post(PREDICT, json={"sentences": [POSITIVE]}),
        client.post("/api", json=POSITIVE),
    ):
        assert reply.status_code == status
        assert reply.get_json()["error"]["code"] == code
        assert int(reply.headers["Retry-After"]) == error.retry_after
    page = client.post("/", data={"sentence": POSITIVE})
    assert page.status_code == status
    assert page.headers["Retry-After"]
    assert f"{POSITIVE}</textarea>" in page.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_readiness_follows_the_engine(app: Flask, client: FlaskClient) -> None:
    """Ready once the model has answered; not any more once it is closed."""
    until(lambda: client.get("/readyz").status_code == 200)
    assert client.get("/readyz").get_json() == {"status": "ready"}
    app.extensions["engine"].close()
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.get_json() == {"status": "not ready"}
    assert client.get("/healthz").get_json() == {"status": "ok", "model": "word-weights"}


def test_metrics_count_this_app_alone(app: Flask, client: FlaskClient) -> None:
    """In Prometheus's text format, from zero with every app."""
    client.post(PREDICT, json={"sentences": [POSITIVE, NEGATIVE]})
    client.post("/api", json=POSITIVE)
    reply = client.get("/metrics")
    assert reply.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "sentiment_total_seconds_count 2.0" in reply.text
    assert 'sentiment_batch_sentences_bucket{le="2.0"} 2.0' in reply.text
    assert 'sentiment_rejected_total{cause="late"} 0.0' in reply.text
    other = create_app(small_classifier(), Settings()).test_client()
    assert "sentiment_total_seconds_count 0.0" in other.get("/metrics").text


def test_visitors_get_answers_but_no_figures() -> None:
    """While the page is shared its figures are the owner's; the rest needs the password."""
    app = shared_app()
    visitor = through_tunnel(app)
    for path in ("/metrics", "/openapi.json"):
        assert visitor.get(path).status_code == 401
    assert visitor.get("/docs").status_code == 303
    assert visitor.get("/metrics", headers=basic(PASSWORD)).status_code == 404
    assert visitor.get("/openapi.json", headers=basic(PASSWORD)).status_code == 200
    json_ = {"sentences": [POSITIVE]}
    assert visitor.post(PREDICT, json=json_).status_code == 401
    assert visitor.post(PREDICT, json=json_, headers=basic(PASSWORD)).status_code == 200
    assert here(app).get("/metrics").status_code == 200
    assert through_tunnel(shared_app(password=None)).get("/metrics").status_code == 404


class Held(WordWeights):
    """A model that waits until it is let go, and writes down how many sentences it was handed."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.batches: list[int] = []

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """As `WordWeights`."""
        assert self.go.wait(SOON)
        self.batches.append(len(ids))
        return super().logits(ids)


@pytest.fixture
def held() -> Iterator[tuple[Held, Engine, int]]:
    """A model that is still warming up, its engine, and the port of a real server."""
    classifier, model = small_classifier(), Held()
    classifier._backend = model
    with closing(Engine(classifier)) as engine, closing(Server("127.0.0.1", 0)) as server:
        app = create_app(engine, Settings())
        serving = threading.Thread(target=server.serve, args=(app,))
        serving.start()
        try:
            yield model, engine, server.port
        finally:
            model.go.set()
            server.close()
            serving.join(SOON)


def test_who_hangs_up_is_dropped(held: tuple[Held, Engine, int]) -> None:
    """Over a real connection: the model never sees the sentence of a closed one."""
    model, engine, port = held
    body = json.dumps({"sentences": ["영화"]}).encode()
    head = f"POST {PREDICT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port)) as leaver:
        leaver.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        until(lambda: "sentiment_queue_sentences 1.0" in engine.metrics.text().decode())
    stayer = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)
    with closing(stayer):
        stayer.request("GET", "/healthz")  # answered while the model is busy
        assert stayer.getresponse().read()
        model.go.set()
        body = json.dumps({"sentences": [POSITIVE, NEGATIVE]}).encode()
        stayer.request("POST", PREDICT, body, {"Content-Type": "application/json"})
        assert stayer.getresponse().status == 200
    assert model.batches == [1, 2]  # the first warms up
    assert 'rejected_total{cause="left"} 1.0' in engine.metrics.text().decode()
