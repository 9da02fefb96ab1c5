"""Was it right? The buttons under an answer, and the owner's page of what people said."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden, NotFound, UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from sentiment.errors import InputError, StoreError, UnavailableError
from sentiment.model.inference import Prediction
from sentiment.storage import feedback
from sentiment.web.kit.asking import engine, judge
from sentiment.web.kit.failures import message_of
from sentiment.web.kit.fields import body, field
from sentiment.web.kit.identity import is_owner, settings
from sentiment.web.pages.sentence import Page, answered, link_to

blueprint = Blueprint("feedback", __name__)


@blueprint.app_context_processor
def context() -> dict[str, Any]:
    """What the templates know: whom to ask, and what became of the answer."""
    thanks = g.get("thanks") or field(request.query_string, "thanks", errors="replace")
    return {
        "feedback": {
            "asked": is_asked(),
            "owner": is_owner(),
            "thanks": thanks if thanks in engine().labels.names else None,
            "problem": g.get("feedback_problem"),
        }
    }


@blueprint.app_template_filter()
def minute(moment: str) -> str:
    """A moment of the store in this computer's time, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


@blueprint.post("/feedback")
def submit() -> Page | AnyResponse:
    """Keep which label is ``correct`` for ``sentence``, and show the answer again with thanks.

    The sentence is judged again: what the model said of it is not taken from the form.
    """
    if not is_asked():
        raise Forbidden
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType
    form = body()
    correct = field(form, "correct") or ""
    if correct not in engine().labels.names:
        raise InputError("It is not said which answer is right. Go back and press a button again.")
    try:
        prediction = judge(field(form, "sentence") or "")
    except (InputError, UnavailableError):
        return answered(form)  # it says what is wrong, and keeps the text
    return kept(form, prediction, correct)


def kept(form: bytes, prediction: Prediction, correct: str) -> Page | AnyResponse:
    """The way back to the answer; the answer itself where there is no link, or no room."""
    model = engine()
    try:
        feedback.keep(settings().store, prediction, correct, (model.name, model.id), is_owner())
    except StoreError as error:
        g.feedback_problem = message_of(error)
        html, _, headers = answered(form)
        return html, 500, headers
    if link_to(prediction.sentence):
        query: dict[str, Any] = {"sentence": prediction.sentence, "thanks": correct}
        return redirect(url_for("pages.index", **query, _anchor="answer"), 303)
    g.thanks = correct
    return answered(form)


@blueprint.get("/feedback")
def index() -> str:
    """What people said, for the owner: searched with ``?text=`` and ``?wrong=1``, by pages."""
    refuse_visitors()
    asked = wanted()
    number = request.args.get("page", 1, int)
    found = feedback.search(settings().store, asked.get("text", ""), "wrong" in asked, number)
    return render_template(
        "feedback.html", found=found, wanted=asked, mode=settings().feedback, model=engine().name
    )


@blueprint.post("/feedback/delete")
def delete() -> AnyResponse:
    """Forget the row that the button ``id`` names, or with ``all`` everything."""
    refuse_visitors()
    number = request.form.get("id")
    if number is None and "all" not in request.form:
        raise InputError("It is not said what to delete. Go back and press a button again.")
    feedback.delete(settings().store, number)
    return redirect(url_for("feedback.index", **wanted(), page=request.args.get("page")), 303)


@blueprint.get("/feedback.tsv")
def export() -> Response:
    """Everything as a file that ``train`` and ``evaluate`` take."""
    refuse_visitors()
    response = Response(
        feedback.exported(settings().store), content_type="text/tab-separated-values; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=feedback.tsv"
    return response


def wanted() -> dict[str, Any]:
    """The search of this request, as the parameters of its address."""
    text = request.args.get("text", "").replace("\0", "").strip()
    asked = {"text": text, "wrong": "1" if request.args.get("wrong") else ""}
    return {name: value for name, value in asked.items() if value}


def is_asked() -> bool:
    """Whether whoever sent this request is asked, and what they answer kept."""
    return settings().feedback == "everyone" or (settings().feedback == "owner" and is_owner())


def refuse_visitors() -> None:
    """What people said is the owner's alone."""
    if not is_owner():
        raise NotFound
