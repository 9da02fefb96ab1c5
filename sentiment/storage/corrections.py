"""What people say is right where the model was wrong about a row; kept with the job."""

from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job


def correct(connection: Connection, job: Job, row: int, label: str | None) -> None:
    """Keep that `label` is the right one of a row; None: the model was right after all.

    Results made before are of an earlier revision from then on.
    """
    with connection:
        connection.execute("DELETE FROM corrections WHERE job = ? AND row = ?", (job.number, row))
        if label is not None:
            connection.execute(
                "INSERT INTO corrections (job, row, correct) VALUES (?, ?, ?)",
                (job.number, row, label),
            )
        connection.execute(
            "UPDATE jobs SET revision = revision + 1 WHERE number = ?", (job.number,)
        )


def corrected(connection: Connection, job: Job) -> dict[int, str]:
    """The right labels of corrected rows, by their numbers."""
    query = "SELECT row, correct FROM corrections WHERE job = ? ORDER BY row"
    return dict(connection.execute(query, (job.number,)).fetchall())


def count(connection: Connection, job: Job) -> int:
    """How many rows are corrected."""
    query = "SELECT count(*) FROM corrections WHERE job = ?"
    return int(connection.execute(query, (job.number,)).fetchone()[0])
