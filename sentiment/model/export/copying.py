"""What an export holds beside its graphs: config, tokenizer and weights."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer

from sentiment.model.checkpoints.cleaning import tokenizer_options
from sentiment.model.checkpoints.restore import Restored
from sentiment.model.checkpoints.sources import Source
from sentiment.model.checkpoints.words import ENDLESS
from sentiment.model.export.graph import STORED
from sentiment.model.export.manifest import FLOAT32, TOKENIZER, WEIGHTS
from sentiment.model.export.tensors import write_safetensors
from sentiment.model.inference import cut


def copy(
    source: Source,
    restored: Restored,
    folder: Path,
    graphs: Collection[str],
    *,
    weights: bool,
    as_given: bool,
) -> None:
    """Write config, tokenizer and, if wanted, weights; `as_given` keeps the precision of theirs.

    It does so where all of `graphs` can do with them.
    """
    config = restored.module.config
    config.architectures = [type(restored.module).__name__]
    config.save_pretrained(folder)
    copy_tokenizer(source, restored.tokenizer, folder)
    file = source.weights
    whole = file.suffix == ".safetensors" and source.adapter is None
    if as_given and whole and (FLOAT32 not in graphs or points_into(file, restored)):
        shutil.copyfile(file, folder / WEIGHTS)
    elif weights:
        write_safetensors(folder / WEIGHTS, arrays(restored))


def points_into(file: Path, restored: Restored) -> bool:
    """Whether a graph can point into a safetensors: by the model's own names, in its precisions."""
    with safe_open(file, "np") as opened:
        held = {name: opened.get_slice(name).get_dtype() for name in opened.keys()}  # noqa: SIM118
    wanted = [
        name for name, value in restored.module.state_dict().items() if value.is_floating_point()
    ]
    return all(held.get(name) in STORED for name in wanted)


def copy_tokenizer(source: Source, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the tokenizer as it is here, its case included, which transformers asks about."""
    if (tokenizer.truncation or {}).get("direction") == "left":
        cut(tokenizer, ENDLESS)
    else:
        tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / TOKENIZER), pretty=False)  # one line: no line ends to convert
    options = tokenizer_options(source.words)
    if isinstance(tokenizer.normalizer, BertNormalizer):
        options["do_lower_case"] = tokenizer.normalizer.lowercase
    (folder / "tokenizer_config.json").write_text(json.dumps(options, indent=2), "utf-8")
    if (source.words / "vocab.txt").is_file():
        shutil.copyfile(source.words / "vocab.txt", folder / "vocab.txt")


def arrays(restored: Restored) -> dict[str, np.ndarray]:
    """The weights by name, sharing memory with the model."""
    return {name: tensor.numpy() for name, tensor in restored.module.state_dict().items()}
