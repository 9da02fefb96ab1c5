"""The measures against values worked out by hand, slices, answers and tables."""

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sentiment.errors import DataError
from sentiment.evaluation import measures
from sentiment.evaluation.answers import SHOWN, Answers, Texts
from sentiment.evaluation.plots import plots
from sentiment.evaluation.report import page
from sentiment.evaluation.result import Origin, evaluation
from sentiment.evaluation.slices import REWRITES, SLICES
from sentiment.evaluation.table import columns, cut, table
from sentiment.tables import labelled
from sentiment.tables.labelled import NEITHER, UNREADABLE, Table
from sentiment.tables.layout import Said
from sentiment.tables.plan import examine
from sentiment.training.recipes.reviews import read_reviews
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

P = np.array([0.9, 0.8, 0.6, 0.4, 0.3, 0.1])
Y = np.array([True, False, True, True, False, False])
"""Right: 0.9, 0.6, 0.3, 0.1; wrong: 0.8 and 0.4."""

NAMES = ("negative", "positive")

ORIGIN = Origin("made.tsv", unlabelled=0, unreadable=0, balanced=False)


def test_wilson_interval_is_that_of_the_literature() -> None:
    """8 of 10: 0.4902 to 0.9433, as in Wilson's formula worked by hand; of nothing 0 to 1."""
    found = measures.share(np.array([True] * 8 + [False] * 2))
    assert (found.accuracy, found.right, found.of) == (0.8, 8, 10)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    nothing = measures.share(np.array([], bool))
    assert (nothing.accuracy, nothing.low, nothing.high) == (None, 0, 1)


def test_confusion_precision_recall_and_f1_by_hand() -> None:
    """Rows are true labels, columns answers, negative first."""
    counts = measures.confusion((P > 1 / 2).astype(int), Y.astype(int), 2)
    assert counts.tolist() == [[2, 1], [1, 2]]
    for each in measures.label_measures(np.array([[6, 4], [1, 9]]), NAMES):
        expected = {"negative": (6 / 7, 6 / 10, 12 / 17), "positive": (9 / 13, 9 / 10, 18 / 23)}
        assert (each.precision, each.recall, each.f1) == pytest.approx(expected[each.label])


def test_a_label_that_is_never_answered_has_no_precision() -> None:
    """Rather than a zero that nobody measured."""
    negative, positive = measures.label_measures(np.array([[5, 0], [0, 0]]), NAMES)
    assert (negative.precision, positive.precision, positive.recall) == (1, None, None)


def test_roc_auc_counts_pairs_and_halves_ties() -> None:
    """The definition itself, over all pairs, is the reference."""
    random = np.random.default_rng(0)
    positive, labels = random.integers(0, 20, 200) / 20, random.random(200) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a, b in product(positive[labels], positive[~labels])]
    assert measures.roc_auc(positive, labels) == pytest.approx(np.mean(pairs))
    assert measures.roc_auc(P, Y) == pytest.approx(7 / 9)
    assert measures.roc_auc(P, np.ones(6, bool)) is None


def test_the_area_under_the_roc_curve_is_the_auc() -> None:
    """The curve begins at (0, 0), ends at (1, 1), and takes ties in one step."""
    random = np.random.default_rng(1)
    positive, labels = random.integers(0, 20, 200) / 20, random.random(200) < 0.4
    x, y = zip(*measures.roc_curve(positive, labels, 500), strict=True)
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(y, x) == pytest.approx(measures.roc_auc(positive, labels))
    assert len(list(measures.roc_curve(positive, labels, 5))) == 5


def test_calibration_error_by_hand() -> None:
    """Two bins of 15: of four at 0.9 three are right, of two at 0.6 both: (4*.15 + 2*.4) / 6."""
    positive = np.array([0.9, 0.9, 0.1, 0.1, 0.6, 0.4])
    labels = np.array([True, True, False, True, True, False])
    bins = measures.reliability(np.maximum(positive, 1 - positive), (positive > 1 / 2) == labels)
    assert [(each.sentences, each.accuracy) for each in bins] == [(2, 1), (4, 0.75)]
    assert measures.calibration_error(bins) == pytest.approx((4 * 0.15 + 2 * 0.4) / 6)


