"""Files that are broken at random, but the same in every run, read apart as all files are.

For longer, by hand: ``SENTIMENT_FUZZ_FILES=2000 SENTIMENT_FUZZ_SEED=7 pytest -m slow
tests/tables/test_fuzz.py``.
"""

import io
import os
import random
import zipfile
from pathlib import Path

import pytest

from sentiment.errors import DataError
from sentiment.tables import apart
from tests.kit.breaking import broken_bytes

FILES = int(os.environ.get("SENTIMENT_FUZZ_FILES", "40"))
SEED = int(os.environ.get("SENTIMENT_FUZZ_SEED", "15"))


def broken(data: bytes, chance: random.Random) -> bytes:
    """A file that is broken; of a packed one mostly a part of it, so that it can be unpacked."""
    if not zipfile.is_zipfile(io.BytesIO(data)) or chance.random() < 0.2:
        return broken_bytes(data, chance)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, broken_bytes(content, chance) if name == victim else content)
    return made.getvalue()


@pytest.mark.slow
def test_broken_files_are_read_or_refused(shared: Path, tmp_path: Path) -> None:
    """Of every kind that is read; what reads them is ended, whatever it met."""
    folder = shared / "cases" / "tables"
    seeds = sorted(path for path in folder.iterdir() if path.name[:2].isdigit())
    chance = random.Random(SEED)
    for count in range(FILES):
        seed = chance.choice(seeds)
        path = tmp_path / f"{count}{seed.suffix}"
        path.write_bytes(broken(seed.read_bytes(), chance))
        said = outcome(path)
        assert not said.startswith("The file can't be read: what reads it"), (SEED, count, seed)
        path.unlink()


def outcome(path: Path) -> str:
    """What is said of a file, or nothing where it was read; its rows are then as many as told."""
    try:
        layout = apart.examine(path)
        found = sum(1 for _ in apart.rows(path, layout))
    except DataError as error:
        return str(error)
    assert layout.rows == found, path
    return ""
