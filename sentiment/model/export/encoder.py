"""A BERT, ELECTRA or RoBERTa classifier as an ONNX graph, written straight from its weights.

Nothing is traced, so the graph is what serving needs. It answers as the model does, but unlike a
traced one

- it takes sentences laid end to end, so that none is padded; ``apart`` keeps each to itself;
- it computes ``[CLS]`` alone in the last layer, since the answer depends on nothing else there;
- it has ONNX Runtime's fused operators from the start; no optimizer has to find where they fit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sentiment.errors import ModelError
from sentiment.model.export.graph import CONTRIB, Graph, Weights, precise

ACTIVATIONS = {"gelu": "Gelu", "gelu_new": "FastGelu"}
"""Activations by their name in a config, and the operator of `CONTRIB` that computes each."""


def encode(config: Mapping[str, Any], weights: Weights) -> bytes:
    """The graph file of a model with this config.json; raises `ModelError` for other kinds."""
    refuse_other_kinds(config)
    graph = Graph()
    encoder = Encoder(graph, config, weights)
    x, apart = encoder.embeddings(), "apart"
    for number in range(config["num_hidden_layers"] - 1):
        x = encoder.layer(number, x, x, apart)
    first = graph.add("Gather", x, "starts")
    apart = graph.add("Gather", apart, "starts", axis=2)
    x = encoder.layer(config["num_hidden_layers"] - 1, first, x, apart)
    first, last = HEADS[encoder.name]  # these two are small, and they decide
    x = precise(graph, weights, x, first)
    x = graph.add("Gelu", x, domain=CONTRIB) if encoder.name == "electra" else graph.add("Tanh", x)
    return graph.serialized(precise(graph, weights, x, last), len(config["id2label"]))


NAMES = {
    "bert": "bert",
    "electra": "electra",
    **dict.fromkeys(("roberta", "xlm-roberta", "camembert"), "roberta"),
}
"""What transformers calls the encoder in a model of a ``model_type``."""

HEADS = {
    "bert": ("bert.pooler.dense", "classifier"),
    "electra": ("classifier.dense", "classifier.out_proj"),
    "roberta": ("classifier.dense", "classifier.out_proj"),
}
"""The last two modules by the name of the encoder."""


def refuse_other_kinds(config: Mapping[str, Any]) -> None:
    """Raise `ModelError` for a model that `encode` would get wrong."""
    kind, activation = config["model_type"], config.get("hidden_act")
    positions = config.get("position_embedding_type") or "absolute"
    if kind not in NAMES or activation not in ACTIVATIONS or positions != "absolute":
        raise ModelError(
            "Only BERT, ELECTRA and RoBERTa can be exported, with gelu and absolute positions; this"
            " is {kind} with {activation} and {positions} positions. Serve it with --backend"
            " torch.",
            kind=kind,
            activation=activation,
            positions=positions,
        )


class Encoder:
    """Writes the layers of one model into a graph."""

    def __init__(self, graph: Graph, config: Mapping[str, Any], weights: Weights) -> None:
        self._graph, self._config, self._weights = graph, config, weights
        self.name = NAMES[config["model_type"]]
        self._epsilon = config["layer_norm_eps"]

    def embeddings(self) -> str:
        """Words and positions, (tokens, width); every token is of type 0."""
        graph, weights, name = self._graph, self._weights, f"{self.name}.embeddings"
        words = weights.rows(graph, f"{name}.word_embeddings.weight", "ids")
        table = weights.tensor(graph, f"{name}.position_embeddings.weight")
        types = weights.tensor(graph, f"{name}.token_type_embeddings.weight")
        zero = graph.constant("zero", np.array([0]))
        typed = graph.add("Add", words, graph.add("Gather", types, zero))
        x = graph.add("Add", typed, graph.add("Gather", table, self._positions()))
        x = graph.add(
            "LayerNormalization", x, *self._norm(f"{name}.LayerNorm"), epsilon=self._epsilon
        )
        narrow = self._config.get("embedding_size", self._config["hidden_size"])
        if narrow != self._config["hidden_size"]:  # ELECTRA's small ones
            [x] = weights.linear(graph, x, f"{self.name}.embeddings_project")
        return x

    def _positions(self) -> str:
        """Rows of the positions; RoBERTa's begin behind that of its padding."""
        if self.name != "roberta":
            return "positions"
        first = self._graph.constant("first", np.array([self._config["pad_token_id"] + 1]))
        return self._graph.add("Add", "positions", first)

    def layer(self, number: int, x: str, context: str, apart: str) -> str:
        """What a layer makes of `x`, (rows, width), attending to `context`, (tokens, width).

        `apart`, (1, 1, rows, tokens), is added to the scores.
        """
        graph, name = self._graph, f"{self.name}.encoder.layer.{number}"
        mixed = self._attention(f"{name}.attention.self", x, context, apart)
        [mixed] = self._weights.linear(graph, mixed, f"{name}.attention.output.dense")
        x = self._add(mixed, x, f"{name}.attention.output.LayerNorm")
        [inner] = self._weights.linear(graph, x, f"{name}.intermediate.dense")
        inner = graph.add(ACTIVATIONS[self._config["hidden_act"]], inner, domain=CONTRIB)
        [inner] = self._weights.linear(graph, inner, f"{name}.output.dense")
        return self._add(inner, x, f"{name}.output.LayerNorm")

    def _attention(self, name: str, x: str, context: str, apart: str) -> str:
        """Attention before its output module, (rows, width)."""
        graph, linear = self._graph, self._weights.linear
        query, key, value = (f"{name}.{part}" for part in ("query", "key", "value"))
        if x == context:
            parts = linear(graph, x, query, key, value)
        else:
            parts = [*linear(graph, x, query), *linear(graph, context, key, value)]
        axis = graph.constant("zero", np.array([0]))
        batched = [graph.add("Unsqueeze", part, axis) for part in parts]
        mixed = graph.add(
            "MultiHeadAttention",
            *(*batched, "", "", apart),
            domain=CONTRIB,
            num_heads=self._config["num_attention_heads"],
        )
        return graph.add("Squeeze", mixed, axis)

    def _add(self, x: str, y: str, name: str) -> str:
        """Layer normalisation of a sum.

        ONNX Runtime's fused operator for both adds up a row one number after the other: it takes
        four to eight times as long as the two.
        """
        total = self._graph.add("Add", x, y)
        return self._graph.add(
            "LayerNormalization", total, *self._norm(name), epsilon=self._epsilon
        )

    def _norm(self, name: str) -> list[str]:
        """Scale and shift of a layer normalisation."""
        parts = (f"{name}.weight", f"{name}.bias")
        return [self._weights.tensor(self._graph, part) for part in parts]
