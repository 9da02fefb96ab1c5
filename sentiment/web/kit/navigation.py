"""The way from one page to another."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from sentiment.i18n import marked
from sentiment.web.kit.identity import is_owner, page_address
from sentiment.web.kit.language import gettext
from sentiment.web.kit.root import root

OWNERS = "feedback.index"
"""The page that visitors are not shown."""

PAGES = {
    "pages.index": marked("Sentence"),
    "files.index": marked("Files"),
    OWNERS: marked("Feedback"),
}
"""What stands in the navigation by endpoint, as far as this app has it."""

FOOT = {
    "compare.show": marked("Compare two sentences"),
    "model.show": marked("About the model"),
    "docs.read": marked("For programs"),
}
"""What stands at the foot of every page."""


@dataclass(frozen=True)
class Entry:
    """A link; `current` is the value of ``aria-current``, None elsewhere."""

    name: str
    link: str
    current: str | None


def init_app(app: Flask) -> None:
    """Give templates the navigation."""
    app.add_template_global(navigation)
    app.add_template_global(foot)
    app.add_template_global(page_address)


def navigation() -> list[Entry]:
    """The entries for whoever asks, in order."""
    return [
        Entry(gettext(name), url_for(endpoint), current(endpoint))
        for endpoint, name in PAGES.items()
        if endpoint in current_app.view_functions and (endpoint != OWNERS or is_owner())
    ]


def foot() -> list[Entry]:
    """The links at the foot, in order."""
    return [
        Entry(gettext(name), url_for(endpoint), current(endpoint))
        for endpoint, name in FOOT.items()
        if endpoint in current_app.view_functions
    ]


def current(endpoint: str) -> str | None:
    """``page`` for this very page, ``true`` for one of the same kind."""
    if root() + request.path == url_for(endpoint):
        return "page"
    return "true" if request.blueprint == endpoint.partition(".")[0] else None
