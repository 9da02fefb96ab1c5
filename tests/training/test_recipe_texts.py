"""The texts that the recipe learns from: splits, variants, sentences made by rule."""

import lzma
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sentiment.errors import DataError
from sentiment.training.recipes.own import more_sentences, own_sentences
from sentiment.training.recipes.reversing import turned, turned_round
from sentiment.training.recipes.sets import (
    FOLDERS,
    KODOLI,
    KOTE,
    Texts,
    emotion_balance,
    key,
    read_splits,
)
from sentiment.training.recipes.variants import Shares, varied, with_tail

EVERYDAY = Path(__file__).with_name("everyday_dev.tsv")


def test_no_dev_text_is_trained_on(data: Path) -> None:
    """What a set holds out is in no train part, however it is spaced."""
    splits = read_splits(data)
    held = {key(text) for name in FOLDERS if name in splits.dev for text in splits.dev[name].texts}
    assert held
    trained = {key(text) for part in splits.train.values() for text in part.texts}
    assert not held & trained


def test_splits_do_not_change(data: Path) -> None:
    """Reading twice gives the same parts, and every text is in one of them."""
    first, second = read_splits(data), read_splits(data)
    assert first.dev[KODOLI].texts == second.dev[KODOLI].texts
    assert len(first.dev[KODOLI]) + len(first.train[KODOLI]) == 200


def test_only_cc0_learns_from_films_alone(data: Path) -> None:
    """The dev parts stay, so that both recipes can be compared."""
    splits = read_splits(data, only_cc0=True)
    assert list(splits.train) == ["films"]
    assert KOTE in splits.dev


def test_a_broken_line_is_named(data: Path) -> None:
    """A line without its columns says which one it is."""
    with lzma.open(data / "kote" / "train.tsv.xz", "wt", encoding="utf-8") as out:
        out.write("text\tlabel\temotions\n좋아요\t1\t1\n나빠요\n")
    with pytest.raises(DataError, match="line 3"):
        read_splits(data)


@pytest.mark.parametrize(("emotions", "low", "high"), [
    ("1,2,4", 0.8, 1.0), ("0,6,22", 0.0, 0.2), ("24", 0.5, 0.5), ("", 0.5, 0.5), ("1,6", 0.5, 0.5),
])  # fmt: skip
def test_emotions_are_weighed(emotions: str, low: float, high: float) -> None:
    """More positive emotions draw the target up, none leaves it in the middle."""
    assert low <= emotion_balance(emotions) <= high


@pytest.mark.parametrize(("text", "other"), [
    ("가격이 아주 좋네요", "가격이 아주 좋지 않네요"), ("튼튼합니다!", "튼튼하지 않습니다!"),
    ("발림성이 정말 안좋아요", "발림성이 정말 좋아요"),
    ("손에 잘 맞지 않습니다.", "손에 잘 맞습니다."),
    ("포장이 예쁘지 않습니다", "포장이 예쁩니다"), ("추천", "비추천"),
])  # fmt: skip
def test_a_short_sentence_is_turned_round(text: str, other: str) -> None:
    """A negation goes into the last predicate or out of it; what stands behind stays."""
    assert turned(text) == other


@pytest.mark.parametrize("text", [
    "", "예쁘고 좋아요", "좋아요. 그런데 비싸요", "그냥 그런 물건", "안 사면 안 돼요",
    "아주 긴 문장은 여러 말을 하므로 돌리지 않는 것이 낫습니다",
])  # fmt: skip
def test_an_unclear_sentence_is_left_alone(text: str) -> None:
    """Several clauses, several negations or an unknown ending are not guessed at."""
    assert turned(text) is None


def test_turned_sentences_teach_the_other_side() -> None:
    """Praise denied is blame; blame denied is mild praise."""
    labels = np.array([1.0, 0.0], np.float32)
    sure, ratings = np.ones(2, bool), np.zeros(2, np.int8)
    turned_texts = turned_round(Texts("shop", ["좋네요", "불편해요"], labels, sure, ratings))
    assert turned_texts.texts == ["좋지 않네요", "불편하지 않아요"]
    assert turned_texts.targets[0] < 0.2
    assert turned_texts.targets[1] > 0.7


def test_variants_repeat_and_may_do_nothing() -> None:
    """The same seed gives the same text; shares of 0 leave it as it is."""
    shares = Shares(unspaced=0.5, tail=0.5, slips=0.5)
    texts = [varied("정말 재미있는 영화였어요", shares, Random(seed)) for seed in (3, 3, 4, 5, 6)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1
    assert varied("그대로 둔다", Shares(), Random(1)) == "그대로 둔다"
    assert with_tail("좋아요", Random(1)).startswith("좋아요")


def test_own_sentences_keep_off_the_dev_ones() -> None:
    """Our own sentences repeat, know all sides, and hold none that judges the model."""
    own = own_sentences(1)
    assert own.texts == own_sentences(1).texts
    assert len(own.positive) > 1000 < len(own.negative)
    golden = (EVERYDAY, EVERYDAY.parents[1] / "everyday.tsv")
    lines = [line for file in golden for line in file.read_text("utf-8").splitlines()[1:]]
    held = {key(line.split("\t")[0]) for line in lines}
    assert len(held) > 200
    assert not held & {key(text) for text in [*own.texts, *more_sentences().texts]}


def test_dev_sentences_have_a_label_and_a_kind() -> None:
    """Every line of the everyday dev sentences is whole, and there is none twice."""
    rows = [line.split("\t") for line in EVERYDAY.read_text("utf-8").splitlines()[1:]]
    assert all(len(row) == 3 and row[1] in {"positive", "negative", "neutral"} for row in rows)
    assert len({row[0] for row in rows}) == len(rows) >= 140
