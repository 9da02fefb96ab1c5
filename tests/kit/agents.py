"""Stand-ins for the programs that open tunnels, installed for a test; and what a tunnel says."""

import json
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import psutil

from sentiment.share.tunnel import TunnelStatus

PATIENT = 60.0
"""Seconds until a test gives up; none takes that long."""


class Agents:
    """A stand-in for a tunnel's program: what it is to do, and what it has noted."""

    def __init__(self, folder: Path, program: str) -> None:
        """Install the stand-in for `program` into a new folder."""
        folder.mkdir()
        self.path = folder / program
        shutil.copy(Path(__file__).with_name(f"stand_in_{program}.py"), self.path)
        script = self.path.read_text().replace("#!/usr/bin/env python3", f"#!{sys.executable}", 1)
        self.path.write_text(script)
        self.path.chmod(0o700)
        self.behave("open")

    def behave(self, *words: str) -> None:
        """Say what the next runs do, one after the other."""
        (self.path.parent / "behaviour.json").write_text(json.dumps(words))

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What each run so far has noted."""
        notes = self.path.parent / "runs.jsonl"
        return (
            [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
        )

    def running(self) -> list[int]:
        """The process ids of the runs that still go on."""
        return [run["pid"] for run in self.runs if psutil.pid_exists(run["pid"])]


class Changes:
    """Keeps every status, and lets a test wait for one."""

    def __init__(self) -> None:
        self.seen: list[TunnelStatus] = []
        self._news = threading.Condition()

    def __call__(self, status: TunnelStatus) -> None:
        """Take the next status."""
        with self._news:
            self.seen.append(status)
            self._news.notify_all()

    def wait(self, *states: str) -> TunnelStatus:
        """The last status, as soon as the states so far are exactly `states`."""
        with self._news:
            reached = self._news.wait_for(
                lambda: self.states()[: len(states)] == list(states), PATIENT
            )
        assert reached, f"{states} was waited for, {self.states()} came"
        return self.seen[len(states) - 1]

    def wait_for_error(self, words: str) -> None:
        """Return as soon as an error with these words has come."""
        with self._news:
            assert self._news.wait_for(
                lambda: any(words in str(status.error) for status in self.seen), PATIENT
            ), f"{words!r} was waited for, {self.seen} came"

    def states(self) -> list[str]:
        """The states so far."""
        return [status.state for status in self.seen]
