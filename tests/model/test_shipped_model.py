"""The model that ships with the project."""

import json

import pytest

from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.settings import SHIPPED_MODEL, Settings

EVERYDAY = {
    "배우들 연기가 정말 좋아서 시간 가는 줄 몰랐어요": "positive",
    "오랜만에 가족 모두 웃으면서 봤어요. 추천합니다!": "positive",
    "완전 감동이에요 ㅠㅠ 또 보고 싶어요": "positive",
    "아 더빙.. 진짜 짜증나네요 목소리": "negative",
    "기대하고 봤는데 너무 지루해서 중간에 나왔습니다": "negative",
    "돈이 아깝다 최악의 영화": "negative",
}


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    """The shipped model, as `python app.py` loads it."""
    return load(Settings.model, Settings.pretrained, Settings.max_seq_length, "torch")


@pytest.mark.parametrize(("sentence", "label"), EVERYDAY.items())
def test_it_judges_plain_sentences_rightly(shipped: Classifier, sentence: str, label: str) -> None:
    """Sentences that nobody would argue about."""
    assert shipped.predict([sentence])[0].label == label


def test_it_is_at_most_25_megabytes() -> None:
    """Everybody who clones the project downloads it."""
    assert sum(file.stat().st_size for file in SHIPPED_MODEL.iterdir()) <= 25_000_000


def test_its_card_and_labels_are_there() -> None:
    """People see what it was made of; programs see which label is which."""
    card = (SHIPPED_MODEL / "README.md").read_text("utf-8")
    assert "dev part" in card
    assert "CC BY-SA 4.0" in card
    config = json.loads((SHIPPED_MODEL / "config.json").read_text("utf-8"))
    assert config["id2label"] == {"0": "negative", "1": "positive"}
