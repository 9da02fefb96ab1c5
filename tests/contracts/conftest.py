"""The package as it is published: its source archive, and the wheel that is made of that."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from sentiment.settings import ROOT


def build(kind: str, project: Path, folder: Path) -> Path:
    """Build a ``wheel`` or ``sdist`` with the hatchling of this environment; needs no network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of the source archive alone, in a folder that is gone."""
    with tarfile.open(archive) as opened:
        opened.extractall(archive.parent / "unpacked", filter="data")
    [project] = (archive.parent / "unpacked").iterdir()
    built = build("wheel", project, tmp_path_factory.mktemp("wheel"))
    shutil.rmtree(project)
    return built
