"""The package as people install it: put into an empty environment, run far from the checkout."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sentiment.settings import VERSION

LINE = 'pip install "ko-sentiment[restore]"'


@dataclass(frozen=True)
class Environment:
    """An environment with the package, and a folder far from the checkout to run it in."""

    scripts: Path
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """Those of this process, less what leads to the checkout and to models served before."""
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        cache = self.folder.with_name("cache-of-the-package")
        return kept | {"PYTHONUTF8": "1", "SENTIMENT_CACHE": str(cache)}

    def popen(self, *arguments: object) -> "subprocess.Popen[str]":
        """Start the console command in that folder."""
        return subprocess.Popen(
            [self.scripts / "ko-sentiment", *map(str, arguments)],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: object) -> tuple[int, str, str]:
        """Exit code, output and messages of the console command."""
        with self.popen(*arguments) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An empty environment into which pip has put the wheel; skips where no index is reached."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    command = [str(scripts / "python"), "-m", "pip", "install", "--retries", "1", str(wheel)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if re.search("connection broken|Could not fetch URL|timed out", done.stderr):
        pytest.skip("needs a package index")
    assert done.returncode == 0, done.stderr
    return Environment(scripts, tmp_path_factory.mktemp("elsewhere"))


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.mark.slow
def test_it_is_small(environment: Environment) -> None:
    """Under 250 MB with everything that pip brought and compiled, pip itself left out."""
    [pip] = environment.scripts.parent.rglob("site-packages/pip")
    rest = size(pip.parent) - sum(
        size(pip.parent / name) for name in ("pip", "setuptools", "pkg_resources")
    )
    assert 100_000_000 < rest < 250_000_000


@pytest.mark.slow
def test_the_command_answers_with_the_shipped_model(environment: Environment) -> None:
    """From any folder, and `python -m sentiment` does the same."""
    code, out, err = environment.run("--version")
    assert (code, VERSION in out) == (0, True), err
    code, out, err = environment.run("predict", "정말 좋았어요")
    assert code == 0, err
    assert "긍정 positive" in out
    command = [str(environment.scripts / "python"), "-m", "sentiment", "predict", "정말 좋았어요"]
    same = subprocess.run(
        command, cwd=environment.folder, env=environment.variables, capture_output=True, check=True
    )
    assert same.stdout.decode() == out


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "--backend", "torch", "좋아요"),
        ("predict", "--model", "made", "좋아요"),
        ("predict", "--model", "beomi/kcbert-base", "좋아요"),
        ("doctor", "--model", "made"),
        ("export", "made", "-o", "exported"),
    ],
    ids=" ".join,
)
def test_restoring_is_refused_with_the_line_that_installs_it(
    environment: Environment, made_folder: Path, arguments: tuple[str, ...]
) -> None:
    """Before anything is downloaded or written; in Korean and English."""
    given = [str(made_folder) if argument == "made" else argument for argument in arguments]
    code, out, err = environment.run(*given)
    assert code == 2
    told = [line.strip() for line in (out + err).splitlines() if LINE in line]
    assert len(told) == 2
    assert all(line.endswith(LINE) for line in told)
    assert "Traceback" not in err
    assert not any(environment.folder.iterdir())


@pytest.fixture
def address(environment: Environment) -> Iterator[str]:
    """The address of a page that the console command serves."""
    with environment.popen("serve", "--port", "0", "--no-open") as process:
        assert process.stdout
        try:
            yield next(
                found[0]
                for line in process.stdout
                if (found := re.search(r"http://[\w.:]+", line)) is not None
            )
        finally:
            process.kill()


@pytest.mark.slow
def test_the_page_is_served_with_all_its_files(address: str) -> None:
    """The form, what it links to, an answer, and the sign of life."""
    with urllib.request.urlopen(address) as reply:
        page = reply.read().decode()
    assert "<form" in page
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert any(".css" in link for link in linked)
    assert any(".js" in link for link in linked)
    for path in (*linked, "/healthz", "/files", "/docs", "/openapi.json"):
        with urllib.request.urlopen(address + path) as reply:
            assert reply.status == 200
            assert reply.read()
    with urllib.request.urlopen(address, data="sentence=정말 좋았어요".encode()) as reply:
        assert "긍정 (positive)" in reply.read().decode()