def test_certainty_falls_into_the_last_bin() -> None:
    """A probability of exactly 1 is no bin of its own."""
    [only] = measures.reliability(np.array([1.0, 1.0]), np.array([True, True]))
    assert (only.sentences, only.accuracy, only.high) == (2, 1, 1)


def test_mcnemar_is_the_exact_binomial() -> None:
    """1 of 9 flips: 2 * (1 + 9) / 2^9; as many on both sides: 1; thousands stay finite."""
    assert measures.mcnemar(1, 8) == measures.mcnemar(8, 1) == pytest.approx(20 / 512)
    assert measures.mcnemar(5, 5) == measures.mcnemar(0, 0) == 1
    assert 0 < measures.mcnemar(2000, 2300) < 1e-5


def test_paired_difference_has_the_sign_of_the_better_one() -> None:
    """Its interval holds 0 exactly where the flips are about even."""
    difference, low, high = measures.paired_difference(30, 10, 1000)
    assert difference == 0.02
    assert 0 < low < difference < high
    _, low, high = measures.paired_difference(12, 10, 1000)
    assert low < 0 < high


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("재미없지 않다", {"short", "negation", "twice_negated"}),
        ("정말 재미있게 봤어요", {"short"}),
        ("다시는안보고싶은최악의영화였다", {"short", "unspaced"}),
        ("ㅋㅋㅋㅋㅋ 아", {"short", "letters"}),
        ("음식은 좋은데 서비스가 별로였어요", {"medium", "but"}),
        ("맛은 있지만 비싸요", {"short", "but"}),
        ("다시는 안 갈래요", {"short", "negation"}),
        ("안경이 예쁘네요", {"short"}),
        ("가운데 자리가 좋아요", {"short"}),
        ("너무 귀여워요 😍", {"short", "emoji"}),
        ("so good but too long 영화", {"medium", "but", "english"}),
        ("좋아요 " * 20, {"long"}),
    ],
)
def test_rules_tell_kinds_of_sentences(text: str, slices: set[str]) -> None:
    """Each rule finds its kind, and leaves words that only look like it."""
    assert {each.name for each in SLICES if each.holds(text)} == slices


def test_rewriting_keeps_or_changes_what_it_says() -> None:
    """One takes out the spaces, the other lets a character slip."""
    ways = {name: way for name, _, _, way in REWRITES}
    text = "정말 재미있는 영화였어요"
    assert ways["without_spaces"](text, Random(0)) == text.replace(" ", "")
    assert ways["with_slips"](text, Random(0)) != text


def test_answers_keep_the_most_confident_mistakes_only() -> None:
    """However many there are; the surest first."""
    answers = Answers([small_classifier()], rewrite=False, known=None)
    answers.add([(f"정말 {i}", "negative") for i in range(50)] + [("최고 재미있", "negative")])
    assert len(answers) == 51
    shown = answers.mistakes.best
    assert len(shown) == SHOWN
    assert shown[0].text == "최고 재미있"
    assert [each.text for each in shown[1:3]] == ["정말 0", "정말 1"]


def test_an_evaluation_counts_what_was_answered() -> None:
    """Accuracy, known texts, rewriting and the unsure band, on four sentences."""
    model = small_classifier()
    model.unsure = (0.4, 0.6)
    answers = Answers([model], rewrite=True, known=Texts([NEGATIVE]))
    answers.add(
        [
            (POSITIVE, "positive"),
            (NEGATIVE, "negative"),
            ("정말 영화", "negative"),
            ("최고", "positive"),
        ]
    )
    found = evaluation(answers, Origin("a.csv", 2, 1, balanced=True, known="train.tsv"))
    assert (found.accuracy.right, found.accuracy.of) == (3, 4)  # "정말" leans to the positive
    assert found.confusion == [[1, 1], [0, 2]]
    assert found.unsure is not None
    assert (found.unsure.part, found.unsure.inside.right, found.unsure.outside.right) == (
        0.25,
        0,
        3,
    )
    groups = {group.name: group.share for group in found.slices}
    assert (groups["new"].right, groups["new"].of) == (2, 3)
    assert [group.share.of for group in found.rewritten] == [4, 4]
    assert sum(map(sum, found.histogram)) == 4
    for text in (table(found), page(found)):
        assert "75.00%" in text
        assert "정말 영화" in text
        assert "애매해요" in text


