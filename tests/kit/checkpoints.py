"""Small real models in the layouts that can be restored, made where a test wants them."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    ElectraConfig,
    ElectraForSequenceClassification,
    PreTrainedModel,
)

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "!", "?"),
    *(
        "이",
        "##이",
        "영화",
        "##는",
        "##가",
        "정말",
        "진짜",
        "재미",
        "##있",
        "##없",
        "##다",
        "##어요",
    ),
    *("최고", "최악", "좋", "##아요", "지루", "##하", "##고", "##했", "배우", "##들", "연기"),
    *("Good", "good", "movie"),
)

KINDS = {
    "bert": (BertConfig, BertForSequenceClassification),
    "electra": (ElectraConfig, ElectraForSequenceClassification),
}


def make_model(kind: str = "bert", **options: Any) -> PreTrainedModel:
    """A random classifier with two layers of width 16 over `WORDS`; the same at every call."""
    config, model = KINDS[kind]
    sizes = {
        "vocab_size": len(WORDS),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }
    if kind == "electra":
        sizes["embedding_size"] = 8
    torch.manual_seed(0)
    made = model(config(**sizes | options))
    torch.nn.init.normal_(made.get_input_embeddings().weight)  # sentences differ visibly
    return made.eval()


def save_vocabulary(folder: Path) -> Path:
    """Write ``vocab.txt`` with `WORDS`; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    return folder


def save_folder(folder: Path, model: PreTrainedModel) -> Path:
    """Write the Hugging Face layout with safetensors; returns the folder."""
    save_vocabulary(folder)
    model.save_pretrained(folder)
    return folder


def save_pretrained(folder: Path, model: PreTrainedModel) -> Path:
    """Write what ``--pretrained`` needs, config and vocabulary alone; returns the folder."""
    save_vocabulary(folder)
    model.config.save_pretrained(folder)
    return folder


def save_checkpoint(file: Path, model: PreTrainedModel, **more: Any) -> Path:
    """Write what Lightning writes for a task whose ``model`` this is; returns the file."""
    state = {f"model.{key}": tensor for key, tensor in model.state_dict().items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"epoch": 0, "state_dict": state, "optimizer_states": [], **more}, file)
    return file
