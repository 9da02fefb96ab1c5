"""The training of the shipped model, on a handful of reviews."""

import lzma
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from sentiment.errors import DataError
from sentiment.texts.slips import augmented, with_slips
from sentiment.training.recipes import ngrams, shipped, teacher
from sentiment.training.recipes.corpus import Corpus, batches
from sentiment.training.recipes.data import Data, plan
from sentiment.training.recipes.phases import FINETUNE, MASK, PRETRAIN, SEED, SPECIAL, Phase
from sentiment.training.recipes.reviews import SOFT_LABELS, Reviews, read_reviews
from sentiment.training.recipes.run import Run, mask_tokens, train

GOOD = ["정말 재미있어요", "최고의 영화입니다", "또 보고 싶어요 정말"]
BAD = ["정말 지루해요", "최악의 영화입니다", "시간이 아까워요 정말"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Sixty reviews, tokenised with a vocabulary learned from them."""
    reviews = Reviews((GOOD + BAD) * 10, np.array(([10] * 3 + [1] * 3) * 10, np.int8))
    work = tmp_path_factory.mktemp("work")
    tokenizer = shipped.train_tokenizer(reviews.texts, work)
    return Data(tokenizer, reviews, reviews, work / "teacher.npy")


def run(data: Data, phase: Phase, steps: int, state: Path) -> Run:
    """Train `steps` batches, or what `state` leaves to be done of them."""
    torch.manual_seed(SEED)
    model, head = shipped.new_model()
    made = Run(model, head, phase, 40)
    train(made, plan(data, phase)[:steps], data, state)
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "phase", [PRETRAIN, replace(FINETUNE, augmented=0.5)], ids=["words", "labels"]
)
def test_a_stopped_run_goes_on_to_the_same_weights(
    data: Data, phase: Phase, tmp_path: Path
) -> None:
    """Stopping in the middle changes nothing, dropout and masks included."""
    phase = replace(phase, tokens=128, epochs=2)
    whole = run(data, phase, 4, tmp_path / "whole.pt")
    run(data, phase, 2, tmp_path / "parts.pt")
    parts = run(data, phase, 4, tmp_path / "parts.pt")
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, parts.model.state_dict()[name]), name


@pytest.mark.slow
def test_training_learns_the_reviews(data: Data, tmp_path: Path) -> None:
    """A few steps are enough to tell six sentences apart."""
    phase = replace(FINETUNE, tokens=256, epochs=8, warmup=2, learning_rate=1e-3)
    model = run(data, phase, 30, tmp_path / "state.pt").model
    assert data.dev_accuracy(model) == 1.0


def test_masking_hides_only_ordinary_tokens() -> None:
    """[CLS], [SEP] and padding stay; about the asked share of the others is chosen."""
    ids = torch.randint(0, 1000, (50, 40), generator=torch.Generator().manual_seed(0))
    masked, chosen = mask_tokens(ids, 0.15, torch.Generator().manual_seed(1))
    special = ids < len(SPECIAL)
    assert not chosen[special].any()
    assert torch.equal(masked[~chosen], ids[~chosen])
    assert 0.1 < chosen.float().mean() < 0.2
    assert (masked[chosen] == MASK).float().mean() > 0.6


def test_batches_hold_every_row_once_within_the_budget() -> None:
    """Like lengths stand together, and padding counts towards the budget."""
    lengths = np.random.default_rng(0).integers(3, 128, 2000)
    made = list(batches(lengths, np.arange(2000), 512, np.random.default_rng(1)))
    assert sorted(np.concatenate(made)) == list(range(2000))
    assert max(lengths[rows].max() * len(rows) for rows in made) <= 512
    padded = sum(int(lengths[rows].max()) * len(rows) for rows in made)
    assert padded / lengths.sum() < 1.1


def test_a_corpus_gives_texts_back_padded(data: Data) -> None:
    """Ids of a batch are those of the tokenizer, with zeros behind."""
    corpus = Corpus(np.array([2, 7, 3, 2, 7, 8, 3], np.uint16), np.array([0, 3, 7]))
    ids, mask = corpus.batch(np.array([0, 1]))
    assert ids.tolist() == [[2, 7, 3, 0], [2, 7, 8, 3]]
    assert mask.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]


def test_balanced_draws_as_many_positives_and_the_same_again() -> None:
    """All negatives, as many positives, nothing in between; fixed by the seed."""
    reviews = Reviews([str(i) for i in range(100)], np.array([1, 5, 9, 10] * 25, np.int8))
    rows = reviews.balanced(7)
    assert (reviews.ratings[rows] <= 4).sum() == (reviews.ratings[rows] >= 9).sum() == 25
    assert rows.tolist() == reviews.balanced(7).tolist()


def test_a_line_that_is_no_review_is_named(tmp_path: Path) -> None:
    """The message says which file and line, and what was expected."""
    file = tmp_path / "train.tsv.xz"
    with lzma.open(file, "wt", encoding="utf-8") as out:
        out.write("id\tdocument\trating\tmovie_id\n1\t좋아요\t10\t7\n2\t싫어요\n")
    with pytest.raises(DataError, match="line 3"):
        read_reviews(file)


def test_soft_labels_rise_with_the_rating() -> None:
    """A better rating never means less positive."""
    assert (np.diff(SOFT_LABELS[1:]) > 0).all()


def test_texts_written_in_another_way_keep_their_words() -> None:
    """Spaces may go, and letters slip, but nothing is lost at large."""
    text = "정말 재미있어요 ㅋㅋㅋ 또 보고 싶어요"
    ways = {augmented(text, Random(seed)) for seed in range(40)}
    assert len(ways) > 10
    assert text.replace(" ", "") in ways
    assert all(0.6 * len(text) < len(way) < 1.6 * len(text) for way in ways)


def test_slips_touch_hangul_alone() -> None:
    """Latin letters, digits and emoji stay as they are."""
    assert with_slips("iPhone 15 👍", Random(0)) == "iPhone 15 👍"
    slipped = with_slips("재미있어요", Random(1))
    assert slipped != "재미있어요"
    assert len(set(slipped) & set("재미있어요")) >= 3


def test_a_teacher_judges_what_it_has_not_seen(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of fold: still right here, since every review stands ten times; and kept in its file."""
    pytest.importorskip("sklearn")
    monkeypatch.setattr(ngrams, "FEATURES", 2**12)
    targets = data.targets(0.5)
    good = data.reviews.ratings == 10
    assert targets.dtype == np.float32
    assert targets[good].min() > 0.6
    assert targets[~good].max() < 0.4
    monkeypatch.setattr(teacher, "fitted", None)  # not asked a second time
    assert np.array_equal(data.targets(0.5), targets)
