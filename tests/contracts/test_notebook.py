"""The notebook runs from its first cell to its last, in a real kernel as Colab's."""

import json
import os
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from sentiment.settings import ROOT, VERSION
from tests.kit.kernels import COLAB, kernel
from tests.kit.proxies import free_port

NOTEBOOK = ROOT / "notebooks" / "deploy.ipynb"
SENTENCE = "정말 재미있어요"

LEFT_ALONE = """
import importlib.metadata, sentiment
print({name: importlib.metadata.version(name) for name in ("torch", "numpy", "ko-sentiment")})
print(sentiment.__file__)
"""


def cells() -> list[tuple[str, list[str]]]:
    """Source and tags of the cells with code."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [
        ("".join(cell["source"]), cell["metadata"].get("tags", []))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def image(folder: Path) -> Path:
    """A Python that has what this one has, as Colab's image has torch and numpy, but not us."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    inside = {"base": str(folder), "platbase": str(folder)}
    here = Path(sysconfig.get_path("purelib", "venv", vars=inside))
    (here / "image.pth").write_text(sysconfig.get_path("purelib"))
    return Path(sysconfig.get_path("scripts", "venv", vars=inside)) / "python"


class Visitor(threading.Thread):
    """Asks the page for the password, as soon as it is shared, and then presses the stop button."""

    def __init__(self, port: int, stop: Any) -> None:
        super().__init__()
        self.address, self.stop = f"http://127.0.0.1:{port}/api", stop
        self.statuses: list[int] = []

    def run(self) -> None:
        """Ask until the shared page has taken the place of the one before."""
        try:
            with requests.Session() as session:
                retries = Retry(connect=12, backoff_factor=0.02, backoff_max=5)
                session.mount("http://", HTTPAdapter(max_retries=retries))
                while 401 not in self.statuses and len(self.statuses) < 1000:
                    reply = session.post(self.address, json=SENTENCE, timeout=60)
                    self.statuses.append(reply.status_code)
                    threading.Event().wait(0.1)
        finally:
            self.stop()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop a cell by")
def test_every_cell_runs_as_it_is(
    wheel: Path, tiny_checkpoints: Path, tiny_pretrained: Path, tmp_path: Path
) -> None:
    """It installs the wheel and leaves torch and numpy alone; the page opens three times."""
    port = free_port()
    chosen = {
        "PACKAGE": f"{wheel}[restore]",
        "MODEL_DIR": str(tiny_checkpoints),
        "PRETRAINED": str(tiny_pretrained),
        "PORT": port,
    }
    frames = []
    texts = ""
    python = image(tmp_path / "image")
    with kernel(tmp_path / "home", str(python), (COLAB,)) as notebook:
        for source, tags in cells():
            visitor = Visitor(port, notebook.press_stop)
            is_last = source.endswith("app.run(port=PORT)")
            if is_last:
                visitor.start()
            ran = notebook.run(source)
            assert not ran.error, ran.error
            frames += ran.frames
            texts += ran.text
            if is_last:
                visitor.join()
                assert set(visitor.statuses) == {200, 401}
            if "parameters" in tags:
                notebook.run("\n".join(f"{name} = {value!r}" for name, value in chosen.items()))
            if "show(" in source:
                reply = requests.post(visitor.address, json=SENTENCE, timeout=60)
                assert reply.json()["sentence"] == SENTENCE
        said = notebook.run(LEFT_ALONE).text
        assert notebook.run("print(len(answers))").text == "2\n"
        chosen_file = notebook.run("print(args.downstream_model_checkpoint_fpath)").text
    assert "epoch=1-val_loss=0.45.ckpt" in chosen_file
    assert [frame["port"] for frame in frames] == [port] * 3
    assert all(frame["path"].startswith("/owner?token=") for frame in frames)
    assert "dashboard.ngrok.com" in texts
    import numpy as np
    import torch

    assert f"'torch': '{torch.__version__}', 'numpy': '{np.__version__}'" in said
    assert f"'ko-sentiment': '{VERSION}'" in said
    assert str(tmp_path / "image") in said


def test_the_notebook_is_kept_without_outputs() -> None:
    """What somebody's run has printed belongs to nobody else."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    assert all(not cell.get("outputs") for cell in notebook["cells"])
