"""Where this process runs, and how a page of this computer is shown there."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sentiment.i18n import both
from sentiment.settings import LOCAL_HOSTS, Settings

HEIGHT = 640
"""Pixels of the frame under a cell."""

VSCODE = ("VSCODE_PID", "VSCODE_CWD", "VSCODE_IPC_HOOK")
"""Variables of kernels that VS Code has started."""

Say = Callable[[str], None]
Show = Callable[[int, str, Say], None]
"""Shows a path of the page on a port of this computer; says what else there is to say."""


def nowhere(_port: int, _path: str, _say: Say) -> None:
    """Show nothing: the address that is printed is enough."""


@dataclass(frozen=True)
class Place:
    """A terminal or some kind of notebook.

    `frames`: who shows the page in a frame there, as of `Settings.allow_frames`. `proxy`: it is
    reached through a proxy on this computer, below a path and under a name that it does not know.
    `proof`: whoever comes that way proves to be the owner by the link.
    """

    name: str = "terminal"
    show: Show = nowhere
    frames: tuple[str, ...] = ()
    proxy: bool = False

    @property
    def proof(self) -> bool:
        """Whether the page is reached through somebody's proxy."""
        return self.proxy or self.name == "colab"

    @property
    def is_notebook(self) -> bool:
        """Whether there is a browser that shows more than text."""
        return self.name != "terminal"

    def adapted(self, settings: Settings) -> Settings:
        """The settings with which the page can be shown here."""
        frames = (*settings.allow_frames, *self.frames)
        return replace(settings, allow_frames=frames, proxy=settings.proxy or self.proxy)


def here() -> Place:
    """The place of this process."""
    if found("google.colab"):
        return Place("colab", in_colab if in_kernel() else beside_colab, ("colab",))
    if not in_kernel():
        return Place()
    if "KAGGLE_KERNEL_RUN_TYPE" in os.environ:
        return Place("kaggle", unreachable)
    if any(name in os.environ for name in VSCODE):
        return Place("vscode", partial(in_frame, "http://localhost:{port}"), ("vscode",))
    return jupyter()


def jupyter() -> Place:
    """Jupyter, at home or far away: a frame where one reaches, else a link."""
    server = own_server()
    hub = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    base = hub or server.get("base_url")
    if base and found("jupyter_server_proxy"):
        through = partial(in_frame, base.rstrip("/") + "/proxy/{port}")
        return Place("jupyter", through, ("self",), proxy=True)
    if not hub and server.get("hostname") in LOCAL_HOSTS:
        origins = tuple(f"http://{name}:{server['port']}" for name in ("localhost", "127.0.0.1"))
        direct = partial(in_frame, f"http://{server['hostname']}:{{port}}")
        return Place("jupyter", direct, origins)
    return Place("jupyter", far_away if hub else nowhere)


def own_server() -> dict[str, Any]:
    """What the Jupyter server that has started this kernel says of itself; empty for none."""
    from jupyter_core.paths import jupyter_runtime_dir

    file = Path(jupyter_runtime_dir()) / f"jpserver-{os.environ.get('JPY_PARENT_PID')}.json"
    try:
        said = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def found(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        return module in sys.modules or find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def in_kernel() -> bool:
    """Whether this is the process that runs a notebook's cells."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None


def in_colab(port: int, path: str, _say: Say) -> None:
    """Under the cell, through Colab's own proxy: it needs no account."""
    from google.colab import output  # type: ignore[import-untyped, import-not-found, unused-ignore]

    output.serve_kernel_port_as_iframe(port, path=path, height=str(HEIGHT))


def beside_colab(_port: int, _path: str, say: Say) -> None:
    """A program that a cell has started can't show anything under it; the kernel can."""
    say(
        both(
            lambda _: _(
                "To see the page under the cell, start it with %run -m sentiment in place of "
                "!python -m sentiment."
            )
        )
    )


def in_frame(address: str, port: int, path: str, _say: Say) -> None:
    """Under the cell, by an address with a place for the port."""
    from IPython.display import IFrame, display

    source = escape(address.format(port=port) + path)
    display(IFrame(source, "100%", HEIGHT, extras=['allow="clipboard-write"']))


def far_away(_port: int, _path: str, say: Say) -> None:
    """Nothing on the hub's side passes a port on."""
    say(
        both(
            lambda _: _(
                "To see the page under the cell, install jupyter-server-proxy where Jupyter runs, "
                "or share the page."
            )
        )
    )


def unreachable(_port: int, _path: str, say: Say) -> None:
    """Kaggle passes no port on."""
    say(
        both(
            lambda _: _(
                "Kaggle lets nobody reach a page on its computer. Share it, and open the share "
                "link."
            )
        )
    )
