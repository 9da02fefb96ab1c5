"""The tables that people sent: each is read, asked about or refused as its owner would expect."""

import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.settings import ROOT


@pytest.mark.slow
def test_all_tables_are_read_as_their_owners_would(shared: Path) -> None:
    """Judged from outside, by the command alone; `shared` skips where they are not at hand."""
    judge = shared / "cases" / "tables" / "check.py"
    if not judge.is_file():
        pytest.skip("the cases are not here")
    done = subprocess.run(
        [sys.executable, str(judge)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
