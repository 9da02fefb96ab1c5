"""All attacks mixed, for as long as is wanted, with honest clients among them.

Started by ``python -m benchmarks.strangers --soak SECONDS --figures FILE``. What the server holds
is written down every few seconds, so that a run that was cut off still says something.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from benchmarks.hostile import Honest, Slow

if TYPE_CHECKING:
    from benchmarks.strangers import Page

STEP = 10.0
"""Seconds between two samples."""

HELD = 15.0
"""Seconds that slow connections are held before they are made anew."""

GROWTH = 0.05
"""Share by which memory or handles may grow over the last two thirds and still be called flat."""

LATEST = 0.5
"""Seconds within which 99 of 100 honest requests are answered."""


@dataclass
class Figures:
    """What the server held from sample to sample, written to a file as it goes."""

    page: "Page"
    honest: Honest
    file: Path
    rows: list[tuple[float, ...]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    NAMES = ("seconds", "memory_mb", "handles", "threads", "honest", "failed", "p99_ms")

    def __enter__(self) -> "Figures":
        self.file.write_text("\t".join(self.NAMES) + "\n", encoding="utf-8")
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self.ended.wait(STEP):
            self.sample()

    def sample(self) -> None:
        """Add a row; nothing once the server is gone."""
        try:
            process = psutil.Process(self.page.process.pid)
            handles = getattr(process, "num_fds" if hasattr(process, "num_fds") else "num_handles")
            held = self.page.memory / 1e6, handles(), process.num_threads()
        except psutil.Error:
            return
        answered = len(self.honest.times), len(self.honest.failures), 1000 * self.honest.slowest
        self.rows.append((time.monotonic() - self._begun, *held, *answered))
        with self.file.open("a", encoding="utf-8") as file:
            file.write("\t".join(f"{value:.0f}" for value in self.rows[-1]) + "\n")

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._thread.join()

    def growth(self, name: str) -> float:
        """By which share of its mean a figure grows over the last two thirds, as a line fits."""
        rows = np.array(self.rows)[len(self.rows) // 3 :]
        seconds, values = rows[:, 0], rows[:, self.NAMES.index(name)]
        slope = np.polyfit(seconds, values, 1)[0]
        return float(slope * (seconds[-1] - seconds[0]) / values.mean())

    def verdict(self) -> str:
        """What came out, a line for each promise."""
        if len(self.rows) < 6:
            return "Too short for a verdict."
        times, failed = self.honest.times, self.honest.failures
        lines = [
            (not failed, f"honest requests that failed: {len(failed)} of {len(times)}"),
            (self.honest.slowest < LATEST, f"p99: {1000 * self.honest.slowest:.0f} ms"),
        ]
        for name in ("memory_mb", "handles", "threads"):
            share = self.growth(name)
            least, most = (
                pick(np.array(self.rows)[:, self.NAMES.index(name)]) for pick in (min, max)
            )
            said = f"{name}: {least:.0f} to {most:.0f}, {share:+.1%} over the last two thirds"
            lines.append((share < GROWTH, said))
        causes = sorted(set(failed))[:5]
        return "\n".join([f"{'ok ' if good else 'NOT'} {said}" for good, said in lines] + causes)


def soak(
    page: "Page", seconds: float, attacks: list[Slow], more: list[Callable[[], object]], file: Path
) -> str:
    """Hold all slow connections at once, make them anew, and do what `more` does meanwhile."""
    end = time.monotonic() + seconds
    with Honest(page.port, page.owner) as honest, Figures(page, honest, file) as figures:
        while time.monotonic() < end and page.process.poll() is None:
            with ExitStack() as stack:
                for attack in attacks:
                    attack.held.clear()
                    attack.closed.clear()
                    stack.enter_context(attack)
                renewed = time.monotonic() + HELD
                for each in more:
                    each()
                time.sleep(max(0.0, min(renewed, end) - time.monotonic()))
        figures.sample()
    return figures.verdict()
