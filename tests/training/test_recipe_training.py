"""The recipe's loop, teachers and measures on models of a few numbers."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from sentiment.training.recipes import loop
from sentiment.training.recipes.blending import (
    Said,
    band_of,
    blended,
    taught_rows,
    temperature_of,
    weights_of,
)
from sentiment.training.recipes.judging import calibration_error, interval, judge_of, measured
from sentiment.training.recipes.opinions import opinions
from sentiment.training.recipes.pool import Pool
from sentiment.training.recipes.sets import Texts
from sentiment.training.recipes.stream import Source, Stream, batches, drawn, tokenizer_of
from sentiment.training.recipes.student import sources
from sentiment.training.recipes.variants import Shares

PHASE = loop.Phase(
    blocks=2, rate=1e-3, head_rate=1e-3, warmup=2, decay=0.5, dropout=0.1, masked=0.2,
    mask_id=9, special=4, seed=3,
)  # fmt: skip


def stream_of(folder: Path) -> Stream:
    """A stream of two sources."""
    texts = ["좋아요 영화", "싫어요 영화", "좋아요", "싫어요"]
    targets = np.array([1, 0, 1, 0], np.float32)
    sources = [Source("a", texts, targets, 1.0, 6), Source("b", texts[:1], targets[:1], 0.0, 2)]
    tokenizer = tokenizer_of(str(folder / "tokenizer.json"), 16)
    return Stream(sources, tokenizer, Shares(0.1, 0.1, 0.1), 24, 5)


def test_cutting_keeps_what_is_used(small: Path, encoder: Path) -> None:
    """Unused pieces go, the others and their vectors stay, and texts are split as before."""
    before = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    after = Tokenizer.from_file(str(small / "tokenizer.json"))
    assert "▁외국" in before.get_vocab()
    assert "▁외국" not in after.get_vocab()
    assert after.encode("좋아요 영화").tokens == before.encode("좋아요 영화").tokens
    config = json.loads((small / "config.json").read_text("utf-8"))
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["vocab_size"] == after.get_vocab_size()


def test_a_source_is_gone_through_before_it_repeats() -> None:
    """Blocks follow on each other through passes in new orders."""
    source = Source("a", ["x"] * 10, np.zeros(10, np.float32), 1.0, 4)
    rows = np.concatenate([drawn(source, block, 1) for block in range(5)])
    assert sorted(rows[:10]) == sorted(rows[10:]) == list(range(10))
    assert list(rows[:10]) != list(rows[10:])


def test_batches_hold_all_rows_within_their_size() -> None:
    """Every row is in one batch; none is larger than asked, but for one long text alone."""
    lengths = np.random.default_rng(0).integers(2, 40, 500)
    made = batches(lengths, 128, np.random.default_rng(1))
    assert sorted(np.concatenate(made)) == list(range(500))
    assert all(lengths[rows].max() * len(rows) <= 128 for rows in made)


def test_training_that_was_cut_off_ends_the_same(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run stopped after any step and resumed has the weights of one that ran through."""
    whole = loop.Run(BertForSequenceClassification.from_pretrained(small), PHASE)
    loop.train(whole, stream_of(small), tmp_path / "whole.pt", lambda model: "")
    monkeypatch.setattr(loop, "SAVE_SECONDS", -1)
    steps = 0

    class StoppedError(Exception):
        """Stands for the end of a session."""

    def stopping(self: loop.Run, *arguments: object) -> float:
        nonlocal steps
        steps += 1
        if steps == 4:
            raise StoppedError
        return plain(self, *arguments)

    plain: Callable[..., float] = loop.Run.step
    monkeypatch.setattr(loop.Run, "step", stopping)
    for _ in range(2):
        run = loop.Run(BertForSequenceClassification.from_pretrained(small), PHASE)
        try:
            loop.train(run, stream_of(small), tmp_path / "cut.pt", lambda model: "")
        except StoppedError:
            continue
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, run.model.state_dict()[name]), name


def test_a_phase_follows_on_texts_not_seen(small: Path, tmp_path: Path) -> None:
    """The next phase begins with the block after the last, and counts its own steps from 0."""
    model = BertForSequenceClassification.from_pretrained(small)
    run = loop.Run(model, PHASE)
    loop.train(run, stream_of(small), tmp_path / "first.pt", lambda model: "")
    after = loop.Run(model, replace(PHASE, blocks=1))
    after.follow(tmp_path / "first.pt")
    assert (after.first, after.block, after.steps) == (2, 0, 0)


