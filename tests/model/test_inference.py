"""Sentences become predictions: equal to the book's answers, whole or truncated, one or many."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import Unigram, WordPiece
from tokenizers.pre_tokenizers import Metaspace, Whitespace

from sentiment.errors import InputError, TooLongError
from sentiment.model import loader
from sentiment.model.backends import batches
from sentiment.model.backends.torch import TorchBackend
from sentiment.model.checkpoints.words import read_tokenizer, unknown_share
from sentiment.model.inference import Classifier, softmax
from sentiment.web.api.book import code_10_fields
from tests.kit.checkpoints import make_model


@pytest.fixture(scope="session")
def golden(shared: Path) -> list[dict[str, Any]]:
    """What the book's own code answered to 32 sentences."""
    file = shared / "golden" / "tiny-kcbert.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(
    scope="session",
    params=[("ratsnlp-1.0.0", "torch"), ("ratsnlp-1.0.53", "torch"), ("ratsnlp-1.0.53", "auto")],
    ids=["1.0.0", "1.0.53", "1.0.53 by default"],
)
def generation(request: pytest.FixtureRequest, shared: Path, tiny_pretrained: Path) -> Classifier:
    """The best checkpoint of each generation of the book's package."""
    folder, backend = request.param
    return loader.load(shared / "checkpoints" / folder, tiny_pretrained, 128, backend)


def test_golden_answers_are_equal_field_by_field(
    generation: Classifier, golden: list[dict[str, Any]]
) -> None:
    """All six fields of code 10 are the same strings as the book's own."""
    predictions = generation.predict_any([row["response"]["sentence"] for row in golden])
    assert len(golden) == 32
    assert [code_10_fields(p) for p in predictions] == [row["response"] for row in golden]


def test_golden_answers_are_equal_one_by_one(
    generation: Classifier, golden: list[dict[str, Any]]
) -> None:
    """A sentence on its own gets the same answer as in a batch."""
    for row in golden:
        [prediction] = generation.predict_any([row["response"]["sentence"]])
        assert code_10_fields(prediction) == row["response"]


def test_golden_token_ids_are_equal(
    generation: Classifier, golden: list[dict[str, Any]], shared: Path
) -> None:
    """The ids that the model reads are the book's; those of the whole sentence are counted."""
    whole = read_tokenizer(shared / "checkpoints" / "tiny-kcbert")
    for row in golden:
        ids, total = generation.tokenize(row["response"]["sentence"])
        assert ids[:128] == row["input_ids"][:128]
        assert len(ids) == min(128, len(row["input_ids"]))
        assert total == len(whole.encode(row["response"]["sentence"]).ids)


def test_tokens_read_and_total_tell_of_truncation(made_classifier: Classifier) -> None:
    """A long sentence is read up to the limit, and the prediction says of how many tokens."""
    short, long = made_classifier.predict(["영화", "영화 " * 100])
    assert (short.tokens_read, short.tokens_total, short.truncated) == (3, 3, False)
    assert (long.tokens_read, long.tokens_total, long.truncated) == (32, 102, True)


def test_probabilities_keep_their_precision(made_classifier: Classifier) -> None:
    """They are not rounded, and their sum is one."""
    [prediction] = made_classifier.predict(["이 영화는 정말 최고다"])
    assert prediction.positive + prediction.negative == pytest.approx(1, abs=1e-6)
    assert prediction.positive != round(prediction.positive, 4)


@pytest.mark.parametrize(
    ("sentence", "error"),
    [("", InputError), (" \n\t", InputError), ("a\0b", InputError), ("가" * 10_001, TooLongError)],
)
def test_what_is_no_sentence_is_refused(
    made_classifier: Classifier, sentence: str, error: type[InputError]
) -> None:
    """Nothing, blanks, NUL and endless text raise an error for the person."""
    with pytest.raises(error):
        made_classifier.predict([sentence])


def test_no_sentences_no_predictions(made_classifier: Classifier) -> None:
    """An empty list is answered with one."""
    assert made_classifier.predict([]) == []


