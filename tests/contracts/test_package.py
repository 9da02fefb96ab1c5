"""The package as people install it: built, put into an empty environment, run far from here."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from sentiment.settings import ROOT, SHIPPED_MODEL, VERSION

LINE = 'pip install "ko-sentiment[restore]"'


def build(kind: str, project: Path, folder: Path) -> Path:
    """Build a ``wheel`` or ``sdist`` with the hatchling of this environment; needs no network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of the source archive alone, in a folder that is gone."""
    with tarfile.open(archive) as opened:
        opened.extractall(archive.parent / "unpacked", filter="data")
    [project] = (archive.parent / "unpacked").iterdir()
    built = build("wheel", project, tmp_path_factory.mktemp("wheel"))
    shutil.rmtree(project)
    return built


def names(wheel: Path) -> set[str]:
    """What is in it."""
    with ZipFile(wheel) as opened:
        return set(opened.namelist())


def metadata(wheel: Path) -> Message:
    """What it says of itself."""
    with ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(opened.read(name).decode())


def needed(wheel: Path, extra: str = "") -> set[str]:
    """The names of what the wheel, or an extra of it, requires."""
    required = [line.partition(";") for line in metadata(wheel).get_all("Requires-Dist", [])]
    return {
        re.split(r"[<>=!\[ ]", what)[0]
        for what, _, condition in required
        if condition.strip() == (f"extra == '{extra}'" if extra else "")
    }


def test_the_wheel_carries_what_is_served(wheel: Path) -> None:
    """Templates, static files, catalogs, sentences and the model; no tests and no benchmarks."""
    found = names(wheel)
    for folder in (ROOT / "templates", ROOT / "static", SHIPPED_MODEL):
        for file in folder.rglob("*"):
            if file.is_file():
                assert f"sentiment/_assets/{file.relative_to(ROOT).as_posix()}" in found
    for file in (ROOT / "sentiment").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert file.relative_to(ROOT).as_posix() in found
    assert {name.partition("/")[0] for name in found} == {
        "sentiment",
        f"ko_sentiment-{VERSION}.dist-info",
    }
    assert not [name for name in found if "/tests/" in name or "__pycache__" in name]


def test_the_wheel_has_its_licences(wheel: Path) -> None:
    """That of the code, and the card of the model, which says where its data come from."""
    about = metadata(wheel)
    assert about["License-Expression"] == "MIT"
    with ZipFile(wheel) as opened:
        licence = opened.read(f"ko_sentiment-{VERSION}.dist-info/licenses/LICENSE")
        card = opened.read(f"sentiment/_assets/models/{SHIPPED_MODEL.name}/README.md").decode()
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert "## Licence" in card
    assert "CC0" in card


def test_the_archive_makes_the_wheel_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Nothing is missing from the source archive; both are small."""
    assert names(build("wheel", ROOT, tmp_path)) == names(wheel)
    assert wheel.stat().st_size < 25_000_000


def test_the_plain_install_needs_no_torch(wheel: Path) -> None:
    """What restores is an extra, and so is each further ``requirements-NAME.txt``."""
    heavy = {"torch", "transformers", "onnx", "safetensors"}
    assert not needed(wheel) & heavy
    assert needed(wheel, "restore") >= heavy
    assert "pytorch-lightning" in needed(wheel, "train") - needed(wheel, "restore")
    files = {file.stem.removeprefix("requirements-") for file in ROOT.glob("requirements-*.txt")}
    assert set(metadata(wheel).get_all("Provides-Extra", [])) == files - {"base", "ratsnlp"}


def test_the_readme_names_every_extra(wheel: Path) -> None:
    """And how one installs it."""
    english = (ROOT / "README.md").read_text("utf-8")
    for extra in metadata(wheel).get_all("Provides-Extra", []):
        assert f"`{extra}`" in english


def environ() -> dict[str, str]:
    """The variables of this process, less what could lead to the checkout."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return kept | {"PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Environment:
    """An environment with the package, and a folder far from the checkout to run it in."""

    scripts: Path
    folder: Path

    def popen(self, *arguments: object) -> "subprocess.Popen[str]":
        """Start the console command in that folder."""
        return subprocess.Popen(
            [self.scripts / "ko-sentiment", *map(str, arguments)],
            cwd=self.folder,
            env=environ(),
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
        command, cwd=environment.folder, env=environ(), capture_output=True, check=True
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
        assert "99.2%" in reply.read().decode()
