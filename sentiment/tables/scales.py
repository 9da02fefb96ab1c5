"""What the values of a label column say: 0 and 1, words, stars, or ratings; or nothing certain.

A scale is mapped only where it is understood. 0, 1, 2 or 1, 2 mean one thing to one person and
another to the next: those are asked for (``--labels 0=negative,2=positive``).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from sentiment.errors import DataError
from sentiment.tables.layout import missing
from sentiment.tables.names import label_name

NEGATIVE, POSITIVE, NEUTRAL, NEITHER = "negative", "positive", "neutral", "neither"

WORDS = {
    POSITIVE: "positive pos 긍정 긍정적 긍정문 true good 좋음 좋아요 만족 매우만족 매우긍정 추천 "
    "verypositive 긍정(positive) p",
    NEGATIVE: "negative neg 부정 부정적 부정문 false bad 나쁨 싫어요 불만족 매우불만족 불만 "
    "매우부정 비추천 verynegative 부정(negative) n",
    NEUTRAL: "neutral neu 중립 중립적 보통",
    NEITHER: "unsure 모름 mixed 애매 neither 없음",
}
MEANING = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
"""Meanings of words, written small and without blanks or lines between."""

MOST = 0.95
"""Share of the values that must say something; the rest may be mistakes."""

MOST_VALUES = 500
"""Different values beyond which a column holds no labels."""

LIKERT = (6, 7)
"""Highest values of scales that are no ten points, nor half of them."""

NEGATIVE_TO, POSITIVE_FROM = 4, 9
"""NSMC's rule for ratings of 1 to 10; what is between is neither."""

AMOUNT = re.compile(
    r"(?:별점?|평점|rated)?\s*([-+]?\d{1,3}(?:\.\d{1,2})?)\s*"
    r"(?:점|개|stars?|(?:/|out of)\s*(?:5|10)\s*(?:점|stars?)?)?",
    re.I,
)

FULL_STARS = "★⭐🌟"
STARS = re.compile(rf"[{FULL_STARS}☆\ufe0f]+")

WRITTEN = ("별", "평점", "점", "개")
"""What a number of stars or points that is not all ASCII begins or ends with."""

Scale = Callable[[float], str | None]
"""What a number means; None where it is off the scale."""


def plain(value: str) -> str:
    """A value as it is compared: ``1.0`` is ``1``, ``Very positive`` is ``verypositive``."""
    word = unicodedata.normalize("NFC", value).strip().casefold()
    word = re.sub(r"[\s_-]+(?=\D)", "", word)
    amount = number(word)
    return word if amount is None else f"{amount:g}"


def number(value: str) -> float | None:
    """A number of a scale, such as ``9``, ``-1``, ``4.5``, ``5점`` or ``★★★``; None for others."""
    word = value.strip()
    if word and STARS.fullmatch(word):
        return float(sum(map(word.count, FULL_STARS)))
    plausible = word.isascii() or word.startswith(WRITTEN) or word.endswith(WRITTEN)
    found = AMOUNT.fullmatch(word) if plausible else None
    return float(found[1]) if found else None


def tells_by_itself(value: str) -> bool:
    """Whether a word means a sentiment also where no name says so."""
    return plain(value) not in ("true", "false", "p", "n", "good", "bad")


def meanings(
    counts: Mapping[str, int], column: str, given: Mapping[str, str] | None = None
) -> dict[str, str] | None:
    """What each value of a label column means, from how often each stands in it.

    None where that is not understood. `given` is what the owner says; values that it leaves out
    are neither.
    """
    counts = {
        value: count
        for value, count in counts.items()
        if not missing(value) and value != column  # names that are repeated amid the rows
    }
    if given:
        known = {plain(value): meaning for value, meaning in given.items()}
        return {value: known.get(plain(value), NEITHER) for value in counts}
    if not counts or len(counts) > MOST_VALUES:
        return None
    amounts: Counter[float] = Counter()
    for value, count in counts.items():
        if (amount := number(value)) is not None:
            amounts[amount] += count
    kind = label_name(column) or "label"
    if any(map(STARS.match, map(str.strip, counts))):
        kind = "rating"
    scale = scale_of(amounts, kind) or (lambda _: None)
    found = {value: meaning(value, scale) for value in counts}
    sure = sum(count for value, count in counts.items() if found[value])
    if sure < MOST * sum(counts.values()) or not {POSITIVE, NEGATIVE} & set(found.values()):
        return None
    return {value: each or NEITHER for value, each in found.items()}


