"""Draw the icons of the installed page from ``static/mark.svg``, with the installed Chromium.

After a change of the mark run ``python scripts/icons.py``. Needs ``requirements-dev.txt`` and
Chromium (``apt install chromium``), as the tests with a browser do.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from sentiment.web.pages.install import GROUND, ICONS, Icon  # noqa: E402 - of this project

PAGE = """
<body style="margin: 0; display: grid; place-items: center; height: 100vh; background: {ground}">
  <img src="data:image/svg+xml;base64,{mark}" style="width: {share:%}; height: {share:%}">
</body>
"""


def drawn(icon: Icon, mark: bytes) -> bytes:
    """An icon as a PNG."""
