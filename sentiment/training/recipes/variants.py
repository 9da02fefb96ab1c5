"""Texts as people also write them, changed by rule so that what they say stays.

A Hangul syllable is ``0xAC00 + (initial * 21 + vowel) * 28 + final`` (Unicode 17, section 3.12).
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

FIRST, LAST = "가", "힣"
VOWELS, FINALS = 21, 28
ALIKE = {1: 5, 5: 1, 0: 4, 4: 0, 8: 12, 12: 8, 13: 17, 17: 13, 11: 15, 15: 11, 18: 20, 20: 18}
"""Vowels that are taken for each other: ㅐ ㅔ, ㅏ ㅓ, ㅗ ㅛ, ㅜ ㅠ, ㅚ ㅞ, ㅡ ㅣ."""

SLIPS = 0.06
"""Share of the characters of a text that slip, once it has slips."""

TAILS = (
    "ㅠㅠ", "ㅠㅠ", "ㅠㅠㅠ", "ㅜㅜ", "ㅠ", "ㅠㅠㅠㅠ", "ㅋㅋ", "ㅋㅋ", "ㅋㅋㅋ", "ㅋ",
    "ㅎㅎ", "ㅎㅎㅎ", "...", "..", "!!", "~", "^^", "ㅡㅡ;",
)  # fmt: skip
"""What is put behind a text: it colours, and does not turn round. Blame with ㅋㅋ stays blame."""


@dataclass(frozen=True)
class Shares:
    """Which share of the texts is changed, and how."""

    unspaced: float = 0.0
    tail: float = 0.0
    slips: float = 0.0


def varied(text: str, shares: Shares, random: Random) -> str:
    """The text, perhaps changed in one or several ways."""
    if random.random() < shares.slips:
        text = with_slips(text, random)
    if random.random() < shares.unspaced:
        text = random.choice(SPACINGS)(text, random)
    if random.random() < shares.tail:
        text = with_tail(text, random)
    return text


def unspaced(text: str, random: Random) -> str:
    """All blanks left out."""
    return text.replace(" ", "")


def respaced(text: str, random: Random) -> str:
    """Some blanks left out, and some put between syllables."""
    kept = "".join(c for c in text if c != " " or random.random() < 0.6)
    return "".join(c + " " if is_syllable(c) and random.random() < 0.06 else c for c in kept)


SPACINGS: tuple[Callable[[str, Random], str], ...] = (unspaced, unspaced, unspaced, respaced)


def with_tail(text: str, random: Random) -> str:
    """ㅠㅠ, ㅋㅋ or marks behind the text, in place of those that it has in a third of cases."""
    if random.random() < 0.33:
        text = text.rstrip("ㅠㅜㅋㅎ.!~^ ") or text
    return text + random.choice(("", " ")) + random.choice(TAILS)


def with_slips(text: str, random: Random) -> str:
    """At least one character slips: a vowel, a final consonant, a syllable twice or not at all."""
    if not text:
        return text
    characters = list(text)
    for place in random.sample(range(len(text)), max(1, round(len(text) * SLIPS))):
        characters[place] = slipped(characters[place], random)
    return "".join(characters)


def slipped(character: str, random: Random) -> str:
    """One character gone wrong; what is no Hangul syllable stays."""
    if not is_syllable(character):
        return character
    rest, final = divmod(ord(character) - ord(FIRST), FINALS)
    initial, vowel = divmod(rest, VOWELS)
    slip = random.choice(("vowel", "final", "twice", "gone"))
    if slip in ("twice", "gone"):
        return character * 2 if slip == "twice" else ""
    vowel = ALIKE.get(vowel, vowel) if slip == "vowel" else vowel
    final = random.choice((0, 0, 1, 4, 8, 16, 20, 21)) if slip == "final" else final
    return chr(ord(FIRST) + (initial * VOWELS + vowel) * FINALS + final)


def is_syllable(character: str) -> bool:
    """Whether it is a whole Hangul syllable."""
    return FIRST <= character <= LAST
