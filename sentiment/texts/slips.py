"""Texts as people also write them: without spaces, with slips of the finger, with ㅋㅋ and ㅠㅠ.

A Hangul syllable is ``0xAC00 + (initial * 21 + vowel) * 28 + final`` (Unicode 17, section 3.12).
"""

from collections.abc import Callable
from random import Random

FIRST, LAST = "가", "힣"
VOWELS, FINALS = 21, 28
ALIKE = {1: 5, 5: 1, 0: 4, 4: 0, 8: 12, 12: 8, 13: 17, 17: 13, 11: 15, 15: 11, 18: 20, 20: 18}
"""Vowels that are taken for each other: ㅐ ㅔ, ㅏ ㅓ, ㅗ ㅛ, ㅜ ㅠ, ㅚ ㅞ, ㅡ ㅣ."""

SLIPS = 0.08
"""Share of the characters of a text that slip, once it has slips."""


def augmented(text: str, random: Random) -> str:
    """Another way to write `text`; its meaning stays."""
    return random.choice(WAYS)(text, random)


def unspaced(text: str, random: Random) -> str:
    """All spaces left out."""
    return text.replace(" ", "")


def respaced(text: str, random: Random) -> str:
    """Some spaces left out, and some put between syllables."""
    kept = "".join(c for c in text if c != " " or random.random() < 0.6)
    return "".join(c + " " if is_syllable(c) and random.random() < 0.06 else c for c in kept)


def with_slips(text: str, random: Random, share: float = SLIPS) -> str:
    """At least one character slips: a vowel, a final consonant, a syllable twice or not at all."""
    characters = list(text)
    for place in random.sample(range(len(text)), max(1, round(len(text) * share))):
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


def with_letters(text: str, random: Random) -> str:
    """Runs of ㅋ, ㅎ, ㅠ or ㅜ grow or shrink: they say how strong, seldom which way."""
    out: list[str] = []
    for character in text:
        run = random.choice((0, 1, 1, 2, 3)) if character in "ㅋㅎㅠㅜ" else 1
        out.append(character * run)
    return "".join(out) or text


def is_syllable(character: str) -> bool:
    """Whether it is a whole Hangul syllable."""
    return FIRST <= character <= LAST


WAYS: tuple[Callable[[str, Random], str], ...] = (unspaced, respaced, with_slips, with_letters)
