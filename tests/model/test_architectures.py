"""Every kind of encoder answers as transformers does, at any length and whoever comes with it."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertTokenizer,
    PreTrainedModel,
)

from sentiment.errors import ModelError
from sentiment.model import loader
from tests.kit.checkpoints import WORDS, save_vocabulary

BERT = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 40,
}
KINDS: dict[str, dict[str, Any]] = {
    "bert": BERT,
    "roberta": BERT | {"type_vocab_size": 1},
    "ibert": BERT | {"type_vocab_size": 1},
    "xlm-roberta": BERT | {"type_vocab_size": 1},
    "camembert": BERT | {"type_vocab_size": 1},
    "electra": BERT | {"embedding_size": 8},
    "albert": BERT | {"embedding_size": 8},
    "deberta": BERT | {"relative_attention": True, "pos_att_type": "c2p|p2c"},
    "deberta-v2": BERT | {"relative_attention": True, "pos_att_type": "c2p|p2c"},
    "distilbert": {
        "dim": 16,
        "n_layers": 2,
        "n_heads": 2,
        "hidden_dim": 24,
        "max_position_embeddings": 40,
    },
    "modernbert": BERT
    | {"global_attn_every_n_layers": 2, "local_attention": 16, "max_position_embeddings": 64},
    "mobilebert": BERT | {"embedding_size": 8, "intra_bottleneck_size": 16},
    "fnet": BERT,
    "convbert": BERT | {"conv_kernel_size": 5, "embedding_size": 16, "head_ratio": 2},
    "nystromformer": BERT
    | {"num_landmarks": 4, "conv_kernel_size": 3, "segment_means_seq_len": 40},
    "big_bird": BERT,
    "mpnet": BERT,
    "roformer": BERT | {"embedding_size": 16},
    "funnel": {
        "block_sizes": [1, 1],
        "d_model": 16,
        "n_head": 2,
        "d_head": 8,
        "d_inner": 24,
        "num_decoder_layers": 1,
    },
    "canine": BERT | {"num_hash_buckets": 64, "local_transformer_stride": 8},
    "xlnet": {"d_model": 16, "n_layer": 2, "n_head": 2, "d_inner": 24},
    "gpt2": {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 40},
    "bart": {
        "d_model": 16,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "max_position_embeddings": 40,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 24,
    },
}
REFUSED = {
    "canine": "characters",
    "nystromformer": "can't read",  # without padding it takes multiples of its landmarks alone
}
WRITTEN = {"bert", "electra", "roberta", "xlm-roberta", "camembert"}
TRACED = {"albert", "deberta-v2", "distilbert", "modernbert"}
"""Of the kinds that torch can trace those that people have; each takes seconds."""
UNTRACEABLE = {"funnel"}
IDS = {name: WORDS.index(f"[{name}]") for name in ("PAD", "CLS", "SEP")}


def made(kind: str, folder: Path) -> PreTrainedModel:
    """A random little model of a kind, saved with a tokenizer; its answers differ."""
    save_vocabulary(folder)
    special = {"pad_token_id": IDS["PAD"], "bos_token_id": IDS["CLS"], "eos_token_id": IDS["SEP"]}
    more = KINDS[kind] | special | {"vocab_size": len(WORDS), "num_labels": 3}
    config = AutoConfig.for_model(kind, **more)
    torch.manual_seed(1)
    model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for values in model.parameters():
            values.add_(torch.randn(values.shape) * 0.3)
    model.eval().save_pretrained(folder)
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), do_lower_case=False)
    if kind in ("gpt2", "xlnet", "bart", "modernbert", "distilbert", "roberta", "mpnet"):
        tokenizer.model_input_names = ["input_ids", "attention_mask"]
    tokenizer.save_pretrained(folder)
    return model


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_transformers(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All lengths up to the limit, together in one call; or the kind is refused by name."""
    folder = tmp_path / kind
    model = made(kind, folder)
    if kind in REFUSED:
        with pytest.raises(ModelError, match=f"{kind}.*{REFUSED[kind]}"):
            loader.load(folder, "", 128)
        return
    fast = kind in WRITTEN | TRACED
    if kind in UNTRACEABLE:
        monkeypatch.setattr(loader, "WORTH", 0)
    classifier = loader.load(folder, "", 64, "onnx" if fast else "auto")
    assert (classifier.facts.runs == "onnx") is fast
    most = classifier.max_seq_length
    texts = [
        " ".join(["영화", "최고", "지루", "배우"][number % 4] for number in range(length))
        for length in range(1, most + 5)
    ]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    answers = classifier.predict(texts)
    for text, answer in zip(texts, answers, strict=True):
        inputs = tokenizer(text, truncation=True, max_length=most, return_tensors="pt")
        with torch.inference_mode():
            expected = model(**inputs).logits.softmax(1)[0]
        assert answer.probabilities == pytest.approx(expected.tolist(), abs=1e-5), len(text)
    assert len({answer.probabilities for answer in answers}) > 3  # so that they can be mixed up
