"""Who works on a job: taken for a while, renewed meanwhile, taken over once that has passed.

A job is taken only by a worker with the model that it was sent to. Whatever a worker keeps of a
job says whose it is (``holder``), so that one that was held up changes nothing any more.
"""

from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job, made_of

LEASE = 10.0
"""Seconds after which a job of a worker that was not heard of is another's."""

TAKE = """
UPDATE jobs SET state = CASE state WHEN 'queued' THEN 'running' ELSE state END,
    holder = :holder, leased = :until
WHERE number = (
    SELECT number FROM jobs
    WHERE model IN ('', :model)
        AND (state = 'queued'
            OR state IN ('running', 'stopping') AND (leased < :now OR holder = :holder))
    ORDER BY number LIMIT 1{skipping})
RETURNING *"""


def take(connection: Connection, holder: str, model: str) -> Job | None:
    """The first job for `model` that waits, or whose worker is gone; now it is the holder's."""
    now = connection.now()
    asked = {"holder": holder, "model": model, "now": now, "until": now + LEASE}
    with connection:
        found = connection.execute(TAKE.format(skipping=connection.skipping), asked).fetchone()
    return found and made_of(found)


def renew(connection: Connection, job: Job) -> bool:
    """Keep a job for another while; whether it still is its holder's."""
    return until(connection, job, connection.now() + LEASE)


def release(connection: Connection, job: Job) -> None:
    """Let others go on with a job at once."""
    until(connection, job, 0.0)


def until(connection: Connection, job: Job, moment: float) -> bool:
    """Hold a job until then; whether it still is its holder's."""
    with connection:
        changed = connection.execute(
            "UPDATE jobs SET leased = ? WHERE number = ? AND holder = ?"
            " AND state IN ('queued', 'running', 'stopping')",
            (moment, job.number, job.holder),
        )
    return bool(changed.rowcount)


def unchanged(connection: Connection, job: Job) -> bool:
    """Whether nobody has stopped or removed the job, or taken it over."""
    query = "SELECT 1 FROM jobs WHERE number = ? AND state = ? AND holder = ?"
    found = connection.execute(query, (job.number, job.state, job.holder))
    return found.fetchone() is not None