def test_batch_agrees_with_one_by_one() -> None:
    """Sentences of all lengths together, in any order, get the logits they get alone."""
    backend = TorchBackend(make_model())
    rng = np.random.default_rng(0)
    ids = [rng.integers(5, 30, length).tolist() for length in rng.integers(3, 65, 200)]
    alone = np.concatenate([backend.logits([sentence]) for sentence in ids])
    together = backend.logits(ids)
    assert together.dtype == np.float32
    assert np.ptp(alone, axis=0).min() > 0.01
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-5)


def test_one_sentence_is_not_padded() -> None:
    """The model is handed exactly the tokens of a sentence."""
    model = make_model()
    seen: list[torch.Size] = []
    model.bert.embeddings.register_forward_hook(
        lambda module, args, output: seen.append(output.shape)
    )
    TorchBackend(model).logits([[2, 7, 3]])
    assert seen == [torch.Size([1, 3, 16])]


def test_batches_are_bounded_and_complete() -> None:
    """Ten thousand sentences never make a batch over the bound, and none is lost."""
    lengths = np.random.default_rng(0).integers(1, 300, 10_000).tolist()
    groups = list(batches(lengths, 4096))
    assert max(len(rows) * max(lengths[row] for row in rows) for rows in groups) <= 4096
    assert sorted(row for rows in groups for row in rows) == list(range(10_000))
    padded = sum(len(rows) * max(lengths[row] for row in rows) for rows in groups)
    assert padded < 1.05 * sum(lengths)
    assert list(batches([9, 2], 4)) == [[0], [1]]


def test_dropout_is_off() -> None:
    """The same sentence always gets the same answer, even from a model left in training."""
    backend = TorchBackend(make_model(hidden_dropout_prob=0.5).train())
    assert np.array_equal(backend.logits([[2, 7, 3]]), backend.logits([[2, 7, 3]]))


def test_softmax_survives_large_logits() -> None:
    """No overflow, and a tie is half and half."""
    assert softmax(np.array([[1000.0, 0.0], [3.0, 3.0]], np.float32)).tolist() == [
        [1.0, 0.0],
        [0.5, 0.5],
    ]


def test_unknown_words_of_every_kind_of_tokenizer_are_counted() -> None:
    """Unigram, as sentencepiece has it, calls them by their own letters; the id is that of none."""
    words = [("<unk>", 0.0), ("▁영화", -1.0), ("▁", -2.0)]
    unigram = Tokenizer(Unigram(words, unk_id=0))
    unigram.pre_tokenizer = Metaspace()
    pieces = Tokenizer(WordPiece({"[UNK]": 0, "영화": 1}, unk_token="[UNK]"))
    pieces.pre_tokenizer = Whitespace()
    for tokenizer, share in ((unigram, 1 / 3), (pieces, 1 / 2)):
        assert unknown_share(tokenizer, ["영화 햏햏"]) == pytest.approx(share)
        classifier = Classifier("x", tokenizer, TorchBackend(make_model()), 32)
        assert classifier.reading("영화 햏햏").unknown == [(3, 5)]
        assert classifier.unknown("영화 햏햏", classifier.tokenize("영화 햏햏")[0]) == 0.5
    unigram.model = Unigram([*words, *((f"<0x{byte:02X}>", -9.0) for byte in range(256))], 0, True)
    assert unknown_share(unigram, ["영화 햏햏"]) == 0


def test_own_settings_of_a_tokenizer_are_reset(made_folder: Path) -> None:
    """Truncation and padding that a tokenizer file brings along do not reach the model."""
    tokenizer: Tokenizer = read_tokenizer(made_folder)
    tokenizer.enable_padding(length=50)
    tokenizer.enable_truncation(4)
    classifier = Classifier("x", tokenizer, TorchBackend(make_model()), 32)
    assert classifier.tokenize("영화 " * 10)[0] == [2, *[WORD] * 10, 3]


WORD = 11
"""Id of 영화 in the made vocabulary."""
