"""A real IPython kernel, which runs cells as a notebook's does."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from sentiment.settings import ROOT

COLAB = Path(__file__).with_name("stand_in_colab")
"""Where ``google.colab`` is found by a kernel that has this on its path."""

PATIENT = 60.0
"""Seconds until a test gives up; none takes that long."""


@dataclass
class Ran:
    """What a cell has left: its text, what it has displayed, and its error as it is shown."""

    text: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What Colab was asked to show."""
        return [each["application/json"] for each in self.shown if "application/json" in each]


class Kernel:
    """A kernel that has started; a cell runs while another thread looks at its page."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager, self._client = manager, client

    def run(self, code: str) -> Ran:
        """Run a cell to its end."""
        ran = Ran()

        def take(message: dict[str, Any]) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "stream":
                    ran.text += content["text"]
                case "display_data" | "execute_result":
                    ran.shown.append(content["data"])
                case "error":
                    ran.error = "\n".join(content["traceback"])

        self._client.execute_interactive(code, allow_stdin=False, timeout=PATIENT, output_hook=take)
        return ran

    def press_stop(self) -> None:
        """What the stop button does."""
        os.kill(self._manager.provisioner.pid, signal.SIGINT)  # type: ignore[union-attr]


@contextmanager
def kernel(
    folder: Path, python: str = sys.executable, path: tuple[Path, ...] = (ROOT, COLAB)
) -> Iterator[Kernel]:
    """A kernel of that Python, with `folder` as its home and current one, and `path` to import."""
    spec = folder / "jupyter" / "kernels" / "tried"
    spec.mkdir(parents=True)
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    said = {"argv": command, "display_name": "tried", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(said))
    unwanted = ("NGROK_AUTHTOKEN", "XDG_CONFIG_HOME", "JPY_PARENT_PID")
    inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
    manager = KernelManager(kernel_name="tried")
    manager.kernel_spec_manager.kernel_dirs = [str(spec.parent)]
    manager.start_kernel(
        cwd=str(folder),
        env=inherited | {"PYTHONPATH": os.pathsep.join(map(str, path)), "HOME": str(folder)},
    )
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENT)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
