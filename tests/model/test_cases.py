"""The cases of checkpoints as people have them, where they lie beside the project."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_case_is_right(shared: Path, tmp_path: Path) -> None:
    """Each answers as transformers does, or is refused by what it is."""
    scripts = shared / "cases" / "checkpoints"
    if not scripts.is_dir():
        pytest.skip("needs the cases")
    made = tmp_path / "cases"
    subprocess.run([sys.executable, scripts / "build.py", made], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, scripts / "check.py", made],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
