"""Split a Korean text into its sentences, by a few rules.

The splitters that are kept well weigh more than the page: kiwipiepy brings 145 MB and loads 500 MB
in seconds, kss installs scipy and a tagger; pysbd knows no Korean. What people type into a box ends
its sentences in few ways, and those are in `ENDING`. In doubt two sentences stay together: they are
still judged as what they are, while half a sentence may say the opposite.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from sentiment.texts import letters
from sentiment.texts.spelling import Span, aligned

SHELTERED = re.compile(
    r"""
      https?://\S+ | www\.\S+                                  # addresses
    | "[^"]*" | “[^“”]*” | ‘[^‘’]*’ | (?<!\w)'[^']*'(?!\w)     # what somebody said
    | \([^()]*\) | \[[^\[\]]*\] | 「[^「」]*」 | 『[^『』]*』 | 《[^《》]*》 | 〈[^〈〉]*〉
    | \b(?:[A-Z]|Mrs?|Ms|Dr|Sr|Jr|St|No|Vol|Ep|vs|cf|feat|e\.g|i\.e)\.   # Mr. Kim, B. Lee
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What is whole, whatever marks stand in it."""

SHELTER = "\ue000"
"""Stands for each character of what is sheltered."""

STOP = "[.…!?。！？]"
EMOJI = f"[{letters.EMOJI}\ufe0f\u200d]"
SIGN = rf"""(?:
      ~++ | ;++ | {EMOJI}++
    | [ㅋㅎㅠㅜㅡ]{{2,}}+ | ㄷ{{2,}}+ | ㅉ{{2,}}+ | [ㄱ-ㅣ](?!\w)       # ㅋㅋ, ㅠㅠ, ㄷㄷ
    | \^[_.ㅡoO0-]?\^;*+ | [ㅠㅜㅡ][_.][ㅠㅜㅡ] | [:;=]-?[()DP3]++   # ^^, ㅠ_ㅠ, :)
)"""
"""What people put behind the end of a sentence; it belongs to that sentence."""

PAST = "".join(chr(code) for code in range(ord("가") + 20, ord("힣") + 1, 28))
"""All syllables that close with ㅆ."""

SPOKEN = rf"""(?:
      니다 | [어아여해려었았네군이에예세게까나데대래고구지]요 | [어아여해세네]용
    | 잖아요 | 거든요 | 죠 | [{PAST}]다
)"""
"""Endings that close a sentence without any mark."""

WRITTEN = r"""(?:
      (?<![보마바])다 | [요죠네냐군슴됨듯] | [했었았겠없있같좋싫]음 | (?<!게)임 | (?<!니)까 | 습니까
    | 잖아 | 거든 | 구나 | 비추 | 강추 | 추천
)"""
"""Endings that close a sentence where a mark follows."""

ENDING = re.compile(
    rf"""(?:
      (?<!{STOP})(?=[.…]*+[!?。！？]){STOP}++(?=\s|[가-힣])   # ! and ?, with or without a space
    | (?<![\d.…\s])\.(?=\s)                                # a full stop; not those of "1. 2."
    | [가-힣]{WRITTEN}\s?(?:{STOP}++|{SIGN})(?=\s|[가-힣])  # 재밌다ㅋㅋ, 재밌네.. but not 음...
    | [가-힣]{SPOKEN}(?=\s)
    )(?:\s*+(?:{STOP}++|{SIGN}))*+\s*+                     # and all marks that follow""",
    re.VERBOSE,
)
"""The end of a sentence, up to where the next may begin."""

GOES_ON = re.compile(
    r"이?라(?:고|는|며|면|니|던)|하(?:고|며|는|면서|던)(?!\w)|[고는란](?!\w)|싶|보[니면]|했[는던으]|해도"
)
"""How a sentence goes on after what looked like its end: "재밌다! 라고 했다"."""

READABLE = re.compile(rf"[^\W_]|{EMOJI}")


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, as they are typed, without the space around them.

    They are found in the cleaned text, where no entity and no odd blank hides their ends.
    """
    return [text[start:end] for start, end in places(text)]


def places(text: str) -> list[Span]:
    """Where each of `sentences` stands in the text as it is typed."""
    form = aligned(text, "cleaned")
    return [form.place(*span) for span in spans(form.text)]


def spans(text: str) -> list[Span]:
    """Where each sentence stands in `text`; between them is space, or marks that say nothing."""
    found = []
    offset = 0
    for line in text.splitlines(keepends=True):
        for start, end in pairwise((0, *ends(line), len(line))):
            part = line[start:end]
            if READABLE.search(part):
                begin = offset + end - len(part.lstrip())
                found.append((begin, offset + start + len(part.rstrip())))
        offset += len(line)
    return found


def ends(line: str) -> Iterator[int]:
    """Where the next sentence of a line may begin."""
    bare = SHELTERED.sub(lambda match: SHELTER * len(match[0]), line)
    position = 0
    while ending := ENDING.search(bare, position):
        position = ending.end()
        if not GOES_ON.match(bare, position):
            yield position
