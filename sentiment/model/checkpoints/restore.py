"""Restore a model with torch: weights, config and tokenizer of whatever layout was found."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from sentiment.errors import ModelError
from sentiment.labels import NEVER, Band, Labels
from sentiment.model.checkpoints.adapter import Adapter
from sentiment.model.checkpoints.config import class_of, read_config, unusable_config
from sentiment.model.checkpoints.fit import (
    refuse_endless,
    refuse_mismatch,
    refuse_other_shapes,
)
from sentiment.model.checkpoints.keys import Skeleton, fitted
from sentiment.model.checkpoints.libraries import require_libraries
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.sanity import quantized, refuse_insane, some
from sentiment.model.checkpoints.sources import Source, read_json
from sentiment.model.checkpoints.weights import Tensors, read_weights
from sentiment.model.checkpoints.words import ENDLESS, Words, read_words, without_spare
from sentiment.model.everyday import everyday
from sentiment.model.inference import Facts
from sentiment.model.naming import labels_from

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """A model of transformers in float32 on the CPU, its tokenizer and its labels.

    `labels_from` says who named the labels; ``-`` where nobody did.
    """

    module: "PreTrainedModel"
    words: Words
    labels: Labels
    labels_from: str

    @property
    def tokenizer(self) -> Tokenizer:
        """Its tokenizer alone."""
        return self.words.tokenizer

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return int(self.module.num_parameters())

    @property
    def facts(self) -> Facts:
        """What is known of it as torch runs it."""
        return Facts(
            kind=self.module.config.model_type,
            parameters=self.parameters,
            labels_from=self.labels_from,
            unknown=self.words.unknown,
        )

    @property
    def max_positions(self) -> int:
        """Most tokens that the model can read; RoBERTa's positions begin behind its padding's."""
        config = self.module.config
        counted = hasattr(type(config)(), "max_position_embeddings")  # T5 and BLOOM count none
        most = config.max_position_embeddings if counted else None
        limit = int(most) if most and int(most) > 0 else ENDLESS
        for name, module in self.module.named_modules():
            behind = getattr(module, "padding_idx", None)
            if name.endswith("position_embeddings") and behind is not None:
                limit = min(limit, len(module.weight) - behind - 1)
        return limit

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


def restore(source: Source, label_names: str = "") -> Restored:
    """Read everything and check that it belongs together; raises `ModelError`."""
    require_libraries()
    config = read_config(source.folder)
    kind = class_of(config, source.folder)
    words = read_words(source.words, config, everyday())
    words = replace(words, tokenizer=without_spare(words.tokenizer, config.vocab_size))
    tokens = 1 + max(words.tokenizer.get_vocab().values())
    if tokens > config.vocab_size:
        raise ModelError(
            "The tokenizer in {folder} knows {tokens} tokens, its model only {rows}: they do not"
            " belong together. Put the files of one model there, or name another folder.",
            folder=source.words,
            tokens=tokens,
            rows=config.vocab_size,
        )
    refuse_endless(config.to_dict(), source.folder)
    try:
        with quiet():
            skeleton = Skeleton.of(kind, config)
    except Exception as error:  # a config with impossible numbers fails in any way
        raise unusable_config(source.folder, error) from error
    weights = weights_of(source, skeleton)
    refuse_other_shapes(weights, skeleton, source.weights, source.folder)
    count = count_labels(weights, skeleton, source.weights)
    labels, said = labels_from(
        read_json(source.folder / "config.json"),
        count,
        source.folder,
        label_names,
        borrowed=source.folder not in source.weights.parents,
    )
    config.num_labels = count
    config.id2label = dict(enumerate(labels.names))
    config.label2id = {name: index for index, name in enumerate(labels.names)}
    module = filled(kind, config, weights, source)
    return Restored(module, words, labels, said)


def weights_of(source: Source, skeleton: Skeleton) -> Tensors:
    """Weights by the names of transformers, an adapter added; raises `ModelError`."""
    weights = read_weights(source.weights)
    if small := quantized(weights):
        raise ModelError(
            "The weights in {path} are packed into few bits (bitsandbytes, GPTQ or AWQ: {names}),"
            " which only the library that made them reads. Save the model before it was packed, or"
            " name its original.",
            path=source.weights,
            names=some(small),
        )
    if hollow := [name for name, tensor in weights.items() if tensor.ndim and not tensor.numel()]:
        raise ModelError(
            "The weights in {path} are elsewhere ({names} is empty), as where DeepSpeed's ZeRO-3"
            " cut them up. Put them together with python zero_to_fp32.py . pytorch_model.bin in"
            " the folder of that script.",
            path=source.weights,
            names=some(hollow),
        )
    adapter = Adapter(source.adapter) if source.adapter else None
    found = fitted(weights | (adapter.whole if adapter else {}), skeleton, source.weights)
    refuse_insane(found.weights, source.weights, skeleton.buffers)
    if found.dropped:
        log.info("Left out as no part of the model: %s", ", ".join(found.dropped))
    return adapter.added(found.weights) if adapter else found.weights


def count_labels(weights: Tensors, skeleton: Skeleton, file: Path) -> int:
    """The number of labels, from the last layer; raises `ModelError` where there is none."""
    missing = [key for key in skeleton.head if key not in weights]
    if missing:
        own = [key for key in weights if key not in skeleton.shapes]
        raise ModelError(
            "{path} has no classifier as {kind} has it ({keys} is missing; not known:"
            " {unexpected}): it is a language model, was trained for another task, or has a head"
            " of its own. Name a model that was fine-tuned for sentiment, or set --pretrained to"
            " the one that was.",
            path=file,
            kind=skeleton.kind,
            keys=" / ".join(missing),
            unexpected=some(own),
        )
    return len(weights[skeleton.head[0]])


def filled(
    kind: "type[PreTrainedModel]", config: "PreTrainedConfig", weights: Tensors, source: Source
) -> "PreTrainedModel":
    """The model of `config` with exactly the `weights`; raises `ModelError`."""
    import torch

    try:
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
    except Exception as error:
        raise unusable_config(source.folder, error) from error
    refuse_mismatch(report, source.weights, source.folder)
    trained: PreTrainedModel = model.eval()
    return trained
