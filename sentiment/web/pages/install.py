"""What lets a browser install the page as an app of its own, and programs preview its link."""

from flask import Blueprint, Response, json, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from sentiment.web.kit.language import gettext, language

blueprint = Blueprint("install", __name__)

GROUND = "#f7f6f2"
"""Of the page, as its style sheet has it."""


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """The web app manifest: https://www.w3.org/TR/appmanifest/."""
    name = gettext("Korean sentiment")
    icon = {"src": url_for("static", filename="mark.svg"), "sizes": "any", "type": "image/svg+xml"}
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
        "icons": [icon],
    }
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, content_type="application/manifest+json")


@blueprint.get("/favicon.ico")
def favicon() -> AnyResponse:
    """For browsers that look there without having read the page."""
    return redirect(url_for("static", filename="mark.svg"), 302)
