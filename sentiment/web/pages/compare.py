"""Two sentences side by side: what a change does to the answer."""

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request, url_for
from werkzeug.urls import uri_to_iri

from sentiment.errors import InputError, UnavailableError
from sentiment.model.inference import Prediction
from sentiment.texts.checks import checked
from sentiment.web.kit.asking import answer_whole
from sentiment.web.kit.failures import retry_after, status_of
from sentiment.web.kit.fields import field
from sentiment.web.kit.language import chosen, gettext
from sentiment.web.pages.sentence import Page, kept, link_to, sendable

blueprint = Blueprint("compare", __name__)
blueprint.add_app_template_filter(uri_to_iri, "iri")  # a third as long, and browsers take both

SAME = 0.0005
"""Probabilities that differ by less look the same on the page."""


@dataclass(frozen=True)
class Side:
    """A sentence under its name in the address, and its answer or what is wrong with it."""

    name: str
    sentence: str
    prediction: Prediction | None = None
    problem: InputError | None = None

    @property
    def link(self) -> str | None:
        """The address of the page about this sentence alone, where it can be sent."""
        return link_to(self.sentence)


@dataclass(frozen=True)
class Difference:
    """How much higher the probability of a label is for the second sentence.

    It is positive of the pair, else the answer to the first sentence.
    """

    label: str
    share: float


@blueprint.get("/compare")
def show() -> Page:
    """The form; with ``?a=`` and ``b=`` also both answers and their difference.

    Without ``b`` the second box begins with the first one's sentence, to be edited.
    """
    query = request.query_string
    a, b = kept(query, "a"), kept(query, "b")
    sides = [Side("a", a or ""), Side("b", (a if b is None else b) or "")]
    if b is None or (chosen() and not (a or "").strip() and not b.strip()):
        return page(sides)
    sides = [sound(side, query) for side in sides]
    try:
        return page(judged(sides), link=sendable(url_for("compare.show", a=a or "", b=b)))
    except UnavailableError as error:
        return page(sides, problem=error)


def sound(side: Side, query: bytes) -> Side:
    """The side with what is wrong with its sentence, if anything."""
    try:
        checked(field(query, side.name) or "")
    except InputError as error:
        return replace(side, problem=error)
    return side


def judged(sides: list[Side]) -> list[Side]:
    """The sides with their answers, where nothing is wrong; raises `UnavailableError`."""
    good = [side for side in sides if side.problem is None]
    answers = iter(answer_whole([side.sentence for side in good]) if good else ())
    return [side if side.problem else replace(side, prediction=next(answers)) for side in sides]


def page(
    sides: list[Side], link: str | None = None, problem: UnavailableError | None = None
) -> Page:
    """Render ``compare.html``."""
    html = render_template(
        "compare.html",
        sides=sides,
        link=link,
        difference=difference(sides),
        same=SAME,
        problem=problem and problem.translated(gettext),
        problems={side.name: side.problem.translated(gettext) for side in sides if side.problem},
    )
    status = max((status_of(side.problem) for side in sides if side.problem), default=200)
    return html, status_of(problem) if problem else status, retry_after(problem)


def difference(sides: list[Side]) -> Difference | None:
    """What the second sentence has more than the first, where both were judged."""
    first, second = (side.prediction for side in sides)
    if not (first and second):
        return None
    index = first.labels.focus(first.probabilities)
    name = first.labels[index].name
    return Difference(name, second.probabilities[index] - first.probabilities[index])
