"""Restore a model with torch: weights, config and tokenizer of whatever layout was found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from sentiment.errors import ModelError
from sentiment.labels import NEVER, Band
from sentiment.model.checkpoints.layouts import pretrained_folder, weights_file
from sentiment.model.checkpoints.libraries import require_libraries
from sentiment.model.checkpoints.weights import first_line, read_weights

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig, PreTrainedModel

CLASSIFIER_BIAS = ("classifier.bias", "classifier.out_proj.bias")
"""Where BERT and ELECTRA keep the bias of their last layer, one number a label."""


@dataclass(frozen=True)
class Source:
    """A weights file, the folder with its config and tokenizer, and the name people know."""

    name: str
    weights: Path
    folder: Path


@dataclass(frozen=True)
class Restored:
    """A model of transformers in float32 on the CPU, and its tokenizer."""

    module: "PreTrainedModel"
    tokenizer: Tokenizer

    @property
    def max_positions(self) -> int:
        """Most tokens that the model can read."""
        return int(self.module.config.max_position_embeddings)

    @property
    def unsure(self) -> Band:
        """The band that its config names as ``unsure: [low, high]``; raises `ModelError`."""
        try:
            low, high = (float(end) for end in getattr(self.module.config, "unsure", NEVER))
        except (TypeError, ValueError):
            raise ModelError(
                'In the config.json of this model, "unsure" is not a pair of probabilities. '
                "Write it like [0.4, 0.6], or take it out."
            ) from None
        return low, high


def source_of(place: Path, name: str, pretrained: str) -> Source:
    """What belongs to the file or folder that `locate` found; raises `ModelError`."""
    if place.is_dir():
        return Source(name, weights_file(place), place)
    if is_whole(place.parent):
        return Source(name, place, place.parent)
    return Source(name, place, pretrained_folder(pretrained))


def is_whole(folder: Path) -> bool:
    """Whether config and tokenizer lie in a folder of checkpoints, as ``train`` puts them there."""
    return all((folder / name).is_file() for name in ("config.json", "training.json"))


def restore(source: Source) -> Restored:
    """Read everything and check that it belongs together; raises `ModelError`."""
    require_libraries()
    folder = source.folder
    config = read_config(folder)
    tokenizer = read_tokenizer(folder)
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise ModelError(
            "The tokenizer in {folder} knows {tokens} tokens, its model only {rows}: they do not"
            " belong together. Put the files of one model there, or name another folder.",
            folder=folder,
            tokens=tokenizer.get_vocab_size(),
            rows=config.vocab_size,
        )
    return Restored(restore_module(source.weights, folder, config), tokenizer)


def read_config(folder: Path) -> "PreTrainedConfig":
    """The config of a folder; code that a config may name is never fetched or run."""
    from transformers import AutoConfig

    if not (folder / "config.json").is_file():
        raise ModelError(
            "{folder} has no config.json, so the shape of the model is unknown."
            " Set --pretrained to the model that was fine-tuned.",
            folder=folder,
        )
    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # transformers raises anything, from OSError to KeyError
        raise _unusable_config(folder, error) from error


def _unusable_config(folder: Path, error: Exception) -> ModelError:
    return ModelError(
        "No classifier can be built from the config.json in {folder} ({cause})."
        " Name the folder of a BERT or ELECTRA model.",
        folder=folder,
        cause=first_line(error),
    )


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder: its ``tokenizer.json``, or BERT's own over its ``vocab.txt``."""
    try:
        if (folder / "tokenizer.json").is_file():
            return _whole(folder)
        if (folder / "vocab.txt").is_file():
            return _word_pieces(folder)
    except Exception as error:  # tokenizers raises plain Exception
        raise ModelError(
            "The tokenizer in {folder} can't be read ({cause})."
            " Download the files of the model again, or name another folder.",
            folder=folder,
            cause=first_line(error),
        ) from error
    raise ModelError(
        "{folder} has no tokenizer (tokenizer.json or vocab.txt)."
        " Copy it there from the model that was fine-tuned, or name another folder.",
        folder=folder,
    )


