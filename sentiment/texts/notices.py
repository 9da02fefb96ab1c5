"""What was hardly understood: a text that is no Korean, is damaged, or says too little.

A model has an answer to everything; these codes say where it means nothing.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sentiment.i18n import marked
from sentiment.texts.spelling import Span, spelled

NOTICES = {
    "not_korean": marked(
        "Little or nothing of this is Korean, and the model reads nothing else: "
        "do not rely on the answer."
    ),
    "unreadable": marked(
        "The characters are damaged, as of a file read in the wrong encoding: do not rely on the "
        "answer. Copy the text again from where it looks right."
    ),
    "too_little": marked(
        "There is too little here to be judged: a number, an address, a letter or a sign alone. "
        "Type a sentence."
    ),
    "unknown_words": marked(
        "The model does not know most of these words, so do not rely on the answer."
    ),
    "truncated": marked("The text is long: only its beginning was read."),
}
"""The codes, and what people are told; the last two depend on the model."""

SHORT = {
    "not_korean": marked("hardly any Korean"),
    "unreadable": marked("damaged characters"),
    "too_little": marked("too little to judge"),
    "unknown_words": marked("mostly unknown words"),
    "truncated": marked("only the beginning was read"),
}
"""The same in a few words."""

COMMON = b"".join(
    bytes((row, cell)) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)
).decode("euc_kr")
"""The 2,350 syllables of KS X 1001, of which all words are made but for a few."""

KOREAN = re.compile(rf"[ㄱ-ㅣ{COMMON}\n\t -@\[-`{{-~]*")
"""What needs no second look where it has a syllable and no question marks side by side."""

DAMAGE = re.compile(rf"[^ㄱ-ㅣ{COMMON}\n\t -~]|\?\?|\\[0-3ux]|[%=][89a-fA-F]")
"""Stands in every damaged text, and in few others."""

SYLLABLE = re.compile("[가-힣]")
LETTER = re.compile("[ㄱ-ㅣ]")
FOREIGN = re.compile(r"[^\W\d_ㄱ-ㅣ가-힣]")
WORD_OF_ITS_OWN = "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
FOREIGN_WORD = re.compile(rf"{WORD_OF_ITS_OWN}|(?:(?!{WORD_OF_ITS_OWN}){FOREIGN.pattern})+")
"""Chinese characters and kana, each as long as a syllable; or a word of other letters."""

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s가-힣]+|[^\s가-힣]+@[^\s가-힣]+")
MISSING = {"nan", "none", "null", "na", "nil", "nat", "undefined", "missing"}
"""What programs write where there is nothing, without its signs."""

PER_SYLLABLE = 3
"""Letters of another script that say as much as a syllable, and syllables that a name weighs."""

FEW_WORDS = 5
"""Foreign words from which a text is foreign; those of a name begin with capitals."""

ROWS = "ㅂㅈㄷㄱㅅ", "ㅁㄴㅇㄹㅎ"
"""Letters that lie side by side on a keyboard, but for those of ㅋㅌㅋㅌ, which is laughter."""

LOST = re.compile("[\ufffd\ue000-\uf8ff]")
ESCAPED = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|[%=][89a-fA-F][0-9a-fA-F]"
)
QUESTIONS = re.compile(r"(?<!\S)[?？□]{2,}(?!\S)")

RARE = re.compile(rf"[一-龥]|(?![{COMMON}])[가-힣]")
"""Chinese characters and syllables of no word: what UTF-8 read as CP949 is full of."""

HOLE = re.compile(r"\?(?=\w)")

MISREAD: tuple[tuple[str, str, int, re.Pattern[str]], ...] = (
    ("latin-1", "utf-8", 3, re.compile("[ê-í]")),
    ("latin-1", "cp949", 2, re.compile("[À-ÿ]")),
    ("cp949", "utf-8", 3, RARE),
)
"""What a text was read as, what it is, the bytes of its syllables, and what then stands in it."""

CP1252 = {
    ord(bytes((code,)).decode("cp1252")): code
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""Windows shows these bytes as other characters than latin-1 does."""


