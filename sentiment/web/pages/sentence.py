"""The page: a form, and the answer to what was typed into it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from sentiment.errors import InputError, UnavailableError
from sentiment.model.explain import Explanation
from sentiment.model.inference import Prediction
from sentiment.texts.spelling import spelled
from sentiment.web.kit.asking import engine, explained
from sentiment.web.kit.failures import retry_after, status_of
from sentiment.web.kit.fields import body, field
from sentiment.web.kit.language import chosen, gettext
from sentiment.web.pages.paragraphs import Paragraph, judged

blueprint = Blueprint("pages", __name__)

EXAMPLES = (
    "배우들 연기가 정말 좋아서 시간 가는 줄 몰랐어요.",
    "상자가 찌그러져서 왔는데 문의해도 답이 없네요.",
    "국물이 진하고 반찬도 하나하나 정성스러워요. 또 갈게요!",
    "영상은 아름다운데 이야기가 뻔해서 아쉽네요.",
    "어제 업데이트하고 나서 앱이 자꾸 꺼져요.",
    "이거 세탁기에 돌려도 되나요?",
)
"""Sentences to try, Korean in every language of the page: they are what the model reads."""

LONGEST_LINK = 2000
"""Longest address offered as a link, in characters; some mail and chat programs cut longer ones."""

LONGEST_ADDRESS = 8000
"""Longest address that a browser is led to, in characters: proxies take that much."""

LINKED = 500
"""Longest text whose words link to the text without them, in characters: the links together weigh
up to 75 KB then."""

QUICK, MARKED = 0.06, 0.3
"""Seconds: a model that answers a sentence in less answers while one types, and words are marked
where that takes no longer."""

SHOWN_UNKNOWN = 3
"""Unknown words that are shown of a text."""

Page = tuple[str, int, dict[str, str]]
"""HTML, status and headers."""


@blueprint.get("/")
def index() -> Page:
    """The form; with ``?sentence=`` also the answer, so that an answer can be sent as a link.

    With ``why`` too, here and in the form, the answer is explained.
    """
    if field(request.query_string, "sentence", errors="replace") is None:
        return page()
    return answered(request.query_string)


@blueprint.post("/")
def submit() -> Page:
    """The form and the answer to the field ``sentence``.

    Script asks here, with the header ``Sentiment-Part: answer``: it needs no more of the page.
    """
    return answered(form())


@blueprint.get("/judge")
def led() -> AnyResponse:
    """Nothing lies here for whoever comes by an address."""
    return redirect(url_for("pages.index"), 303)


@blueprint.post("/judge")
def lead() -> AnyResponse | Page:
    """Lead a browser without script to the answer's own address.

    So Back, Forward and Reload walk through the answers. A text too long for an address is answered
    here. The language switch sends the form too: an empty box is no mistake then.
    """
    sent = form()
    sentence, why = kept(sent, "sentence") or "", kept(sent, "why")
    if chosen() and not sentence.strip():
        return redirect(url_for("pages.index"), 303)
    address = url_for("pages.index", sentence=sentence, why=why or None)
    broken = "\N{REPLACEMENT CHARACTER}" in sentence  # what was sent is looked at here
    return answered(sent) if broken or len(address) > LONGEST_ADDRESS else redirect(address, 303)


def form() -> bytes:
    """The form that was sent; raises `UnsupportedMediaType` or `RequestEntityTooLarge`."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType
    return body()


def answered(encoded: bytes) -> Page:
    """The page with the answer, or with what is wrong; either way the text stays in the box."""
    try:
        sentence = field(encoded, "sentence") or ""
        prediction, paragraph = judged(sentence)
        explanation = explained(prediction) if field(encoded, "why") else None
    except (InputError, UnavailableError) as error:
        return page(kept(encoded, "sentence") or "", problem=error)
    return page(sentence, prediction, explanation, paragraph)


def kept(encoded: bytes, name: str) -> str | None:
    """What was sent as `name`, broken or not, as far as an HTML page can hold it."""
    text = field(encoded, name, errors="replace")
    return text and text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def page(
    sentence: str = "",
    prediction: Prediction | None = None,
    explanation: Explanation | None = None,
    paragraph: Paragraph | None = None,
    problem: InputError | UnavailableError | None = None,
) -> Page:
    """Render ``index.html``."""
    html = render_template(
        "index.html",
        sentence=sentence,
        prediction=prediction,
        explanation=explanation,
        paragraph=paragraph,
        unknown=unknown_words(sentence) if prediction else [],
        read_as=read_as(sentence) if prediction else None,
        problem=problem and problem.translated(gettext),
        link=link_to(sentence) if prediction else None,
        linked=len(sentence) <= LINKED,
        model=engine().name,
        live=live(),
        examples=EXAMPLES,
        part=request.headers.get("Sentiment-Part") == "answer",
    )
    return html, status_of(problem) if problem else 200, retry_after(problem)


def live() -> int:
    """Characters of the longest text whose words are marked as it is typed; 0 for a slow model.

    A text of so many characters has about a third as many words, and each is left out once.
    """
    pace = engine().pace
    if pace is None or pace >= QUICK:
        return 0
    return max(1, min(LINKED, round(3 * MARKED / pace)))


def read_as(sentence: str) -> str | None:
    """What the model reads of a text, where that is not the same text composed otherwise."""
    text = spelled(sentence, engine().form)
    return None if text == spelled(sentence, "as-typed") else text


def link_to(sentence: str) -> str | None:
    """The address of the page that judges `sentence`; None when it would be too long to send."""
    return sendable(url_for("pages.index", sentence=sentence))


def sendable(link: str) -> str | None:
    """The address; None when it would be too long to send."""
    return link if len(link) <= LONGEST_LINK else None


def unknown_words(sentence: str) -> list[str]:
    """The first words of a text that the model can make nothing of."""
    places = engine().reading(sentence).unknown
    return [sentence[start:end] for start, end in places[:SHOWN_UNKNOWN]]
