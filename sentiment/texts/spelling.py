"""A text in the form that a model was made for, and where its characters stand as they were typed.

Every model reads the canonical composition of a text (NFC): macOS takes Hangul apart, and that is
the same text. A model may be made for a cleaned text besides, which its own folder tells. There
entities and line breaks of HTML are undone, blanks and letters are the ordinary ones, invisible
marks are gone, and emoji stand apart from letters, though not from one another.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sentiment.errors import ModelError
from sentiment.texts.letters import EMOJI, SPELLED_OUT, SYLLABLE, TABLE, syllable

Form = Literal["as-typed", "cleaned"]
"""``as-typed`` is NFC and nothing else."""

Span = tuple[int, int]
"""Start and end in characters."""

Change = tuple[int, int, str]
"""Start and end of a part of a text, and what it becomes."""

Step = Callable[[str], Iterator[Change]]
"""Says what becomes of a text, in order; parts do not overlap."""

SURROGATES = re.compile(
    r"&#(55(?:29[6-9]|[3-9]\d\d)|56(?:[0-2]\d\d|3[01]\d)|[xX][dD][89abAB][\da-fA-F]{2});"
    r"&#(56(?:3[2-9]\d|[4-9]\d\d)|57(?:[0-2]\d\d|3[0-3]\d|34[0-3])|[xX][dD][c-fC-F][\da-fA-F]{2});"
)
"""An emoji as programs write it that know letters of 16 bits alone."""

ENTITY = re.compile(
    rf"{SURROGATES.pattern}|"
    r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};"
    r"|#\d{2,7}(?!\d)|nbsp|(?:lt|gt|amp|quot)(?![a-zA-Z0-9=]))"
)
"""Those that people also leave without a semicolon come last."""

BREAK = re.compile(r"<\s*/?\s*br(?:\s[^<>]{0,100})?/?\s*>", re.IGNORECASE)
ODD = re.compile(f"[{''.join(map(re.escape, TABLE))}]")
KEYCAP = "[0-9#*]\ufe0f?\u20e3"
KEYCAP_SEAM = re.compile(rf"(?<=\w)(?={KEYCAP})")
SEAM = re.compile(rf"(?<=\w)(?=[{EMOJI}])|(?<=[{EMOJI}])(?=\w)")

SAFE = r"[가-힣ㄱ-ㅎ\n\t -%'-;=-~]*+"
PLAIN = re.compile(rf"{SAFE}(?:(?<![ㄱ-ㅎ])[ㅏ-ㅣ]++{SAFE})*+")
"""A text that cleaning leaves as it is: quick to see, as most are; it need not find them all."""


@dataclass(frozen=True)
class Spelled:
    """A text in another form, and for each of its characters the part of `typed` it stands for."""

    text: str
    typed: str
    places: list[Span] | None = None
    """None where the two are equal."""

    def place(self, start: int, end: int) -> Span:
        """Where a part of `text` that is not empty stands in `typed`."""
        if self.places is None:
            return start, end
        return self.places[start][0], self.places[end - 1][1]

    def words(self) -> list[Span]:
        """Where the words stand in `typed`: what is between blanks of `text`."""
        return [self.place(*found.span()) for found in re.finditer(r"\S+", self.text)]


def form_of(config: object) -> Form:
    """The form that the config of a model names as ``text_form``; raises `ModelError`."""
    named = getattr(config, "text_form", "as-typed")
    if named not in get_args(Form):
        raise ModelError(
            'In the config.json of this model, "text_form" is {named}, which is no form of a '
            "text. Write one of {forms}, or take it out.",
            named=named,
            forms=", ".join(get_args(Form)),
        )
    return cast("Form", named)


def spelled(typed: str, form: Form) -> str:
    """A text in a form."""
    text = unicodedata.normalize("NFC", typed)
    if form == "as-typed" or PLAIN.fullmatch(text):
        return text
    for step in CLEANING:
        text = changed(text, step(text))
    return text


def aligned(typed: str, form: Form) -> Spelled:
    """The same with the places of its characters."""
    text: str = typed
    places: list[Span] | None = None
    for step in (composed, *(CLEANING if form == "cleaned" else ())):  # as `spelled` does
        if changes := list(step(text)):
            places = moved(changes, places or [(i, i + 1) for i in range(len(text))])
            text = changed(text, changes)
    return Spelled(text, typed, places)


def changed(text: str, changes: Iterable[Change]) -> str:
    """A text after some changes."""
    parts, end = list[str](), 0
    for start, stop, new in changes:
        parts += [text[end:start], new]
        end = stop
    return "".join([*parts, text[end:]])


def moved(changes: list[Change], places: list[Span]) -> list[Span]:
    """The places of a text's characters after some changes; what is put in has the whole part's."""
    found, end = list[Span](), 0
    for start, stop, new in changes:
        found += places[end:start]
        if start < stop:
            part = places[start][0], places[stop - 1][1]
        else:  # something put between two characters, of which one may be the text's end
            part = (places[start][0],) * 2 if start < len(places) else (places[-1][1],) * 2
        found += [part] * len(new)
        end = stop
    return found + places[end:]


# The steps, in order.


def entities(text: str) -> Iterator[Change]:
    """``&#39;`` and ``&quot;`` are the characters they name."""
    for found in ENTITY.finditer(text):
        if (new := unescaped(found[0])) != found[0]:
            yield *found.span(), new


def unescaped(entity: str) -> str:
    """What an entity names, or two that stand for one character."""
    if not (pair := SURROGATES.fullmatch(entity)):
        return html.unescape(entity)
    high, low = (int(f"0{each}", 0) if each[0] in "xX" else int(each) for each in pair.groups())
    return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)


def breaks(text: str) -> Iterator[Change]:
    """``<br />`` is a blank; other tags are text."""
    for found in BREAK.finditer(text):
        yield *found.span(), " "


def composed(text: str) -> Iterator[Change]:
    """The parts that NFC changes, each as short as can be."""
    if unicodedata.is_normalized("NFC", text):
        return
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and not begins(text[start:end], text[end]):
            continue
        if (new := unicodedata.normalize("NFC", text[start:end])) != text[start:end]:
            yield start, end, new
        start = end


def begins(before: str, character: str) -> bool:
    """Whether a character is never composed with those before it, nor put in order with them."""
    if character.isascii() or "가" <= character <= "힣":
        return True
    if unicodedata.combining(unicodedata.normalize("NFD", character)[0]):
        return False
    joint = unicodedata.normalize("NFC", before + character)
    return joint == unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", character)


def ordinary(text: str) -> Iterator[Change]:
    """Blanks, letters and marks by `TABLE`."""
    for found in ODD.finditer(text):
        yield *found.span(), TABLE[found[0]]


def joined(text: str) -> Iterator[Change]:
    """Letters that make whole syllables are those."""
    for run in SPELLED_OUT.finditer(text):
        for found in SYLLABLE.finditer(text, *run.span()):
            yield *found.span(), syllable(*found.groups())


def keycaps(text: str) -> Iterator[Change]:
    """A blank between a letter and a digit on a key; what follows may count it: 1️⃣등."""
    for found in KEYCAP_SEAM.finditer(text):
        yield *found.span(), " "


def apart(text: str) -> Iterator[Change]:
    """A blank between an emoji and a letter, a digit or a syllable."""
    for found in SEAM.finditer(text):
        yield *found.span(), " "


CLEANING: tuple[Step, ...] = (
    *(entities, entities, entities),  # many are escaped once or twice more on their way
    *(breaks, composed, keycaps, ordinary, joined, apart),
)
