"""What is not yet fast is exported once, and found again by its content."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sentiment.errors import ModelError
from sentiment.model import loader
from sentiment.model.export import cache, traced
from sentiment.model.export.manifest import FLOAT32, MANIFEST, WEIGHTS
from sentiment.settings import BackendName
from tests.kit.checkpoints import make_model, save_folder

SENTENCE = "이 영화는 정말 최고다!"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for each test."""
    monkeypatch.setenv("SENTIMENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A little model that torch could serve."""
    return save_folder(tmp_path / "model", make_model(initializer_range=0.3))


def load(model: Path, backend: BackendName = "auto") -> tuple[float, list[str]]:
    """The answer to `SENTENCE`, and what was said on the way to it."""
    said: list[str] = []
    classifier = loader.load(str(model), str(model), 32, backend, said.append)
    assert classifier.name == model.name
    return classifier.predict([SENTENCE])[0].positive, said


def entries(root: Path) -> list[Path]:
    """The models in the cache."""
    return list(root.iterdir())


def test_the_first_start_exports_and_says_so_and_later_ones_find_it(
    model: Path, root: Path
) -> None:
    """One entry, the same answer, and silence the second time."""
    first, said = load(model)
    assert any("First use" in message for message in said)
    assert load(model) == (first, [])
    assert len(entries(root)) == 1
    assert first == pytest.approx(load(model, "torch")[0], abs=0.05)


def test_a_later_start_needs_no_torch(model: Path) -> None:
    """That is what the cache is for."""
    load(model)
    code = (
        "import sys; from sentiment.model.loader import load; load(sys.argv[1], '', 32, 'auto');"
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_content_is_the_key(model: Path, root: Path, tmp_path: Path) -> None:
    """A copy elsewhere is the same model; new weights or words in the same place are not."""
    load(model)
    copied = Path(shutil.copytree(model, tmp_path / "copied"))
    assert load(copied)[1] == []
    save_folder(copied, make_model(initializer_range=0.2))
    assert load(copied)[1] != []
    words = (copied / "vocab.txt").read_text("utf-8").splitlines()
    (copied / "vocab.txt").write_text("\n".join([*words[:-2], words[-1], words[-2]]), "utf-8")
    assert load(copied)[1] != []
    assert len(entries(root)) == 3


@pytest.mark.parametrize("file", [FLOAT32, WEIGHTS, MANIFEST, "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_broken_entry_is_made_anew(
    model: Path, root: Path, file: str, content: bytes | None
) -> None:
    """Whatever became of its files."""
    expected, _ = load(model)
    [entry] = entries(root)
    if content is None:
        (entry / file).unlink()
    else:
        (entry / file).write_bytes(content)
    answer, said = load(model)
    assert answer == expected
    assert said
    assert load(model) == (expected, [])


def test_torch_never_exports(model: Path, root: Path) -> None:
    """The reference leaves no trace."""
    load(model, "torch")
    assert not root.exists()


def test_what_cannot_be_traced_is_served_by_torch_and_not_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An activation that no written graph knows, and no tracer: the way to it is told each time."""
    monkeypatch.setattr(traced, "NEEDED", "no_such_library")
    monkeypatch.setattr(loader, "WORTH", 0)
    model = save_folder(tmp_path / "relu", make_model(hidden_act="relu"))
    expected, _ = load(model, "torch")
    for tried in (True, False):
        caplog.clear()
        answer, said = load(model)
        assert answer == expected
        assert bool(said) is tried
        warned = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
        assert len([each for each in warned if "served by torch" in each]) == 1
        assert any("pip install no_such_library" in each and "빨라" in each for each in warned)
    with pytest.raises(ModelError, match="pip install"):
        load(model, "onnx")


def test_a_cache_that_cannot_be_written_is_no_obstacle(
    model: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file where its folder should be: torch serves, or the error says what is wrong."""
    root.write_text("in the way")
    assert load(model)[0] == load(model, "torch")[0]
    assert "served by torch" in caplog.text
    with pytest.raises(ModelError, match="could not be written"):
        load(model, "onnx")


@pytest.mark.slow
def test_two_first_starts_at_once_both_serve(model: Path, root: Path) -> None:
    """One of them puts the entry there, and nothing else is left."""
    code = "import sys; from sentiment.model.loader import load; load(sys.argv[1], '', 32, 'onnx')"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(model)],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"SENTIMENT_CACHE": str(root)},
        )
        for _ in range(2)
    ]
    assert [process.wait() for process in both] == [0, 0]
    [entry] = entries(root)
    assert not entry.name.startswith(".")
    assert load(model)[1] == []


def test_old_and_abandoned_entries_are_deleted(model: Path, root: Path) -> None:
    """The cache is bounded, and what a killed process left goes after an hour."""
    for number in range(cache.KEPT + 2):
        (root / f"{number}").mkdir(parents=True)
        os.utime(root / f"{number}", (number, number))
    long_ago = time.time() - 2 * cache.ABANDONED
    (root / ".killed").mkdir()
    os.utime(root / ".killed", (long_ago, long_ago))
    (root / ".under-way").mkdir()
    load(model)
    left = {path.name for path in entries(root)}
    assert {".under-way", "5", "4", "3"} < left
    assert len(left) == cache.KEPT + 1
