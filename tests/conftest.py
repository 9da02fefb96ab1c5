"""What tests share: the folder of real material, and small real models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sentiment import loader
from sentiment.inference import Classifier

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is exported on the way never lands in the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("SENTIMENT_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real checkpoints, golden answers and reviews; skips where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the folder {SHARED.name}/ beside the project")
    return SHARED


@pytest.fixture(scope="session")
def tiny_checkpoints(shared: Path) -> Path:
    """A folder of two real checkpoints of the book's own training."""
    return shared / "checkpoints" / "ratsnlp-1.0.53"


@pytest.fixture(scope="session")
def tiny_pretrained(shared: Path) -> Path:
    """The config and vocabulary that the real checkpoints were trained from."""
    return shared / "checkpoints" / "tiny-kcbert"


@pytest.fixture(scope="session")
def tiny_classifier(tiny_checkpoints: Path, tiny_pretrained: Path) -> Classifier:
    """The best of the real checkpoints, restored."""
    return loader.load(str(tiny_checkpoints), str(tiny_pretrained), 128)


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random little BERT in the Hugging Face layout, over a vocabulary of a few words."""
    from tests.checkpoint_fixtures import make_model, save_folder

    return save_folder(tmp_path_factory.mktemp("models") / "made-model", make_model())


@pytest.fixture(scope="session")
def made_classifier(made_folder: Path) -> Classifier:
    """That little BERT, restored; reads up to 32 tokens and needs nothing beside the project."""
    return loader.load(str(made_folder), str(made_folder), 32)