def test_opinions_are_kept(small: Path, tmp_path: Path) -> None:
    """What was judged before is not judged again; rows not asked for stay unknown."""
    model = BertForSequenceClassification.from_pretrained(small)
    judge = judge_of(model, tokenizer_of(str(small / "tokenizer.json"), 16))
    texts = ["좋아요", "싫어요", "영화"]
    first = opinions(judge, texts, tmp_path / "said.npy", np.array([0, 2]))
    assert np.isnan(first).tolist() == [False, True, False]
    seen: list[str] = []

    def noting(more: list[str]) -> np.ndarray:
        seen.extend(more)
        return judge(more)

    assert np.isfinite(opinions(noting, texts, tmp_path / "said.npy")).all()
    assert seen == ["싫어요"]


def test_a_useless_teacher_gets_no_weight() -> None:
    """Noise and a teacher that is always wrong are left out; the good one is trusted."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 2000).astype(float)
    good = 3 * (2 * labels - 1) + rng.normal(0, 3, 2000)
    weights = weights_of(np.stack([good, -good], axis=1), labels, np.ones(2000))
    assert weights[0] > 0.1
    assert weights[1] == 0.0


def small_pool() -> Pool:
    """Films of either side and in between, and another set."""
    films = np.array([0, 0.02, 0.6, 0.95, 0.97], np.float32)
    ratings = np.array([1, 2, 7, 9, 10], np.int8)
    sure = np.array([True, True, False, True, True])
    other = np.array([1, 0, 0.5, -1], np.float32)
    return Pool.of([
        Texts("films", list("abcde"), films, sure, ratings),
        Texts("kote", list("fghi"), other, np.isin(other, (0, 1)), np.zeros(4, np.int8)),
    ])  # fmt: skip


def test_teachers_judge_a_choice_of_films_and_all_else() -> None:
    """What was not judged stays unknown in the blend, and the student learns nothing from it."""
    pool = small_pool()
    rows = taught_rows(pool, 1, 1, 3)
    assert len(rows) == 7
    assert set(range(5, 9)) <= set(rows)
    logits = np.full((9, 2), np.nan)
    logits[rows] = np.where(pool.targets[rows] > 0.5, 2.0, -2.0)[:, None]
    dev = np.where(pool.targets > 0.5, 2.0, -2.0)[:, None].repeat(2, axis=1)
    teacher = blended(Said(pool, dev), Said(pool, logits))
    assert np.isfinite(teacher).sum() == 7
    assert teacher[5] > 0.6
    assert teacher[6] < 0.4
    made = sources(pool, teacher)
    assert sum(len(source.texts) for source in made) == 7


def test_temperature_and_band() -> None:
    """A model that is too sure is cooled, and the band keeps the boldly wrong few."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 4000)
    labels = (rng.random(4000) < 1 / (1 + np.exp(-logits))).astype(float)
    assert temperature_of(3 * logits, labels, np.ones(4000)) == pytest.approx(3, rel=0.15)
    chance = 1 / (1 + np.exp(-logits))
    low, high = band_of([(chance, labels > 0.5)], 0.05)
    assert low + high == pytest.approx(1)
    wrong = ((chance < low) | (chance > high)) & ((chance > 0.5) != (labels > 0.5))
    assert wrong.mean() <= 0.05


def test_measures() -> None:
    """Accuracy counts what is sure, boldness what is neutral."""
    targets = np.array([1, 0, 0.5, 0.5], np.float32)
    sure, ratings = np.array([True, True, False, False]), np.zeros(4, np.int8)
    texts = Texts("some", ["a", "b", "c", "d"], targets, sure, ratings)
    measure = measured(texts, np.array([3.0, 2.0, 0.1, -4.0]))
    assert (measure.accuracy, measure.neutral_bold, measure.count) == (0.5, 0.5, 2)
    low, high = interval(90, 100)
    assert 0.82 < low < 0.9 < high < 0.95
    assert calibration_error(np.array([0.999] * 10), np.array([True] * 5 + [False] * 5)) > 0.45
