"""What a frame of a notebook is called, and under which names Colab passes a page on."""

from __future__ import annotations

COLAB = "colab"

WORDS = {
    "self": ("'self'",),
    COLAB: (
        "https://colab.research.google.com",
        "https://*.googleusercontent.com",
        "https://*.prod.colab.dev",
    ),
    "vscode": ("vscode-webview:", "vscode-file:"),
}
"""Words in place of an origin, and the sources of the policy that they stand for: pages of the
same site, the frames of a Colab notebook, one inside the other, and those of VS Code."""

NAMES = (".prod.colab.dev", "-colab.googleusercontent.com")
"""How the names end under which Colab passes a port on, to the notebook's own person alone."""


def is_colabs(name: str, frames: tuple[str, ...]) -> bool:
    """Whether Colab passes the page on under that name, where it may frame the page at all."""
    return COLAB in frames and name.endswith(NAMES)