def notices(typed: str) -> tuple[str, ...]:
    """The code of what is wrong with a text whatever reads it, if anything is."""
    if KOREAN.fullmatch(typed) and "??" not in typed and SYLLABLE.search(typed):
        return ()
    if DAMAGE.search(typed) and unreadable(typed):
        return ("unreadable",)
    text = ADDRESS.sub(" ", spelled(typed, "cleaned"))
    syllables, letters = len(SYLLABLE.findall(text)), LETTER.findall(text)
    foreign, words = len(FOREIGN.findall(text)), FOREIGN_WORD.findall(text)
    if syllables or (foreign and len(letters) > 1):
        weight = len(re.findall(WORD_OF_ITS_OWN, text)) * (PER_SYLLABLE - 1) + foreign
        few = weight > PER_SYLLABLE**2 * (syllables + len(letters) / 2)
        uttered = sum(not word[0].isupper() for word in words)
        return ("not_korean",) if few and uttered >= FEW_WORDS else ()
    if foreign > 1 and re.sub(r"[\W_]", "", text).casefold() not in MISSING:
        return ("not_korean",)
    few = len(letters) < 3 or len(set(letters)) == 1 or drummed(letters)
    return ("too_little",) if few else ()


def drummed(letters: Sequence[str]) -> bool:
    """Whether a finger ran along the keyboard: ㅁㄴㅇㄹ, but not ㄱㅅㄱㅅ, which says thanks."""
    return len(set(letters)) > 2 and any(
        all(abs(row.find(a) - row.find(b)) == 1 for a, b in pairwise(letters))
        for row in ROWS
        if set(letters) <= set(row)
    )


def unreadable(typed: str) -> bool:
    """Whether a large part of a text is no longer what was written."""
    size = len("".join(typed.split()))
    lost, escaped = len(LOST.findall(typed)), "".join(ESCAPED.findall(typed))
    holes, rare = len(HOLE.findall(typed)), len(RARE.findall(typed))
    questions, words = QUESTIONS.findall(typed), len(re.findall(r"\S*[가-힣]", typed))
    return (
        (lost > 1 and lost * 8 >= size)
        or (holes > 1 and rare > 1 and (holes + rare) * 4 >= size)
        or (len(escaped) >= 9 and len(escaped) * 2 >= size)
        or (len(questions) > max(2, words))
        or (len("".join(questions)) >= 4 and len("".join(questions)) == size)
        or misread(typed)
    )


def misread(typed: str) -> bool:
    """Whether a text turns into Korean once it is read in another encoding."""
    for wrong, right, width, sign in MISREAD:
        text = typed.translate(CP1252) if wrong == "latin-1" else typed
        if len(sign.findall(text)) < 2:
            continue
        data = text.encode(wrong, "ignore")
        found = len(SYLLABLE.findall(data.decode(right, "ignore")))
        if found > 1 and found * width * 3 >= max(len(data), len(typed)):
            return True
    return False


def share_of_letters(text: str, places: Iterable[Span]) -> float:
    """How many of the letters of a text stand in some places."""
    letters = sum(map(str.isalpha, text))
    return sum(sum(map(str.isalpha, text[start:end])) for start, end in places) / max(1, letters)


def scripts(text: str) -> tuple[int, int]:
    """How many letters of a text are Hangul, and how many are others; addresses have none."""
    bare = ADDRESS.sub(" ", spelled(text, "cleaned"))
    hangul = len(SYLLABLE.findall(bare)) + len(LETTER.findall(bare))
    return hangul, len(FOREIGN.findall(bare))


def few_korean(hangul: int, others: int) -> bool:
    """Whether less than half of the letters of some texts are Hangul, as of the texts of a file."""
    return hangul < others
