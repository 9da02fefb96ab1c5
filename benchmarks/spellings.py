"""Whether one sentence gets one answer, however it is spelled.

    python -m benchmarks.spellings ../shared/data/naver-movie-reviews/dev.tsv.xz

Each of 2,000 texts of a table is written in the ways of people's programs; the last column is how
many labels turn, which must be none for a model that reads cleaned texts.
"""

import argparse
import html
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import sentiment
from sentiment.settings import SHIPPED_MODEL
from sentiment.tables.labelled import texts
from sentiment.texts import letters
from sentiment.texts.letters import TABLE

NARROW = {
    usual: odd
    for odd, usual in TABLE.items()
    if "\uffa1" <= odd <= "\uffdc" or "\uff01" <= odd <= "\uff5e"
}
CONJOINING = {usual: odd for odd, usual in reversed(TABLE.items()) if "\u1100" <= odd <= "\u11c2"}
EMOJI = "👍😀😭😍❤🔥👏"


def mapped(table: dict[str, str], only: str) -> Callable[[str], str]:
    """Replaces each character of a class that a table has."""
    return lambda text: re.sub(only, lambda found: table.get(found[0], found[0]), text)


def numeric(text: str) -> str:
    """All Hangul as numeric entities."""
    return re.sub("[가-힣]", lambda found: f"&#{ord(found[0])};", text)


Way = Callable[[str], str]
WAYS: dict[str, tuple[Way, Way]] = {
    "decomposed (macOS)": (str, lambda text: unicodedata.normalize("NFD", text)),
    "numeric entities": (str, numeric),
    "escaped quotes": (str, lambda text: html.escape(text).replace("&#x27;", "&#39;")),
    "escaped twice": (str, lambda text: html.escape(html.escape(text))),
    "&nbsp;": (str, lambda text: text.replace(" ", "&nbsp;")),
    "U+00A0": (str, lambda text: text.replace(" ", "\u00a0")),
    "U+3164": (str, lambda text: text.replace(" ", "\u3164")),
    "U+3000": (str, lambda text: text.replace(" ", "\u3000")),
    "<br />": (str, lambda text: text.replace(" ", "<br />")),
    "U+200B in words": (str, lambda text: re.sub("(?<=[가-힣])(?=[가-힣])", "\u200b", text)),
    "half-width letters": (str, mapped(NARROW, "[ㄱ-ㅣ]")),
    "conjoining letters": (str, mapped(CONJOINING, "[ㄱ-ㅣ]")),
    "full-width forms": (str, mapped(NARROW, "[!-~]")),
    "emoji glued": (
        lambda text: f"{bare(text)} {emoji(text)}",
        lambda text: bare(text) + emoji(text),
    ),
    "emoji glued in front": (lambda text: f"{emoji(text)} {text}", lambda text: emoji(text) + text),
    "emoji with U+FE0F": (lambda text: f"{bare(text)} ❤", lambda text: f"{bare(text)}❤\ufe0f"),
}
"""The usual and the other spelling of a text."""


def bare(text: str) -> str:
    """A text without emoji at its end: they are not set apart from one another."""
    return re.sub(rf"[{letters.EMOJI}\s]+$", "", text)


def emoji(text: str) -> str:
    """One for a text, always the same."""
    return EMOJI[len(text) % len(EMOJI)]


def rows(file: Path, count: int) -> list[str]:
    """Texts drawn from a file, always the same ones."""
    found = [text for text in texts(file) if text.strip()]
    return random.Random(7).sample(found, min(count, len(found)))  # noqa: S311 no secret


def turned(classifier: sentiment.Classifier, sample: list[str]) -> Iterator[tuple[str, int, int]]:
    """For each way how many texts it changes, and how many labels.

    Only pairs of which the model reads different tokens have to be answered.
    """
    for name, (usual, other) in WAYS.items():
        pairs = [(usual(text), other(text)) for text in sample if usual(text) != other(text)]
        unlike = [pair for pair in pairs if len({tokens(classifier, text) for text in pair}) > 1]
        labels = (
            [answer.label for answer in classifier.predict_any([pair[side] for pair in unlike])]
            for side in (0, 1)
        )
        yield name, len(pairs), sum(a != b for a, b in zip(*labels, strict=True))


def tokens(classifier: sentiment.Classifier, text: str) -> tuple[int, ...]:
    """What a model reads of a text."""
    return tuple(classifier.tokenize(text)[0])


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default=SHIPPED_MODEL)
    parser.add_argument("--count", type=int, default=2000)
    options = parser.parse_args()
    classifier = sentiment.load(options.model)
    print(f"{classifier.name}, {classifier.form}")
    for name, changed, labels in turned(classifier, rows(options.file, options.count)):
        print(f"{name:24} {changed:6,} texts {labels:5,} labels turned")


if __name__ == "__main__":
    main()
