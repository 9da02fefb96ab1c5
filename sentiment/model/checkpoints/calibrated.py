"""Write a temperature and an unsure band into a Hugging Face folder."""

import json
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load, save_file

from sentiment.errors import ModelError
from sentiment.labels import Band

CLASSIFIER_BIAS = ("classifier.bias", "classifier.out_proj.bias")
"""Where BERT and ELECTRA keep the bias of their last layer, one number a label."""

WEIGHTS = "model.safetensors"


def bake(folder: Path, degrees: float, band: Band) -> None:
    """Divide the last layer by a temperature and name the band; raises `ModelError`."""
    file, config = folder / WEIGHTS, folder / "config.json"
    if not (file.is_file() and config.is_file()):
        raise ModelError(
            "{folder} has no {weights} and config.json, so nothing can be written there. Name a "
            "Hugging Face folder, or leave out --write.",
            folder=folder,
            weights=WEIGHTS,
        )
    weights = load(file.read_bytes())  # not mapped: Windows would not replace the file
    bias = next(key for key in CLASSIFIER_BIAS if key in weights)
    for key in (bias, bias.removesuffix("bias") + "weight"):
        weights[key] = (weights[key].float() / degrees).to(weights[key].dtype)
    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    part = file.with_suffix(".part")  # a run that is stopped leaves the old weights whole
    save_file(weights, part, metadata)
    part.replace(file)
    content = json.loads(config.read_text("utf-8")) | {"unsure": list(band)}
    config.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
