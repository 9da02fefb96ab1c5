"""Cut a pretrained encoder to the word pieces that the training texts use.

Four fifths of a multilingual encoder are the vectors of pieces that Korean never uses. What stays
is a stock `BertForSequenceClassification` with the cut tokenizer beside it, so that the product
restores it like any other folder.
"""

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel

log = logging.getLogger(__name__)

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MASK = "<mask>"
MAX_TOKENS = 128
BLANK = "▁"


def used_pieces(tokenizer: Tokenizer, texts: list[str]) -> Counter[int]:
    """How often each piece occurs in `texts`."""
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 20_000):
        for encoding in tokenizer.encode_batch_fast(
            texts[start : start + 20_000], add_special_tokens=False
        ):
            counts.update(encoding.ids)
    return counts


def kept_rows(
    tokenizer: Tokenizer, counts: Counter[int], least: int, letter_least: int
) -> list[int]:
    """Rows of the word table to keep, in order: the special ones, what is common, the mask.

    A piece of one letter stays from `letter_least` uses on, since without it the letter is lost;
    any other from `least` on, since it can be spelled with letters.
    """
    rows = tokenizer.get_vocab()
    special = [rows[piece] for piece in SPECIAL]
    mask, blank = rows[MASK], rows[BLANK]
    kept = set()
    for row, count in counts.items():
        piece = tokenizer.id_to_token(row) or ""
        short = len(piece.removeprefix(BLANK)) <= 1
        if count >= (letter_least if short else least):
            kept.add(row)
    return [*special, *sorted((kept | {blank}) - {*special, mask}), mask]


def cut_tokenizer(file: Path, rows: list[int], output: Path) -> None:
    """Write the tokenizer of `file` with only the pieces of `rows`, numbered anew from 0."""
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    pieces = content["model"]["vocab"]
    number = {row: new for new, row in enumerate(rows)}
    names = {token["id"]: token["content"] for token in content["added_tokens"]}
    content["model"]["vocab"] = [
        pieces[row] if row < len(pieces) else [names[row], 0.0] for row in rows
    ]
    content["model"]["unk_id"] = number[content["model"]["unk_id"]]
    for token in content["added_tokens"]:
        token["id"] = number[token["id"]]
    for token in content["post_processor"].get("special_tokens", {}).values():
        token["ids"] = [number[row] for row in token["ids"]]
    between = {"type": "WhitespaceSplit"}  # blanks at the ends, and several, are no pieces
    words = [between, content["pre_tokenizer"]]
    content["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": words}
    content["truncation"] = content["padding"] = None
    (output / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    options = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_TOKENS,
        "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>",
        "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": MASK,
    }  # fmt: skip
    (output / "tokenizer_config.json").write_text(json.dumps(options, indent=2), "utf-8")


def cut_model(encoder: BertModel, rows: list[int], seed: int) -> BertForSequenceClassification:
    """A classifier on the first token whose word table has only `rows`; its head is new."""
    old = encoder.config
    config = BertConfig(
        vocab_size=len(rows), hidden_size=old.hidden_size,
        num_hidden_layers=old.num_hidden_layers, num_attention_heads=old.num_attention_heads,
        intermediate_size=old.intermediate_size, max_position_embeddings=MAX_TOKENS,
        type_vocab_size=1, layer_norm_eps=old.layer_norm_eps, pad_token_id=1,
        attention_probs_dropout_prob=0.0,
        id2label={0: "negative", 1: "positive"}, label2id={"negative": 0, "positive": 1},
    )  # fmt: skip
    torch.manual_seed(seed)
    model = BertForSequenceClassification(config)
    state = encoder.state_dict()
    table = "embeddings.word_embeddings.weight"
    positions = "embeddings.position_embeddings.weight"
    types = "embeddings.token_type_embeddings.weight"
    state[table] = state[table][rows].clone()
    state[positions] = state[positions][:MAX_TOKENS].clone()
    state[types] = state[types][:1].clone()
    missing, unexpected = model.bert.load_state_dict(
        {name: value for name, value in state.items() if not name.startswith("pooler")},
        strict=False,
    )
    if unexpected or any(not name.startswith("pooler") for name in missing):
        raise ValueError(f"the encoder has another shape: {missing} {unexpected}")
    return model


def cut(encoder: Path, texts: list[str], output: Path, least: int, letter_least: int) -> None:
    """Write the classifier that `encoder` becomes for `texts` into the folder `output`."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    counts = used_pieces(tokenizer, texts)
    rows = kept_rows(tokenizer, counts, least, letter_least)
    covered = sum(counts[row] for row in rows) / sum(counts.values())
    log.info(f"{len(rows)} of {len(counts)} pieces that occur, {covered:.4%} of the tokens")
    output.mkdir(parents=True, exist_ok=True)
    cut_tokenizer(encoder / "tokenizer.json", rows, output)
    model = cut_model(BertModel.from_pretrained(encoder, add_pooling_layer=False), rows, 7)
    model.save_pretrained(output)
