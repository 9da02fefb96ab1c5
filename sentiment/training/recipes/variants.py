"""Texts as people also write them, changed by rule so that what they say stays."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sentiment.texts.slips import respaced, unspaced, with_slips

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
    if random.random() < shares.slips and text:
        text = with_slips(text, random, SLIPS)
    if random.random() < shares.unspaced:
        text = random.choice(SPACINGS)(text, random)
    if random.random() < shares.tail:
        text = with_tail(text, random)
    return text


SPACINGS: tuple[Callable[[str, Random], str], ...] = (unspaced, unspaced, unspaced, respaced)


def with_tail(text: str, random: Random) -> str:
    """ㅠㅠ, ㅋㅋ or marks behind the text, in place of those that it has in a third of cases."""
    if random.random() < 0.33:
        text = text.rstrip("ㅠㅜㅋㅎ.!~^ ") or text
    return text + random.choice(("", " ")) + random.choice(TAILS)
