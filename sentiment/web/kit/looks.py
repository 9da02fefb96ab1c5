"""How labels look on a page: words, a sign and a class of the style sheet; never colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from flask import Flask

from sentiment.i18n import catalog, marked
from sentiment.labels import DOUBTFUL, UNSURE, Label, Labels, labels_of
from sentiment.model.prediction import Facts, Prediction
from sentiment.web.kit.asking import engine
from sentiment.web.kit.language import gettext, language
from sentiment.web.kit.plots import STRIPED

MOST = 8
"""Labels that colours tell apart; of more of them the likeliest are shown first."""

FIRST = 5
"""Labels of such a model whose bars are in sight at once."""

MIXED = "mixed"
"""What is told of a text whose sentences lean to both sides."""

REST = "rest"
"""What stands for all labels that are not shown one by one."""

WITHOUT_SIDE = {
    UNSURE: (marked("Unsure"), marked("Unsure (애매해요)"), "?"),
    DOUBTFUL: (marked("Not reliable"), marked("Not reliable (믿기 어려워요)"), "!"),
    MIXED: (marked("Mixed"), marked("Mixed (엇갈려요)"), "±"),
}
"""What is told where no label is: in the language of the page, in both, and its sign."""


@dataclass(frozen=True)
class Look:
    """What people see of a label or verdict.

    `id`: what its bar is called. `word`: in the language of the page, `heading`: in both. `tone`:
    its classes. `sign`: ``+``, ``−`` or ``?``, else the number of the label. `face`: which face is
    drawn, empty for none.
    """

    name: str
    id: str
    word: str
    heading: str
    tone: str
    sign: str
    face: str = ""


def init_app(app: Flask) -> None:
    """Give templates the looks."""
    app.add_template_global(looks)
    app.add_template_global(look)
    app.add_template_global(told)
    app.add_template_global(told_words)
    app.add_template_global(ranked)
    app.add_template_filter(fold)

    @app.context_processor
    def of_the_model() -> dict[str, Labels | Facts]:
        return {"labels": engine().labels, "facts": engine().facts}


def looks(labels: Labels) -> list[Look]:
    """The looks of all labels, in the order in which people see them."""
    return list(found(labels, language()).values())


def look(labels: Labels, verdict: str) -> Look:
    """The look of a label's name or of what is told instead; another name says what it can."""
    if known := found(labels, language()).get(verdict):
        return known
    if verdict in WITHOUT_SIDE:
        return without_side(verdict, language())
    spelled = found(labels_of([verdict]), language()) if verdict.strip() else {}
    return spelled.get(verdict) or Look(verdict, "", verdict, verdict, "", "")


def told(prediction: Prediction, sides: Sequence[str] = ()) -> Look:
    """The look of what people are told of a text; `sides`: labels that its sentences lean to."""
    name = MIXED if sides and not prediction.doubtful else prediction.told
    return look(prediction.labels, name) if name != MIXED else without_side(MIXED, language())


def told_words(labels: Labels) -> list[Look]:
    """The looks of everything that people can be told of a text."""
    return looks(labels) + [without_side(name, language()) for name in WITHOUT_SIDE]


@cache
def found(labels: Labels, code: str) -> dict[str, Look]:
    """The looks of all labels in a language, by name."""
    most = max((abs(label.leaning or 0) for label in labels), default=0)
    made: dict[str, Look] = {}
    used: list[str] = []
    for number, index in enumerate(labels.order, start=1):
        label = labels[index]
        tone, sign, face = shape(label, most, number, len(labels) > MOST)
        used.append(tone)
        if used.count(tone) % 2 == 0:
            tone = f"{tone} {STRIPED}"
        place = label.name if labels.is_pair else f"label-{number}"
        words = word(label, code), heading(label, code)
        made[label.name] = Look(label.name, place, *words, tone, sign, face)
    return made


def shape(label: Label, most: int, number: int, many: bool) -> tuple[str, str, str]:
    """Class, sign and face of the label with that number, where the farthest leans by `most`."""
    match label.leaning:
        case None:
            return "other" if many else numbered(number), str(number), ""
        case 0:
            return "neutral", "=", "neutral"
    side, sign = ("positive", "+") if label.leaning > 0 else ("negative", "−")
    return side if abs(label.leaning) == most else f"{side} mild", sign, side


def numbered(number: int) -> str:
    """Classes of something that has no side: every second one is striped where it fills areas."""
    return f"class{number}" if number % 2 else f"class{number} {STRIPED}"


def word(label: Label, code: str) -> str:
    """A label in a language; a model's own name stays as it is."""
    if label.korean == label.english:
        return label.name
    return label.korean if code == "ko" else label.english.capitalize()


def heading(label: Label, code: str) -> str:
    """A label in both languages, that of the page first; a model's own name stays as it is."""
    if label.korean == label.english:
        return label.name
    if code == "ko":
        return f"{label.korean} ({label.english})"
    return f"{label.english.capitalize()} ({label.korean})"


def without_side(name: str, code: str) -> Look:
    """The look of what is told in place of a label: grey, whatever it is."""
    *messages, sign = WITHOUT_SIDE[name]
    one, both = (str(catalog(code).gettext(message)) for message in messages)
    return Look(name, name, one, both, UNSURE, sign, name)


def ranked(labels: Labels, probabilities: Sequence[float]) -> tuple[list[int], list[int]]:
    """Indices of the labels whose bars are in sight, and of those that are folded away."""
    if len(labels) <= MOST:
        return list(labels.order), []
    likeliest = sorted(labels.order, key=lambda index: -probabilities[index])
    return likeliest[:FIRST], likeliest[FIRST:]


@dataclass(frozen=True)
class Side:
    """A verdict of a judged file, or several that are shown as one; `places` of its counts."""

    look: Look
    places: tuple[int, ...]

    def count(self, counts: Sequence[int]) -> int:
        """The rows of it."""
        return sum(counts[place] for place in self.places)


def sides(labels: Labels, verdicts: Sequence[str], counts: Sequence[int]) -> list[Side]:
    """How some verdicts are shown, where so many rows have them.

    Of more labels than colours tell apart the most frequent are shown one by one.
    """
    if labels.is_pair:
        return [Side(look(labels, name), (place,)) for place, name in enumerate(verdicts)]
    if len(labels) <= MOST:
        return [
            Side(told_apart(look(labels, name)), (place,)) for place, name in enumerate(verdicts)
        ]
    places = [place for place, name in enumerate(verdicts) if name != UNSURE]
    kept = set(sorted(places, key=lambda place: -counts[place])[: MOST - 1])
    shown = [Side(look(labels, verdicts[place]), (place,)) for place in places if place in kept]
    made = [
        Side(replace(side.look, tone=numbered(number), sign=str(number)), side.places)
        for number, side in enumerate(shown, start=1)
    ]
    rest = tuple(place for place in places if place not in kept)
    others = gettext("All other labels")
    made.append(Side(Look(REST, REST, others, others, "other", "…"), rest))
    unsure = [place for place, name in enumerate(verdicts) if name == UNSURE]
    return made + [Side(told_apart(look(labels, UNSURE)), (place,)) for place in unsure]


def told_apart(look: Look) -> Look:
    """The look in a plot: what is unsure is striped, beside what is grey as well."""
    return replace(look, tone=f"{UNSURE} {STRIPED}") if look.tone == UNSURE else look


def fold(counts: Sequence[int], shown: Sequence[Side]) -> list[int]:
    """The counts of what is shown."""
    return [side.count(counts) for side in shown]
