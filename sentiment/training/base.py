"""What fine-tuning starts from: a pretrained model, with the config and tokenizer it came with."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING, PreTrainedModel

from sentiment.errors import ModelError
from sentiment.labels import PAIR
from sentiment.model.checkpoints.config import read_config
from sentiment.model.checkpoints.hub import is_hub_name
from sentiment.model.checkpoints.keys import stripped
from sentiment.model.checkpoints.layouts import WEIGHTS, locate
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.reading import first_line
from sentiment.model.checkpoints.weights import read_weights

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt")


def pretrained_folder(pretrained: str) -> Path:
    """The folder with config, tokenizer and weights of a folder or hub name; or `ModelError`."""
    folder = Path(pretrained).expanduser()
    if not folder.exists() and is_hub_name(pretrained):
        folder = locate(pretrained)
    if not folder.is_dir() or not any((folder / name).is_file() for name in WEIGHTS):
        raise ModelError(
            "{pretrained} has no weights to start from ({names}). Set --pretrained to a hub name, "
            "or to a folder with the config, tokenizer and weights of a pretrained model.",
            pretrained=pretrained,
            names=", ".join(WEIGHTS),
        )
    return folder


def pretrained_model(folder: Path, labels: Sequence[str] = PAIR.names) -> PreTrainedModel:
    """A classifier with those labels on the weights of a folder; its last layer is new.

    Raises `ModelError` where the weights lack anything else.
    """
    config = read_config(folder)
    config.num_labels = len(labels)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: index for index, label in enumerate(labels)}
    file = next(folder / name for name in WEIGHTS if (folder / name).is_file())
    try:
        with quiet():
            model, report = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING[type(config)].from_pretrained(
                None,
                config=config,
                state_dict=stripped(read_weights(file)),
                dtype=torch.float32,
                attn_implementation="eager",  # as the book ran it; on a CPU it is faster, too
                ignore_mismatched_sizes=True,  # a head of other labels is made anew
                output_loading_info=True,
            )
    except (KeyError, RuntimeError, ValueError) as error:
        raise misfit(file, folder, first_line(error)) from error
    new = ("classifier.", f"{model.base_model_prefix}.pooler.")
    shapes = {key for key, *_ in report["mismatched_keys"]}
    absent = {*report["missing_keys"]} - shapes
    if missing := sorted(key for key in absent if not key.startswith(new)):
        raise misfit(file, folder, f"missing: {', '.join(missing[:3])}")
    if other := sorted(key for key in shapes if not key.startswith(new)):
        raise misfit(file, folder, f"of another shape: {', '.join(other[:3])}")
    trained: PreTrainedModel = model.train()
    return trained


def misfit(file: Path, folder: Path, cause: str) -> ModelError:
    """What to do about weights that are of another model than the config."""
    return ModelError(
        "The weights in {path} do not fit the config.json in {folder} ({cause}). Get the files of "
        "the model again, or set --pretrained to a BERT or ELECTRA model.",
        path=file,
        folder=folder,
        cause=cause,
    )


def keep_config(model: PreTrainedModel, folder: Path, output: Path) -> None:
    """Put beside the checkpoint what it is restored with."""
    model.config.save_pretrained(output)
    for name in TOKENIZER_FILES:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, output / name)
