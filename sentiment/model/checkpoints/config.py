"""The config of a checkpoint, and the class of transformers that it means; no code of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.errors import ModelError
from sentiment.model.checkpoints.cleaning import cleaned
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.reading import first_line, refuse_stand_ins
from sentiment.model.checkpoints.sources import read_json

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

OTHER_TASKS = ("TokenClassification", "QuestionAnswering", "MultipleChoice")
"""Tasks whose heads may look like that of a classifier of sentences."""


def read_config(folder: Path) -> "PreTrainedConfig":
    """The config of a folder; code that a config may name is never fetched or run."""
    from transformers import AutoConfig

    file = folder / "config.json"
    if file.is_symlink():
        refuse_stand_ins(file)
    if not file.is_file():
        raise ModelError(
            "{folder} has no config.json, so the shape of the model is unknown."
            " Set --pretrained to the model that was fine-tuned.",
            folder=folder,
        )
    refuse_unserved(folder)
    try:
        with cleaned(folder) as clean, quiet():
            found = AutoConfig.from_pretrained(
                clean, local_files_only=True, trust_remote_code=False
            )
        found.return_dict, found.chunk_size_feed_forward = True, 0  # how a model is asked here
        found._attn_implementation = "eager"  # as the book ran it
        return found
    except ModelError:
        raise
    except Exception as error:  # transformers raises anything, from OSError to KeyError
        raise unusable_config(folder, error) from error


def refuse_unserved(folder: Path) -> None:
    """Raise `ModelError` for a config that names code, few bits or another task."""
    try:
        content = read_json(folder / "config.json")
    except ModelError as error:
        if error.__cause__ is None:
            raise
        raise unusable_config(folder, error.__cause__) from error
    if content.get("auto_map"):
        raise ModelError(
            "The model in {folder} ({kind}) brings code of its own, which is never run. Name a"
            " model of a kind that transformers knows, such as BERT, ELECTRA or RoBERTa.",
            folder=folder,
            kind=content.get("model_type"),
        )
    if packed := content.get("quantization_config"):
        method = packed.get("quant_method") if isinstance(packed, dict) else packed
        raise ModelError(
            "The weights in {folder} are packed into few bits ({method}), which only the library"
            " that made them reads. Save the model before it was packed, or name its original.",
            folder=folder,
            method=method or "bitsandbytes",
        )
    for name in content.get("architectures") or ():
        if str(name).endswith(tuple(f"For{task}" for task in OTHER_TASKS)):
            raise ModelError(
                "The model in {folder} was trained for another task ({name}) and is no classifier"
                " of sentences. Name a model that was fine-tuned for sentiment.",
                folder=folder,
                name=name,
            )


WITHOUT_TOKENS = ("canine", "perceiver")
"""Kinds that read characters or bytes, and have no tokenizer of the tokenizers library."""


def class_of(config: "PreTrainedConfig", folder: Path) -> "type[PreTrainedModel]":
    """The classifier that transformers has for a config; raises `ModelError`."""
    from transformers import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING

    if config.model_type in WITHOUT_TOKENS:
        raise ModelError(
            "The model in {folder} ({kind}) reads characters or bytes instead of tokens, which is"
            " not served. Name a model of another kind.",
            folder=folder,
            kind=config.model_type,
        )
    try:
        found: Any = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING[type(config)]
    except KeyError as error:
        raise unusable_config(
            folder, f"{config.model_type} is not supported: it has no head for sentences"
        ) from error
    return found[0] if isinstance(found, tuple | list) else found  # type: ignore[no-any-return]


def unusable_config(folder: Path, error: object) -> ModelError:
    """What is said of a config that no classifier can be built from."""
    return ModelError(
        "No classifier can be built from the config.json in {folder} ({cause})."
        " Name the folder of a BERT or ELECTRA model.",
        folder=folder,
        cause=first_line(error) if isinstance(error, BaseException) else error,
    )
