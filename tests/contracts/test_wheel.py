"""What the wheel holds and says, so that ``pip install`` of it gives all that is served."""

import re
import shutil
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from sentiment.settings import ROOT, SHIPPED_MODEL, VERSION
from tests.contracts.conftest import build


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
    assert about["License-Expression"] == "MIT AND CC-BY-SA-4.0"
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


def test_the_container_is_sent_what_the_wheel_is_made_of(wheel: Path, tmp_path: Path) -> None:
    """``.dockerignore`` leaves all else out, and nothing of that."""
    sent = tmp_path / "sent"
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        for path in ROOT.glob(line[1:]) if line.startswith("!") else ():
            place = sent / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(path, place)
    assert names(build("wheel", sent, tmp_path / "built")) == names(wheel)


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