def are_verdicts(values: Iterable[str]) -> bool:
    """Whether all values are words that mean a sentiment."""
    return all(plain(value) in MEANING for value in values)


def is_known(value: str) -> bool:
    """Whether a value could be a label at all: a usual word, or a number of 0 to 10."""
    amount = number(value)
    return plain(value) in MEANING if amount is None else 0 <= amount <= 10


def meaning(value: str, scale: Scale) -> str | None:
    """What a value says on a scale, in words or numbers."""
    amount = number(value)
    return MEANING.get(plain(value)) if amount is None else scale(amount)


def scale_of(amounts: Mapping[float, int], kind: str) -> Scale | None:
    """The scale that numbers are on, as far as they and the `kind` of their column tell."""
    total = sum(amounts.values())

    def within(*allowed: float) -> bool:
        return sum(amounts.get(value, 0) for value in allowed) >= MOST * total

    if (
        2 not in amounts
        and kind != "kind"
        and total
        and within(-1, 0, 1)
        and not (kind == "rating" and set(amounts) == {1})
    ):
        if -1 not in amounts:
            return binary
        return signed if amounts[-1] > (1 - MOST) * total else None  # a few may be mistakes
    graded = [amount for amount in amounts if 1 <= amount <= 10]
    rated = sum(amounts[amount] for amount in graded)
    if not graded or kind == "kind" or rated < 0.9 * total:
        return None
    top = max(graded)
    if top in LIKERT and kind != "label":
        return None
    if top > 5:
        return ten if kind != "label" or top == 10 else None
    return five if kind == "rating" or (kind == "score" and top == 5) else None


def binary(amount: float) -> str | None:
    """0 and 1."""
    return {0: NEGATIVE, 1: POSITIVE}.get(int(amount)) if amount.is_integer() else None


def signed(amount: float) -> str | None:
    """-1, 0 and 1."""
    return {-1: NEGATIVE, 0: NEUTRAL, 1: POSITIVE}.get(int(amount)) if amount.is_integer() else None


def ten(amount: float) -> str | None:
    """Ratings of 1 to 10, by NSMC's rule; 0 is often written where nothing was given."""
    if amount == 0 or NEGATIVE_TO < amount < POSITIVE_FROM:
        return NEITHER
    if not 1 <= amount <= 10:
        return None
    return NEGATIVE if amount <= NEGATIVE_TO else POSITIVE


def five(amount: float) -> str | None:
    """One to five stars: one and two are negative, five are positive."""
    return ten(amount * 2) if amount <= 5 else None


def parsed(option: str) -> dict[str, str]:
    """What ``0=negative,1=neutral,2=positive`` says; raises `DataError` for anything else."""
    found = {}
    for part in filter(None, (part.strip() for part in option.split(","))):
        value, equals, name = (piece.strip() for piece in part.rpartition("="))
        if not equals or not value or not name:
            raise DataError(
                "{part} does not say what a label means. Write it like this: "
                "--labels 0=negative,1=neutral,2=positive",
                part=part,
            )
        found[value] = MEANING.get(plain(name), name)
    return found


def counted(values: Iterable[str]) -> Counter[str]:
    """How often each value stands in a column; beyond `MOST_VALUES` different ones no more."""
    counts: Counter[str] = Counter()
    for value in values:
        if value in counts or len(counts) <= MOST_VALUES:
            counts[value] += 1
    return counts
