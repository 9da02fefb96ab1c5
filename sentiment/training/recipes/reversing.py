"""Short sentences turned round by rule: a negation put into the last predicate, or taken out.

Only what ends in a form that the rules know, and is one clause, is turned; the rest is left alone.
What was blame and is denied teaches less than what was praise ("불편하지 않아요" is mild).
"""

import re
from collections.abc import Callable

import numpy as np

from sentiment.training.recipes.sets import Texts

LONGEST = 28
JOINED = re.compile(
    r"[가-힣](?:고|서|며|는데|은데|지만|니|어도|아도|면|나)[ ,.]|[.!?,~;]+ *[가-힣]"
    r"|[가-힣](?:요|다|워|파|아) [가-힣]|(?:더|훨씬|원하던|포기|감안) |(?:다고|야|긴) ?[하해]"
    r"|같|거 | 원합"
)
TAIL = re.compile(r"[\s.!~^ㅠㅜㅋㅎ♡♥ㅡ;,]*$")
NEGATED = re.compile(
    r"(?:^| )(?:안|못|별로|전혀|절대) ?|지 ?(?:도|는|가)? ?(?:않|못)|없|아니|아닌|불만|말고|덜 "
)
IRREGULAR = {
    "좋아요": "좋지 않아요",
    "빨라요": "빠르지 않아요",
    "예뻐요": "예쁘지 않아요",
    "이뻐요": "이쁘지 않아요",
    "싸요": "싸지 않아요",
    "커요": "크지 않아요",
    "편해요": "편하지 않아요",
    "느려요": "느리지 않아요",
    "들어요": "들지 않아요",
    "맛있어요": "맛있지 않아요",
    "나빠요": "나쁘지 않아요",
    "작아요": "작지 않아요",
    "비싸요": "비싸지 않아요",
    "귀여워요": "귀엽지 않아요",
    "부드러워요": "부드럽지 않아요",
    "고마워요": "고맙지 않아요",
    "아쉬워요": "아쉽지 않아요",
    "더러워요": "더럽지 않아요",
    "되요": "되지 않아요",
    "돼요": "되지 않아요",
    "어려워요": "어렵지 않아요",
    "쉬워요": "쉽지 않아요",
    "최고예요": "최고는 아니에요",
    "최고에요": "최고는 아니에요",
    "최고입니다": "최고는 아닙니다",
    "최고": "최고는 아님",
    "최악이에요": "최악은 아니에요",
    "최악입니다": "최악은 아닙니다",
    "추천": "비추천",
    "강추": "비추",
    "별로예요": "별로는 아니에요",
    "별로에요": "별로는 아니에요",
    "별로입니다": "별로는 아닙니다",
    "있어요": "없어요",
    "있네요": "없네요",
    "있습니다": "없습니다",
    "나요": "나지 않아요",
    "납니다": "나지 않습니다",
    "드네요": "들지 않네요",
    "듭니다": "들지 않습니다",
    "마음에듭니다": "마음에 들지 않습니다",
}
FINALS = 28
BIEUP = 17


def jongseong(syllable: str) -> int:
    """Number of the final consonant of a Hangul syllable, 0 for none."""
    return (ord(syllable) - ord("가")) % FINALS


def polite(stem: str) -> str:
    """The stem with ㅂ니다 or 습니다."""
    if jongseong(stem[-1]):
        return stem + "습니다"
    return stem[:-1] + chr(ord(stem[-1]) + BIEUP) + "니다"


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

DENYING: tuple[Rule, ...] = (
    (re.compile(r"([가-힣])해요$"), lambda m: f"{m[1]}하지 않아요"),
    (re.compile(r"([가-힣])합니다$"), lambda m: f"{m[1]}하지 않습니다"),
    (re.compile(r"([가-힣])했어요$"), lambda m: f"{m[1]}하지 않았어요"),
    (re.compile(r"([가-힣])했습니다$"), lambda m: f"{m[1]}하지 않았습니다"),
    (re.compile(r"([가-힣])함$"), lambda m: f"{m[1]}하지 않음"),
    (re.compile(r"([가-힣]*[좋많높싶괜찮깊넓짧옅짙얇굵작])네요$"), lambda m: f"{m[1]}지 않네요"),
    (re.compile(r"([가-힣]*[하쁘르크싸되느리지])네요$"), lambda m: f"{m[1]}지 않네요"),
    (re.compile(r"([가-힣]*[좋많높깊넓짧얇작])습니다$"), lambda m: f"{m[1]}지 않습니다"),
    (re.compile(r"([가-힣]*)됩니다$"), lambda m: f"{m[1]}되지 않습니다"),
    (re.compile(r"([가-힣]*)스러워요$"), lambda m: f"{m[1]}스럽지 않아요"),
    (re.compile(r"([가-힣]*)스럽네요$"), lambda m: f"{m[1]}스럽지 않네요"),
    (re.compile(r"([가-힣]*)스럽습니다$"), lambda m: f"{m[1]}스럽지 않습니다"),
)
AFFIRMING: tuple[Rule, ...] = (
    (
        re.compile(r"([가-힣]+)지 ?(?:가|는|도)? ?않(?:네요|아요|더라구요|더라고요)$"),
        lambda m: f"{m[1]}네요",
    ),
    (re.compile(r"([가-힣]+)지 ?(?:가|는|도)? ?않습니다$"), lambda m: polite(m[1])),
    (re.compile(r"(?<![가-힣])안 ?(되네요|돼요|되요|됩니다)$"), lambda m: f"잘 {m[1]}"),
    (re.compile(r"(?<![가-힣])안 ?([가-힣]+(?:아요|어요|해요|네요|니다))$"), lambda m: m[1]),
)


def turned(text: str) -> str | None:
    """The sentence turned round, or None where no rule is safe."""
    body = TAIL.sub("", text)
    tail = text[len(body) :]
    if not body or len(body) > LONGEST or JOINED.search(body):
        return None
    negations = len(NEGATED.findall(body))
    if negations:
        return _first(AFFIRMING, body, tail) if negations == 1 else None
    for ending, other in IRREGULAR.items():
        if body.endswith(ending) and (body == ending or not body.endswith("지" + ending)):
            return body.removesuffix(ending) + other + tail
    return _first(DENYING, body, tail)


def _first(rules: tuple[Rule, ...], body: str, tail: str) -> str | None:
    for pattern, write in rules:
        if pattern.search(body):
            return pattern.sub(write, body) + tail
    return None


def turned_round(texts: Texts) -> Texts:
    """What of `texts` can be turned round, with what it then teaches."""
    pairs = [(turned(text), row) for row, text in enumerate(texts.texts) if texts.sure[row]]
    kept = [(text, row) for text, row in pairs if text is not None]
    rows = np.array([row for _, row in kept], np.int64)
    targets = np.where(texts.targets[rows] > 0.5, 0.06, 0.86).astype(np.float32)
    sure = np.ones(len(rows), bool)
    return Texts(f"{texts.name} turned", [text for text, _ in kept], targets, sure,
                 np.zeros(len(rows), np.int8))  # fmt: skip