def test_one_label_alone_is_evaluated_too() -> None:
    """What needs both labels is said to be missing; the plots are drawn."""
    answers = Answers([small_classifier()], rewrite=False, known=None)
    answers.add([(POSITIVE, "positive")])
    found = evaluation(answers, ORIGIN)
    assert found.roc_auc is None
    assert found.accuracy.accuracy == 1
    assert "–" in table(found)
    assert all(svg.startswith("<svg") for svg in plots(found).values())


def test_columns_of_a_terminal() -> None:
    """Hangul is two wide; what is cut stays within the line."""
    assert columns("가a") == 3
    assert columns(cut("아주 긴 문장 " * 30)) <= 60
    assert cut("두\n줄") == "두 줄"


def test_rows_without_a_label_and_broken_ones_are_counted(tmp_path: Path) -> None:
    """Ratings in the middle are no label; an empty text can't be judged."""
    file = tmp_path / "reviews.csv"
    file.write_text("text,rating\n좋아요,10\n그저 그래요,6\n별로예요,1\n,10\n", encoding="utf-8")
    found = Table.of(file)
    assert (found.count(NEITHER), found.count(UNREADABLE)) == (1, 1)
    assert list(found.sentences(found.usable())) == [
        ("좋아요", "positive"),
        ("별로예요", "negative"),
    ]


def unlabelled(folder: Path) -> Path:
    """A table without a column of labels."""
    file = folder / "unlabelled.csv"
    file.write_text("text,b\n좋은 곳이에요,x\n나쁜 곳이에요,y\n", encoding="utf-8")
    return file


def test_columns_are_named_where_they_cannot_be_guessed(tmp_path: Path) -> None:
    """The message lists them; a label that is no label of ours is said to be none."""
    file = tmp_path / "odd.csv"
    file.write_text("a,b,c\n좋은 곳이에요,x,1\n나쁜 곳이에요,y,0\n", encoding="utf-8")
    found = Table.of(file, Said(text_column="a", label_column="c"))
    assert [label for _, label in found.sentences(found.usable())] == ["positive", "negative"]
    with pytest.raises(DataError, match="a, b, c"):
        Table.of(file, Said(label_column="d"))
    with pytest.raises(DataError, match="--label-column"):
        Table.of(unlabelled(tmp_path))
    with pytest.raises(DataError, match="--label-column"):
        Table.of(file, Said(text_column="a", label_column="b"))


def test_balancing_one_label_is_refused(tmp_path: Path) -> None:
    """Rather than an evaluation of nothing."""
    file = tmp_path / "good.csv"
    file.write_text("text,label\n좋아요,1\n최고예요,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="--balanced"):
        Table.of(file).balanced()


def test_the_balanced_rows_of_the_dev_reviews_are_those_of_the_card(shared: Path) -> None:
    """The 7,938 that every figure of the shipped model was measured on."""
    file = shared / "data" / "naver-movie-reviews" / "dev.tsv.xz"
    reviews = read_reviews(file)
    found = Table.of(file)
    rows = found.balanced()
    assert rows.tolist() == reviews.balanced(labelled.SEED).tolist()
    assert [text for text, _ in found.sentences(rows)] == [reviews.texts[row] for row in rows]


def test_texts_are_known_exactly(tmp_path: Path) -> None:
    """Another space is another text."""
    file = tmp_path / "train.csv"
    file.write_text("text,label\n좋아요,1\n별로예요,0\n", encoding="utf-8")
    assert examine(file).text == "text"
    known = Texts(labelled.texts(file))
    assert [text in known for text in ("좋아요", "별로예요", "좋아요 ")] == [True, True, False]
    assert "좋아요" not in Texts([])
