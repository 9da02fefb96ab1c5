"""The reference backend: transformers' own model in float32 on the CPU."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from sentiment.model.backends import batches

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TOKENS = 4096
"""Most tokens of one batch, padding included: about 50 MB of activations at kcbert's size."""


class TorchBackend:
    """Runs a sequence classification model of transformers."""

    def __init__(self, model: "PreTrainedModel") -> None:
        """Take over `model` and turn what only training uses off."""
        self._model = model.eval()
        self._pad = model.config.pad_token_id or 0

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, 2), float32, of token ids without padding, in their order."""
        logits = np.empty((len(ids), 2), np.float32)
        for rows in batches([len(sentence) for sentence in ids], TOKENS):
            logits[rows] = self._run([ids[row] for row in rows])
        return logits

    @torch.inference_mode()
    def _run(self, ids: list[Sequence[int]]) -> np.ndarray:
        """One batch, padded to its longest sentence."""
        longest = max(map(len, ids))
        inputs = torch.full((len(ids), longest), self._pad)
        attention = torch.zeros_like(inputs)
        for row, sentence in enumerate(ids):
            inputs[row, : len(sentence)] = torch.tensor(sentence)
            attention[row, : len(sentence)] = 1
        logits: torch.Tensor = self._model(input_ids=inputs, attention_mask=attention).logits
        return logits.numpy()
