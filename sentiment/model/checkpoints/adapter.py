"""LoRA adapters of PEFT, added to the weights of their base.

The format is PEFT's: ``adapter_config.json`` and matrices A and B for some modules, where a weight
becomes W + scale * B A (https://huggingface.co/docs/peft; peft/tuners/lora/layer.py).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sentiment.errors import ModelError
from sentiment.model.checkpoints.layouts import ADAPTER
from sentiment.model.checkpoints.sanity import refuse_insane, some
from sentiment.model.checkpoints.sources import read_json
from sentiment.model.checkpoints.weights import Tensors, read_weights

FILES = ("adapter_model.safetensors", "adapter_model.bin")

VARIANTS = (
    *("use_dora", "use_qalora", "use_bdlora", "layer_replication", "alora_invocation_tokens"),
    *("arrow_config", "kasa_config", "monteclora_config"),
)
"""Options by which the answer is more than that of the base and the product of two matrices."""

APART = (True, False, None, "gaussian", "eva", "orthogonal")
"""Ways to begin (``init_lora_weights``) that leave the base as it is; PiSSA's changes it."""


class Adapter:
    """An adapter folder, read: whole modules, and pairs of matrices by the module they change."""

    def __init__(self, folder: Path) -> None:
        """Read it; raises `ModelError` for another kind than plain LoRA."""
        self._folder = folder
        self._options = read_json(folder / ADAPTER)
        kind = str(self._options.get("peft_type"))
        variants = [name for name in VARIANTS if self._options.get(name)]
        if (begun := self._options.get("init_lora_weights")) not in APART:
            variants.append(f"init_lora_weights: {begun}")
        if kind != "LORA" or variants:
            raise self._refusal(", ".join([kind, *variants]))
        file = next((folder / name for name in FILES if (folder / name).exists()), None)
        if file is None:
            raise self._refusal(f"no {FILES[0]}")
        self.whole: Tensors = {}
        self._pairs: dict[str, dict[str, Any]] = {}
        weights = read_weights(file)
        refuse_insane(weights, file, [key for key in weights if ".lora_B" in key])
        for key, tensor in weights.items():
            name = key.removeprefix("base_model.model.").replace(".modules_to_save.default", "")
            name = name.replace(".modules_to_save", "").replace(".base_layer.", ".")
            match = re.fullmatch(r"(.+)\.lora_([AB])(?:\.default)?\.weight", name)
            if match:
                self._pairs.setdefault(match[1], {})[match[2]] = tensor
            elif ".lora_" in name:
                raise self._refusal(name)
            elif ".original_module." not in name:
                self.whole[name] = tensor

    def added(self, weights: Tensors) -> Tensors:
        """The weights of the base, by transformers' names, with the adapter in them."""
        result = weights | self.whole
        for module, pair in self._pairs.items():
            weight = result.get(f"{module}.weight")
            if weight is None or weight.ndim != 2 or pair.keys() != {"A", "B"}:
                raise self._refusal(module)
            delta = self._scale(module) * (pair["B"].float() @ pair["A"].float())
            if self._options.get("fan_in_fan_out"):
                delta = delta.T
            if delta.shape != weight.shape:
                raise self._refusal(f"{module} {list(delta.shape)} ≠ {list(weight.shape)}")
            result[f"{module}.weight"] = weight.float() + delta
        return result

    def _scale(self, module: str) -> float:
        """What the product of the two matrices is multiplied by."""
        rank = self._by_pattern("rank_pattern", module, self._options["r"])
        alpha = self._by_pattern("alpha_pattern", module, self._options["lora_alpha"])
        root = self._options.get("use_rslora")
        return float(alpha) / (float(rank) ** 0.5 if root else float(rank))

    def _by_pattern(self, option: str, module: str, otherwise: float) -> float:
        """A module's own number: the first pattern that its name ends in counts."""
        patterns: Mapping[str, float] = self._options.get(option) or {}
        for pattern, value in patterns.items():
            if re.match(rf"(.*\.)?({pattern})$", module):
                return value
        return otherwise

    def _refusal(self, what: str) -> ModelError:
        return ModelError(
            "The adapter (PEFT) in {path} is not plain LoRA, or not for this base: {what}. Where it"
            " was trained, save model.merge_and_unload() and name that folder.",
            path=self._folder,
            what=some([what]),
        )
