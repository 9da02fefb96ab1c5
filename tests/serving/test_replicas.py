"""Two replicas behind HAProxy over PostgreSQL and Redis, ended gently and killed under load."""

import os

import pytest

pytest.importorskip("psycopg")
pytest.importorskip("redis")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")


@pytest.mark.slow
def test_nobody_notices_that_replicas_come_and_go() -> None:
    """No request fails for a graceful end, no row is lost or doubled, and limits are exact."""
    from benchmarks.replicas import CALM, GRACEFUL, soak

    made, burst = soak(rounds=1, rows=2000, clients=3, calm=1.0, files=2)
    assert made.wrong == []
    assert (made.failed[CALM], made.failed[GRACEFUL]) == (0, 0), made.causes
    assert made.answered[GRACEFUL] > 0
    assert len(made.results) >= 2
    assert len(set(made.results)) == 1
    assert burst == {401: 5, 429: 11}
