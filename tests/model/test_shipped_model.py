"""The models that ship with the project."""

import json
from pathlib import Path

import pytest

from sentiment.errors import ModelError
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.settings import SHIPPED, SHIPPED_MODEL, Settings

EVERYDAY = {
    "배우들 연기가 정말 좋아서 시간 가는 줄 몰랐어요": "positive",
    "오랜만에 가족 모두 웃으면서 봤어요. 추천합니다!": "positive",
    "완전 감동이에요 ㅠㅠ 또 보고 싶어요": "positive",
    "아 더빙.. 진짜 짜증나네요 목소리": "negative",
    "기대하고 봤는데 너무 지루해서 중간에 나왔습니다": "negative",
    "돈이 아깝다 최악의 영화": "negative",
}


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Classifier:
    """A shipped model, by its short name."""
    return load(request.param, Settings.pretrained, Settings.max_seq_length, "torch")


@pytest.mark.parametrize(("sentence", "label"), EVERYDAY.items())
def test_it_judges_plain_sentences_rightly(shipped: Classifier, sentence: str, label: str) -> None:
    """Sentences that nobody would argue about."""
    assert shipped.predict([sentence])[0].label == label


def test_they_are_small_enough_to_clone() -> None:
    """Everybody who clones the project downloads them; the small one is in the package too."""
    sizes = {
        name: sum(file.stat().st_size for file in folder.iterdir())
        for name, folder in SHIPPED.items()
    }
    assert sizes["small"] <= 25_000_000
    assert sum(sizes.values()) <= 60_000_000


@pytest.mark.parametrize("folder", SHIPPED.values(), ids=SHIPPED)
def test_card_and_labels_are_there(folder: Path) -> None:
    """People see what it was made of; programs see which label is which."""
    card = (folder / "README.md").read_text("utf-8")
    assert "dev part" in card
    assert "CC BY-SA 4.0" in card
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["id2label"] == {"0": "negative", "1": "positive"}


def test_a_short_name_is_that_of_the_folder_unless_a_file_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a folder called small means that one."""
    assert load("small").name == SHIPPED_MODEL.name
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small").mkdir()
    with pytest.raises(ModelError, match="holds no model"):
        load("small")


def test_a_model_that_was_not_installed_is_told_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package leaves the larger one out."""
    monkeypatch.setitem(SHIPPED, "base", tmp_path / "ko-sentiment-base")
    with pytest.raises(ModelError, match="models/ko-sentiment-base"):
        load("base")
