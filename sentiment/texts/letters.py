"""Characters that stand for another one, for a blank or for nothing.

Names and decompositions are those of the Unicode database that comes with Python.
"""

import re
import unicodedata
from itertools import chain

Range = tuple[int, int]

EMOJI = (
    "\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25fb-\u25fe\u2600-\u27bf"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3297\u3299\U0001f000-\U0001faff"
)
"""The inside of a character class: emoji, hearts, stars and notes, skin tones and flags."""

BLANKS: tuple[Range, ...] = (
    *((0x0B, 0x0C), (0x1C, 0x1F), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x2800, 0x2800), (0x3000, 0x3000)),
    *((0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0)),  # Hangul fillers
)
"""What looks like a blank and is not U+0020, a tab or a line's end."""

INVISIBLE: tuple[Range, ...] = (
    *((0x01, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F)),
    *((0x061C, 0x061C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0x20E3, 0x20E3), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)),
    *((0xE0000, 0xE007F), (0xE0100, 0xE01EF)),
)
"""Controls, joiners, soft hyphens, direction and byte order marks, variation selectors, keycaps."""

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""Letters in the order in which syllables count them; a syllable may have no tail."""

SYLLABLE = re.compile(f"([{LEADS}])([{VOWELS}])([{TAILS}](?![{VOWELS}]))?")
SPELLED_OUT = re.compile(rf"(?<![ㄱ-ㅣ])(?:{SYLLABLE.pattern})+(?![ㄱ-ㅣ])")
"""A run of letters that makes whole syllables and nothing else: ㅈㅐㅁㅣ, but not ㅠㅁㅠ."""


def all_of(ranges: tuple[Range, ...]) -> chain[int]:
    """Every code point of some ranges."""
    return chain.from_iterable(range(first, last + 1) for first, last in ranges)


def letter(code: int) -> str:
    """The ordinary letter for a conjoining one: ㅋ for HANGUL CHOSEONG KHIEUKH."""
    return unicodedata.lookup(f"HANGUL LETTER {unicodedata.name(chr(code)).split()[-1]}")


TABLE: dict[str, str] = (
    {chr(code): " " for code in all_of(BLANKS)}
    | {chr(code): "" for code in all_of(INVISIBLE)}
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width ASCII
    | {chr(code): letter(code) for code in all_of(((0x1100, 0x1112), (0x1161, 0x1175)))}
    | {chr(code): letter(code) for code in range(0x11A8, 0x11C3)}
    | {
        chr(code): chr(int(wide.split()[1], 16))
        for code in range(0xFFA1, 0xFFDD)  # half-width jamo
        if (wide := unicodedata.decomposition(chr(code)))
    }
)
"""What is read for a character."""


def syllable(lead: str, vowel: str, tail: str | None) -> str:
    """The syllable of its letters (Unicode 17, section 3.12)."""
    last = TAILS.index(tail) + 1 if tail else 0
    return chr(0xAC00 + (LEADS.index(lead) * 21 + VOWELS.index(vowel)) * 28 + last)
