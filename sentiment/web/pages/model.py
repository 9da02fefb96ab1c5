"""The model in the open: what it is, how good it is and where it is weak, as far as that is known.

All of it comes from the model itself, its folder's card and what was measured there.
"""

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, render_template
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from sentiment.model.card import Card, read
from sentiment.model.measurements import Domain, Kind
from sentiment.web.kit import measured
from sentiment.web.kit.asking import engine
from sentiment.web.kit.diagrams import reliability
from sentiment.web.kit.failures import message_of
from sentiment.web.kit.language import gettext

blueprint = Blueprint("model", __name__)

WEAKEST = 8
"""Weak spots that are shown."""


@dataclass(frozen=True)
class Weakness:
    """A kind of sentences that the model is worse at than at the rest of a domain."""

    domain: str
    mean: float
    kind: Kind


def init_app(app: Flask) -> None:
    """Serve the page, and give templates what was measured."""
    measured.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.get("/model")
def show() -> str:
    """What is known of the model."""
    found = measured.measurements()
    domains = found.domains if found else {}
    shelf = measured.shelf()
    return render_template(
        "model.html",
        model=engine(),
        card=card(),
        domains=domains,
        diagrams={name: diagram(name, domain) for name, domain in domains.items()},
        weaknesses=weaknesses(domains),
        pace=engine().pace,
        problem=message_of(shelf.problem) if shelf and shelf.problem else None,
    )


@blueprint.get("/model/card")
def text() -> Response:
    """The card as it lies in the model's folder."""
    if (found := card()) is None:
        raise NotFound
    return Response(found.text, content_type="text/plain; charset=utf-8")


def card() -> Card | None:
    """The card of this app's model."""
    return read(engine().facts.folder)


def diagram(name: str, domain: Domain) -> Markup:
    """The reliability of a domain; confidence begins where the likeliest label can."""
    title = gettext("{domain}: how often answers were right, by how sure they were")
    least = 1 / len(engine().labels)
    return reliability(domain.reliability, least, title.format(domain=measured.named(name)))


def weaknesses(domains: dict[str, Domain]) -> list[Weakness]:
    """What the model is surely worse at, in all domains; the largest gaps first."""
    found = [
        Weakness(name, domain.accuracy.accuracy or 0, kind)
        for name, domain in domains.items()
        for kind in domain.weak
    ]
    return sorted(found, key=lambda each: (each.kind.share.accuracy or 0) - each.mean)[:WEAKEST]
