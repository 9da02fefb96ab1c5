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


class Asked(torch.nn.Module):
    """A model as it is asked here: it takes token ids alone, none of them padding."""

    def __init__(self, model: "PreTrainedModel", types: Mapping[int, int] | None) -> None:
        """`types`: see `TorchBackend`."""
        super().__init__()
        self.model = model
        takes = "token_type_ids" in inspect.signature(model.forward).parameters
        self._typed = takes and types is not None
        self._types: torch.Tensor | None = None
        if self._typed and types:  # a table, so that a traced graph holds them too
            table = [types.get(token, 0) for token in range(model.config.vocab_size)]
            self._types = torch.tensor(table)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits, shape (sentences, labels), of ids, (sentences, tokens)."""
        more = {}
        if self._typed:
            table = self._types
            more["token_type_ids"] = torch.zeros_like(ids) if table is None else table[ids]
        logits: torch.Tensor = self.model(
            input_ids=ids, attention_mask=torch.ones_like(ids), **more
        ).logits
        return logits


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
        self.asked = Asked(model, types).eval()
        alone = model.config.pad_token_id is None  # GPT-2 can't tell where rows of a batch end
        self._tokens = 1 if alone else TOKENS
        self._labels = model.config.num_labels

    @torch.inference_mode()
    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels), float32, of token ids without padding, in order."""
        logits = np.empty((len(ids), self._labels), np.float32)
        for rows in alike([len(sentence) for sentence in ids], self._tokens):
            inputs = torch.tensor([ids[row] for row in rows])
            logits[rows] = self.asked(inputs).float().numpy()
        return logits
