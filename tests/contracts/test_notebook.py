"""The notebook runs from its first cell to its last, on the tiny checkpoint."""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sentiment.serving.server import check_port
from sentiment.settings import ROOT

NOTEBOOK = ROOT / "notebooks" / "deploy.ipynb"
SENTENCE = "정말 재미있어요"


@pytest.fixture
def handlers() -> Iterator[None]:
    """The signal handlers of before: the server takes them over."""
    kept = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


def cells() -> list[tuple[str, list[str]]]:
    """Source and tags of the cells with code."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [
        ("".join(cell["source"]), cell["metadata"].get("tags", []))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


class Visitor(threading.Thread):
    """Asks the page as soon as it answers, and then presses the stop button."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.answer: Any = None

    def run(self) -> None:
        """Ask once the server listens, for which it may take its time."""
        try:
            with requests.Session() as session:
                session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries()))
                self.answer = session.post(f"{self.address}/api", json=SENTENCE, timeout=60).json()
        finally:
            os.kill(os.getpid(), signal.SIGINT)


def retries() -> Any:
    """Some forty seconds of tries, more and more seldom, to connect at all."""
    from urllib3.util import Retry

    return Retry(connect=12, backoff_factor=0.02, backoff_max=5)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop a cell by")
@pytest.mark.usefixtures("handlers")
def test_every_cell_runs_and_the_last_serves_the_page(
    tiny_checkpoints: Path,
    tiny_pretrained: Path,
    monkeypatch: pytest.MonkeyPatch,
    free_port: int,
) -> None:
    """All but the installation for Colab; the page answers what code 10 says."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    chosen = {
        "PROJECT": str(ROOT),
        "MODEL_DIR": str(tiny_checkpoints),
        "PRETRAINED": str(tiny_pretrained),
        "SHARE": False,
        "PORT": free_port,
    }
    visitor = Visitor(f"http://127.0.0.1:{free_port}")
    names: dict[str, Any] = {}
    for source, tags in cells():
        if "skip-execution" in tags:
            continue
        if "app.run" in source:
            visitor.start()
        exec(source, names)  # noqa: S102 - the notebook is ours
        if "parameters" in tags:
            assert chosen.keys() <= names.keys()
            names |= chosen
    visitor.join()
    assert (
        Path(names["args"].downstream_model_checkpoint_fpath).name == "epoch=1-val_loss=0.45.ckpt"
    )
    assert len(names["answers"]) == 2
    assert visitor.answer == names["inference_fn"](SENTENCE)
    check_port("127.0.0.1", free_port)  # it was given back


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_the_notebook_is_kept_without_outputs() -> None:
    """What somebody's run has printed belongs to nobody else."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    assert all(not cell.get("outputs") for cell in notebook["cells"])
