"""The description of the API, for programs and for people."""

from typing import Any

from flask import Blueprint, render_template

from sentiment.web.api.document import document
from sentiment.web.kit.asking import engine
from sentiment.web.kit.identity import settings
from sentiment.web.kit.language import gettext
from sentiment.web.kit.root import root

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """The OpenAPI document."""
    return document(gettext, engine().labels) | {"servers": [{"url": root() or "/"}]}


@blueprint.get("/docs")
def read() -> str:
    """The same document as a page."""
    gated = settings().gate is not None
    api = document(gettext, engine().labels)
    return render_template("docs.html", api=api, gated=gated)
