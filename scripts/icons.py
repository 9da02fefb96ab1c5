"""Draw the icons of the installed page from ``static/mark.svg``, with the installed Chromium.

After a change of the mark run ``python scripts/icons.py``. It needs ``requirements-dev.txt`` and
Chromium (``apt install chromium``), as the tests with a browser do; whoever serves the page needs
neither.
"""

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from sentiment.web.pages.install import ICONS  # noqa: E402 - found once the folder is on the path

PAGE = """
<body style="margin: 0; display: grid; place-items: center; height: 100vh; background: {ground}">
  <img src="data:image/svg+xml;base64,{mark}" style="width: {share:%}">
</body>
"""


def main() -> None:
    """Draw all icons."""
    folder = ROOT / "static"
    mark = base64.b64encode((folder / "mark.svg").read_bytes()).decode()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium)
        for icon in ICONS:
            page = browser.new_page(viewport={"width": icon.size, "height": icon.size})
            page.set_content(PAGE.format(ground=icon.ground, mark=mark, share=icon.share))
            page.screenshot(path=folder / icon.name, omit_background=True)
            print(f"{icon.name}: {(folder / icon.name).stat().st_size:,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
