"""Kinds of sentences, each told by a rule on the text alone, and other ways to write a sentence.

The rules are meant to be read: they find most sentences of a kind and at times one too many.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sentiment.texts.slips import FINALS, FIRST, LAST, unspaced, with_slips

SHORT, LONG = 15, 50
"""Characters up to which a sentence is short, and beyond which it is long."""

SEED = 7
"""Of the slips; a sentence slips the same way in every run."""

NIEUN = 4
"""The final consonant ㄴ among the 28, as in 좋은데 and 예쁜데."""

ENDING_IN_N = "".join(map(chr, range(ord(FIRST) + NIEUN, ord(LAST) + 1, FINALS)))

NEGATION = re.compile(
    r"(?:^|\s)안(?!경|녕|전|내|에|주|정|타|방|쪽|팎|과|심|식|목)|(?:^|\s)못"
    r"|지[는도를]?\s*(?:않|안|못|말)|아니|아닌|없"
)
TWICE_NEGATED = re.compile(
    r"(?:없|않|못하|아니)지[는도]?\s*(?:않|안)"
    r"|(?:없|않|못한)[은는던]?\s*(?:것|건|게|거)[은는이도]?\s*아[니닌닙]"
    r"|안\s?[가-힣]+\s?수(?:가)?\s*없"
)
BUT = re.compile(
    rf"지만|그러나|그런데|근데|[{ENDING_IN_N}](?<!가운)데(?:[도요]?[\s,.~…]|$)|\bbut\b",
    re.IGNORECASE,
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]")
LETTERS = frozenset("ㅋㅎㅠㅜ")


@dataclass(frozen=True)
class Slice:
    """A kind of sentence: a name for programs, one for each language, and its rule."""

    name: str
    korean: str
    english: str
    holds: Callable[[str], bool]


def half(text: str, counted: Callable[[str], bool]) -> bool:
    """Whether at least half of the characters count, spaces aside."""
    characters = "".join(text.split())
    return 2 * sum(map(counted, characters)) >= len(characters) > 0


def unbroken(text: str) -> bool:
    """Whether more than a word's length stands without a space."""
    return len(text.strip()) >= 10 and not re.search(r"\s", text.strip())


def is_english(character: str) -> bool:
    """Whether it is a letter of the English alphabet."""
    return character.isascii() and character.isalpha()


SLICES = (
    Slice("short", f"짧음 (~{SHORT}자)", f"short (to {SHORT})", lambda t: len(t) <= SHORT),
    Slice("medium", "중간", "medium", lambda t: SHORT < len(t) <= LONG),
    Slice("long", f"긺 ({LONG + 1}자~)", f"long (from {LONG + 1})", lambda t: len(t) > LONG),
    Slice("unspaced", "띄어쓰기 없음", "no spaces", unbroken),
    Slice(
        "letters", "ㅋㅋ·ㅠㅠ 위주", "mostly ㅋㅋ, ㅠㅠ", lambda t: half(t, LETTERS.__contains__)
    ),
    Slice("negation", "부정 표현", "negation", lambda t: bool(NEGATION.search(t))),
    Slice("twice_negated", "이중 부정", "negated twice", lambda t: bool(TWICE_NEGATED.search(t))),
    Slice("but", "지만·는데", "mixed: but", lambda t: bool(BUT.search(t))),
    Slice("emoji", "이모지", "emoji", lambda t: bool(EMOJI.search(t))),
    Slice("english", "영어 위주", "mostly English", lambda t: half(t, is_english)),
)

REWRITES: tuple[tuple[str, str, str, Callable[[str, Random], str]], ...] = (
    ("without_spaces", "띄어쓰기를 없애면", "spaces taken out", unspaced),
    ("with_slips", "오타를 내면", "slips of the finger", with_slips),
)
"""The same sentences written otherwise: a name, Korean, English, and how."""

EXAMPLES = {
    "short": "노잼",
    "unspaced": "생각보다너무재밌게잘봤습니다",
    "letters": "ㅋㅋㅋㅋㅋ 이게 뭐야 ㅋㅋㅋㅋ",
    "negation": "기대를 안 했는데 나쁘지 않았어요",
    "twice_negated": "재미가 없지는 않아요",
    "but": "배우들 연기는 좋은데 이야기가 아쉬워요",
    "emoji": "오늘 배송 왔는데 🤦",
    "english": "so so 였음 not bad",
    "without_spaces": "배우들연기는좋은데이야기가아쉬워요",
    "with_slips": "베우들 연기는 조은데 이야가기 아쉬워요",
}
"""A sentence of some kinds to try, by their names."""
