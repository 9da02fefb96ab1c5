"""The page of a file that is judged, or on its way: progress, plots and what they lead to."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for

from sentiment.bulk.results import RESULTS, SLOW, model_of
from sentiment.bulk.tally import Tally
from sentiment.storage import answers, corrections, jobs
from sentiment.storage.database import Connection
from sentiment.storage.jobs import Job
from sentiment.tables.layout import PROBLEMS
from sentiment.web.kit import charts, looks, plots
from sentiment.web.kit.asking import engine
from sentiment.web.kit.charts import Spot
from sentiment.web.kit.language import gettext, ngettext, number, percent
from sentiment.web.kit.looks import Side
from sentiment.web.pages.jobs import lasting

LISTED = 20
"""Numbers of rows listed for each cause why rows have no answer."""


def result_page(connection: Connection, job: Job) -> str:
    """Render ``files_job.html``."""
    summary = job.summary or {}
    problems = answers.problems(connection, job, LISTED) if job.judged else {}
    tally = Tally(*model_of(job))
    shown = looks.sides(tally.labels, tally.sides, summary.get("counts", [0] * len(tally.sides)))
    if not summary or summary["band"][0] >= summary["band"][1]:
        shown = [side for side in shown if side.look.name != "unsure"]
    return render_template(
        "files_job.html",
        job=job,
        before=jobs.waiting_before(connection, job),
        elsewhere=job.model not in ("", engine().digest),
        problems={gettext(PROBLEMS[cause]): found for cause, found in problems.items()},
        unanswered=sum(count for count, _ in problems.values()),
        corrected=corrections.count(connection, job),
        left=lasting(job),
        labels=tally.labels,
        shown=shown,
        bins=bins(job, summary.get("bins", [])),
        parts=Parts(job, shown),
        charts=charts,
        plots=plots,
        results=RESULTS,
        slow=SLOW,
    )


class Parts:
    """Groups and periods of a file as the page shows them; `shown` are the sides told apart."""

    def __init__(self, job: Job, shown: Sequence[Side]) -> None:
        self._job, self._shown = job, shown

    def said(self, counts: Sequence[int]) -> str:
        """Counts in words: ``Positive 62.0%, negative 38.0%``."""
        total = sum(counts) or 1
        return ", ".join(
            f"{side.look.word} {percent(side.count(counts) / total)}" for side in self._shown
        )

    def link(self, part: Mapping[str, Any]) -> str:
        """Where the rows of a group or period are."""
        return url_for("files.rows", job_id=self._job.id, group=part["name"] or " ")

    def spots(self, found: Sequence[Mapping[str, Any]]) -> list[Spot]:
        """What each group or period leads to."""
        return [
            Spot(
                self.link(part),
                f"{part['name']}: {self.said(part['counts'])} ({rows(sum(part['counts']))})",
            )
            for part in found
        ]


def bins(job: Job, counts: Sequence[int]) -> list[Spot]:
    """What each column of the histogram leads to."""
    return [
        Spot(
            url_for("files.rows", job_id=job.id, bin=place),
            f"{percent(place / len(counts))}–{percent((place + 1) / len(counts))}: {rows(count)}",
        )
        for place, count in enumerate(counts)
    ]


def rows(count: int) -> str:
    """How many rows."""
    return ngettext("%(rows)s row", "%(rows)s rows", count) % {"rows": number(count)}
