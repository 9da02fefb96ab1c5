"""What the engine and the page count and time, for Prometheus."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

SECONDS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
"""Upper ends of the buckets of times: a small model's share of a request to the longest wait."""

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""The text format that every version of Prometheus reads."""


class Metrics:
    """The figures of one engine, in a registry of their own."""

    def __init__(self, causes: Iterable[str]) -> None:
        """Start at zero; `causes` are the reasons why a call may get no answer."""
        self._registry = CollectorRegistry()
        self.tokenize = self._times("tokenize", "Turning the sentences of a call into tokens.")
        self.queue = self._times("queue", "Waiting of a call until the model took it up.")
        self.inference = self._times("inference", "The model's own time for a batch.")
        self.total = self._times("total", "A call from its sentences to its answers.")
        self.batch = Histogram(
            "sentiment_batch_sentences",
            "Sentences that the model judged together.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128),
            registry=self._registry,
        )
        self.waiting = Gauge(
            "sentiment_queue_sentences",
            "Sentences that wait for the model.",
            registry=self._registry,
        )
        self.rejected = Counter(
            "sentiment_rejected", "Calls without an answer.", ["cause"], registry=self._registry
        )
        for cause in causes:
            self.rejected.labels(cause)
        self.rows = Counter(
            "sentiment_rows", "Rows of files that were answered.", registry=self._registry
        )
        self._requests = Counter(
            "sentiment_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._request = Histogram(
            "sentiment_request_seconds",
            "A request from its last byte to its answer.",
            ["route"],
            buckets=SECONDS[::3],
            registry=self._registry,
        )

    def _times(self, name: str, text: str) -> Histogram:
        """A histogram of seconds."""
        return Histogram(
            f"sentiment_{name}_seconds", text, buckets=SECONDS, registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is one of those declared."""
        self._requests.labels(method, route, str(status)).inc()
        self._request.labels(route).observe(seconds)

    def text(self, replica: str = "") -> bytes:
        """Everything in Prometheus's text format, which `CONTENT_TYPE` names.

        `replica` is put to every figure, so that those of several processes are not taken for
        one another where all are asked through one proxy.
        """
        return generate_latest(Labelled(self._registry, replica) if replica else self._registry)


class Labelled(CollectorRegistry):
    """The figures of a registry with one label more."""

    def __init__(self, registry: CollectorRegistry, replica: str) -> None:
        super().__init__()
        self._of, self._replica = registry, replica

    def collect(self) -> Iterator[Metric]:
        """All figures."""
        for metric in self._of.collect():
            metric.samples = [
                sample._replace(labels=sample.labels | {"replica": self._replica})
                for sample in metric.samples
            ]
            yield metric
