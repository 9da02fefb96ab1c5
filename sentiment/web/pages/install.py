"""What lets a browser install the page as an app of its own, and programs preview its link."""

from dataclasses import dataclass

from flask import Blueprint, Response, json, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from sentiment.web.kit.language import gettext, language

blueprint = Blueprint("install", __name__)

GROUND = "#f7f6f2"
"""Of the page, as its style sheet has it."""


@dataclass(frozen=True)
class Icon:
    """A picture of the mark: a PNG of `size` pixels, of whose width the mark takes a `share`.

    `purpose`: as the manifest has it, empty for one that is not in it. On a `ground` unless it is
    see-through.
    """

    name: str
    size: int
    share: float = 1.0
    ground: str = "transparent"
    purpose: str = ""


TOUCH = Icon("icon-touch.png", 180, 0.84, GROUND)
"""For the home screen of iOS, which rounds corners and puts black behind what is see-through."""

ICONS = (
    Icon("icon-192.png", 192, purpose="any"),
    Icon("icon-512.png", 512, purpose="any"),
    Icon("icon-maskable.png", 512, 0.84, GROUND, "maskable"),
    TOUCH,
)
"""Made by ``scripts/icons.py``. Of a maskable one, systems show at least the circle of four fifths
of its width, and the mark's own circle takes as much of the mark's width."""


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """The web app manifest: https://www.w3.org/TR/appmanifest/."""
    name = gettext("Korean sentiment")
    icons = [
        {"src": url_for("static", filename="mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {
                "src": url_for("static", filename=icon.name),
                "sizes": f"{icon.size}x{icon.size}",
                "type": "image/png",
                "purpose": icon.purpose,
            }
            for icon in ICONS
            if icon.purpose
        ),
    ]
    start = url_for("pages.index")
    content = {
        "name": name,
        "short_name": name,
        "lang": language(),
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": icons,
    }
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, content_type="application/manifest+json")


@blueprint.get("/favicon.ico")
def favicon() -> AnyResponse:
    """For browsers that look there without having read the page."""
    return redirect(url_for("static", filename="icon-192.png"), 302)