def tokenizer_options(folder: Path) -> dict[str, Any]:
    """What ``tokenizer_config.json`` says, if it is there."""
    file = folder / "tokenizer_config.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _whole(folder: Path) -> Tokenizer:
    """``tokenizer.json``; on case ``tokenizer_config.json`` overrules it, as in transformers.

    The two disagree where the first was converted with BERT's own default, which is uncased:
    that takes Hangul syllables apart, and next to every word becomes [UNK].
    """
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    lowercase = tokenizer_options(folder).get("do_lower_case")
    if lowercase is not None and isinstance(tokenizer.normalizer, normalizers.BertNormalizer):
        tokenizer.normalizer.lowercase = lowercase
    return tokenizer


def _word_pieces(folder: Path) -> Tokenizer:
    """BERT's WordPieces; cased, as the book has it, unless ``tokenizer_config.json`` disagrees."""
    options = tokenizer_options(folder)
    vocabulary = models.WordPiece.read_file(str(folder / "vocab.txt"))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 no password
    tokenizer.normalizer = normalizers.BertNormalizer(
        lowercase=options.get("do_lower_case", False),
        strip_accents=options.get("strip_accents"),
        handle_chinese_chars=options.get("tokenize_chinese_chars", True),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(
        [token for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if token in vocabulary]
    )
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"])
    )
    return tokenizer


def restore_module(file: Path, folder: Path, config: "PreTrainedConfig") -> "PreTrainedModel":
    """The model of `config` with exactly the weights of `file`; raises `ModelError`."""
    import torch
    from transformers import MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING

    weights = read_weights(file)
    config.num_labels = count_labels(weights, file)
    try:
        kind = MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING[type(config)]
        with quiet():
            model, report = kind.from_pretrained(
                None,
                config=config,
                state_dict=weights,
                dtype=torch.float32,
                attn_implementation="eager",  # as the book ran it
                ignore_mismatched_sizes=True,  # they are in the report, and refused below
                output_loading_info=True,
            )
    except Exception as error:  # a config with impossible numbers fails in any way
        raise _unusable_config(folder, error) from error
    refuse_mismatch(report, file, folder)
    return model


def count_labels(weights: dict[str, "torch.Tensor"], file: Path) -> int:
    """The number of labels, from the bias of the classifier; raises `ModelError` unless it is 2."""
    bias = next((weights[key] for key in CLASSIFIER_BIAS if key in weights), None)
    if bias is None:
        raise ModelError(
            "{path} has no classifier ({keys} is missing): it is a language model or was trained"
            " for another task. Name a model that was fine-tuned for sentiment.",
            path=file,
            keys=" / ".join(CLASSIFIER_BIAS),
        )
    if bias.numel() != 2:
        raise ModelError(
            "The model in {path} has {labels} labels; only 2 (negative, positive) are supported."
            " Name a model with two labels.",
            path=file,
            labels=bias.numel(),
        )
    return 2


def refuse_mismatch(report: dict[str, Any], file: Path, folder: Path) -> None:
    """Raise `ModelError` unless weights and model had the same names and shapes."""
    shapes = [
        f"{key} {list(found)} ≠ {list(expected)}"
        for key, found, expected in report["mismatched_keys"]
    ]
    if report["missing_keys"] or report["unexpected_keys"] or shapes:
        raise ModelError(
            "The weights in {path} do not fit the config.json in {folder}. Missing: {missing};"
            " not known: {unexpected}; of another shape: {shapes}. Most likely --pretrained is"
            " not the model that was fine-tuned: set it to that one.",
            path=file,
            folder=folder,
            missing=_some(report["missing_keys"]),
            unexpected=_some(report["unexpected_keys"]),
            shapes=_some(shapes),
        )


def _some(names: Any, most: int = 3) -> str:
    """The first names in order, and how many more there are."""
    names = sorted(names)
    more = f" (+{len(names) - most})" if len(names) > most else ""
    return ", ".join(names[:most]) + more or "-"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from printing its progress and its own report of a mismatch."""
    from transformers.utils import logging

    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()
