"""What tests share: the folder of real material, small real models, and a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from sentiment.model import loader
from sentiment.model.inference import Classifier
from sentiment.settings import Settings
from sentiment.web.app import App
from tests.kit.app import create_app
from tests.kit.small import small_classifier

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHARED = Path(__file__).parents[2] / "shared"


os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Of torch, before it is imported: on small models more threads wait for one another, and spin."""


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is exported on the way never lands in the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("SENTIMENT_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The hundreds of apps share what their templates are compiled to: most of a page's time."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "jinja_options", App.jinja_options | {"bytecode_cache": compiled})
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
    return loader.load(str(tiny_checkpoints), str(tiny_pretrained), 128, "torch")


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random little BERT in the Hugging Face layout, over a vocabulary of a few words."""
    from tests.kit.checkpoints import make_model, save_folder

    return save_folder(tmp_path_factory.mktemp("models") / "made-model", make_model())


@pytest.fixture(scope="session")
def made_classifier(made_folder: Path) -> Classifier:
    """That little BERT, restored; reads up to 32 tokens and needs nothing beside the project."""
    return loader.load(str(made_folder), str(made_folder), 32, "torch")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests that look at pages."""
    from tests.kit.browsing import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def app() -> Flask:
    """The app over `small_classifier`; files of tests that need another have their own."""
    return create_app(small_classifier(), Settings())


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address of a server of that app."""
    from tests.kit.browsing import serving

    with serving(app) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser: "Browser", address: str, request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The start page, once with script and once without."""
    from tests.kit.browsing import visiting

    with visiting(browser, address, java_script_enabled=request.param) as page:
        page.goto("/")
        yield page


@pytest.fixture
def scripted(browser: "Browser", address: str) -> Iterator["Page"]:
    """The start page with script."""
    from tests.kit.browsing import visiting

    with visiting(browser, address) as page:
        page.goto("/")
        yield page
