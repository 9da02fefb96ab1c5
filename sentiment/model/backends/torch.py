"""The reference backend: transformers' own model in float32 on the CPU."""

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from sentiment.model.backends import alike, limited

if TYPE_CHECKING:
    from transformers import PreTrainedModel

TOKENS = 4096
"""Most tokens of one batch: about 50 MB of activations at kcbert's size."""


class TorchBackend:
    """Runs a sequence classification model of transformers.

    Nothing is padded: only sentences of one length share a batch, since some kinds (FNet, ConvBERT,
    MobileBERT) answer otherwise for a sentence with padding behind it.
    """

    def __init__(self, model: "PreTrainedModel", types: Mapping[int, int] | None = None) -> None:
        """Take over `model` and turn what only training uses off.

        `types`: token types by token, of those that are not 0; None: the model is given none.
        """
        if threads := limited():
            torch.set_num_threads(threads)
        self._model = model.eval()
        takes = "token_type_ids" in inspect.signature(model.forward).parameters
        self._types = types if takes else None
        alone = model.config.pad_token_id is None  # GPT-2 can't tell where rows of a batch end
        self._tokens = 1 if alone else TOKENS

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels), float32, of token ids without padding, in order."""
        logits = np.empty((len(ids), self._model.config.num_labels), np.float32)
        for rows in alike([len(sentence) for sentence in ids], self._tokens):
            logits[rows] = self._run([ids[row] for row in rows])
        return logits

    @torch.inference_mode()
    def _run(self, ids: list[Sequence[int]]) -> np.ndarray:
        """One batch of sentences of the same length."""
        inputs = torch.tensor(ids)
        more = {}
        if self._types is not None:
            kinds = [[self._types.get(token, 0) for token in sentence] for sentence in ids]
            more["token_type_ids"] = torch.tensor(kinds)
        attention = torch.ones_like(inputs)
        logits: torch.Tensor = self._model(
            input_ids=inputs, attention_mask=attention, **more
        ).logits
        return logits.float().numpy()
