"""Small sets and models for the tests of the recipe."""

import lzma
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from sentiment.training.recipes.pieces import cut
from sentiment.training.recipes.sets import COMMENTS, FOLDERS

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁좋아", "▁싫어", "▁영화", "요", "▁외국", "<mask>"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Small sets laid out as the real ones are."""
    films = tmp_path / "naver-movie-reviews"
    films.mkdir()
    for name, first in (("train", 0), ("dev", 40)):
        rows = [f"{i}\t영화 {i}\t{i % 10 + 1}\t{i}" for i in range(first, first + 40)]
        write(films / f"{name}.tsv.xz", "id\tdocument\trating\tmovie_id", rows)
    for name, folder in FOLDERS.items():
        (tmp_path / folder).mkdir()
        labels = ("1", "0", "neutral", "")
        rows = [f"{name} 글 {i}\t{labels[i % 4]}\t1,2,7" for i in range(200)]
        file = "comments.tsv.xz" if name == COMMENTS else "train.tsv.xz"
        write(tmp_path / folder / file, "text\tlabel\temotions", rows)
    return tmp_path


def write(file: Path, header: str, rows: list[str]) -> None:
    """Write a packed file of rows."""
    with lzma.open(file, "wt", encoding="utf-8") as out:
        out.write("\n".join([header, *rows]) + "\n")


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A tiny encoder with a tokenizer of pieces, as the pretrained one lies."""
    folder = tmp_path / "encoder"
    vocabulary = [(word, -float(row)) for row, word in enumerate(WORDS)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens([*WORDS[:4], "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=8, num_hidden_layers=4, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=128, pad_token_id=1,
    )  # fmt: skip
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def small(encoder: Path, tmp_path: Path) -> Path:
    """The tiny encoder cut to what is used, as a classifier."""
    cut(encoder, ["좋아요 영화", "싫어요"] * 5, tmp_path / "cut", 2, 2)
    return tmp_path / "cut"
