"""What the values of a label column say: 0 and 1, words, or ratings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

WORDS = {
    "positive": True,
    "pos": True,
    "긍정": True,
    "긍정 (positive)": True,
    "true": True,
    "negative": False,
    "neg": False,
    "부정": False,
    "부정 (negative)": False,
    "false": False,
}
BETWEEN = {"neutral", "neu", "중립", "unsure", "모름"}
"""Labels that are neither."""

SCALES = (1, 5, 10)
"""A column holds labels (0 and 1, or words), or ratings from 1 to 5 or to 10."""

MOST = 0.9
"""Share of the values that must say something."""

NEGATIVE_TO, POSITIVE_FROM = 4, 9
"""NSMC's rule for ratings of 1 to 10; what is between is neither."""


def truth(value: str, scale: int = 1) -> bool | None:
    """Whether a label says positive; None where it says neither.

    `scale` is the column's, from `scale_of`: on scale 1 the number 1 is positive, as a rating of
    1 to 10 it is negative. Ratings go by NSMC's rule, 1-4 and 9-10; of five stars one and two
    are negative and five are positive. Other numbers beyond 1 are taken as ratings of 10.
    """
    word = value.strip().casefold()
    if word in WORDS:
        return WORDS[word]
    amount = number(word)
    if amount is None:
        return None
    if scale == 1 and amount in (0, 1, -1):
        return amount == 1
    rating = amount * 2 if scale == 5 else amount
    if 1 <= rating <= NEGATIVE_TO:
        return False
    return True if POSITIVE_FROM <= rating <= 10 else None


def scale_of(values: Iterable[str]) -> int | None:
    """Which of `SCALES` a column has; None where it holds something else."""
    words = [value.strip().casefold() for value in values if value.strip()]
    amounts = [amount for word in words if (amount := number(word)) is not None]
    named = sum(word in WORDS or word in BETWEEN for word in words)
    if not words or len(amounts) + named < MOST * len(words):
        return None
    if not amounts or set(amounts) <= {0, 1} or set(amounts) <= {-1, 0, 1}:
        return 1
    if not all(1 <= amount <= 10 for amount in amounts):
        return None
    return 5 if max(amounts) <= 5 else 10


def scale_of_all(counts: Mapping[str, int]) -> int:
    """The scale of a whole column, from how often each value stands in it.

    `scale_of` sees the first rows alone, which are all 1 in a file that is sorted by its ratings;
    and here a few numbers may be mistakes.
    """
    amounts: Counter[float] = Counter()
    for value, count in counts.items():
        if (amount := number(value.strip())) is not None:
            amounts[amount] += count
    top = max((amount for amount in amounts if 1 <= amount <= 10), default=1)
    nos = amounts[0] + amounts[-1]  # no rating is one of these
    if top == 1 or (nos and 2 * (nos + amounts[1]) >= amounts.total()):
        return 1
    return 5 if top <= 5 else 10


def scale_of_column(values: Iterable[str]) -> int:
    """The scale of a whole column, from its values; only its numbers are held in memory."""
    return scale_of_all(Counter(value for value in values if number(value.strip()) is not None))


def number(word: str) -> float | None:
    """A number of at most four characters, such as ``9`` or ``9.5``; None for anything else."""
    if not word.removeprefix("-").replace(".", "", 1).isdecimal() or len(word) > 4:
        return None
    return float(word)


TEXT_NAMES = (
    ("document", "text", "sentence", "review", "content", "comment", "body", "message"),
    ("review_text", "comment_text"),
    (
        "문장",
        "리뷰",
        "내용",
        "본문",
        "텍스트",
        "댓글",
        "후기",
        "의견",
        "글",
        "한줄평",
        "상품평",
        "리뷰내용",
    ),
)
LABEL_NAMES = (
    ("label", "sentiment", "polarity", "rating", "score", "stars", "star"),
    ("라벨", "레이블", "감성", "감정", "정답", "평점", "별점", "점수", "평가"),
)


def named(columns: Sequence[str], names: Sequence[Sequence[str]]) -> list[int]:
    """The columns with one of those names, plural or not, best names first."""
    flat = [name for group in names for name in group]
    plain = [column.strip().casefold().removesuffix("s") for column in columns]
    known = {name.removesuffix("s"): place for place, name in enumerate(flat)}
    return sorted(
        (index for index, name in enumerate(plain) if name in known),
        key=lambda index: known[plain[index]],
    )
