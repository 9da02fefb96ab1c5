"""ONNX graphs, written node by node, and the two ways in which a model's weights lie in them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
"""Version of the ONNX operators."""

CONTRIB = "com.microsoft"
"""The domain of ONNX Runtime's own operators, made for models like BERT."""

ROWS = 2048
"""Rows of a matrix that are rounded together."""

INPUTS: dict[str, list[str | int]] = {
    "ids": ["tokens"],
    "positions": ["tokens"],
    "starts": ["sentences"],
    "apart": [1, 1, "tokens", "tokens"],
}
"""Shapes of the inputs; `sentiment.model.backends.onnx.inputs` says what they are."""


class Graph:
    """Nodes and constants so far; values go by name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output; returns the output's name."""
        return self.split(operator, *inputs, outputs=1, domain=domain, **attributes)[0]

    def split(
        self, operator: str, *inputs: str, outputs: int, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add a node with several outputs; returns their names."""
        names = [f"{operator}_{len(self._nodes)}_{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def constant(self, name: str, value: np.ndarray) -> str:
        """Keep an array in the file, under the name that is returned."""
        return self.keep(numpy_helper.from_array(np.ascontiguousarray(value), name))

    def keep(self, tensor: TensorProto) -> str:
        """Keep a tensor, once under each name; returns the name."""
        return str(self._constants.setdefault(tensor.name, tensor).name)

    def serialized(self, logits: str, labels: int) -> bytes:
        """The finished file; `logits` is the value that it answers, (sentences, labels).

        The graph is done with then: its constants are moved, for all of them are large.
        """
        self._nodes.append(helper.make_node("Identity", [logits], ["logits"]))
        types = dict.fromkeys(INPUTS, TensorProto.INT64) | {"apart": TensorProto.FLOAT}
        graph = helper.make_graph(
            self._nodes,
            "sentiment",
            [helper.make_tensor_value_info(name, types[name], INPUTS[name]) for name in INPUTS],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["sentences", labels])],
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        for name in list(self._constants):
            model.graph.initializer.append(self._constants.pop(name))
        data: bytes = model.SerializeToString()
        return data


class Weights(Protocol):
    """A model's weights as the parts of a graph; `name` and `module` are those of transformers."""

    def tensor(self, graph: Graph, name: str) -> str:
        """A weight as it is."""
        ...

    def rows(self, graph: Graph, name: str, indices: str) -> str:
        """Rows of a table, (indices, width)."""
        ...

    def linear(self, graph: Graph, x: str, *modules: str) -> list[str]:
        """What each of the linear `modules` makes of `x`, (tokens, inputs)."""
        ...


def precise(graph: Graph, weights: Weights, x: str, module: str) -> str:
    """What a linear module makes of `x`, (rows, inputs), in full precision."""
    weight, bias = (weights.tensor(graph, f"{module}.{part}") for part in ("weight", "bias"))
    return graph.add("Gemm", x, weight, bias, transB=1)


STORED = {"F32": TensorProto.FLOAT, "F16": TensorProto.FLOAT16}
"""What a safetensors calls the precisions that a graph may point to."""


class Float32:
    """Weights to compute with in full precision, which stay where they are, in a safetensors.

    Those in half precision are widened once, when the graph is opened. The format, an 8-byte
    length and a JSON header before the tensors, is described at
    https://huggingface.co/docs/safetensors; ONNX calls data in another file "external".
    """

    def __init__(self, file: Path) -> None:
        """Read the header of `file`, beside which the graph will lie."""
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            self._header = json.loads(opened.read(length))
        self._file, self._data = file.name, 8 + length

    def tensor(self, graph: Graph, name: str) -> str:
        """A weight as it is."""
        entry = self._header[name]
        start, end = entry["data_offsets"]
        tensor = TensorProto(
            name=name,
            data_type=STORED[entry["dtype"]],
            dims=entry["shape"],
            data_location=TensorProto.EXTERNAL,
        )
        place = {"location": self._file, "offset": self._data + start, "length": end - start}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        kept = graph.keep(tensor)
        if tensor.data_type == TensorProto.FLOAT:
            return kept
        return graph.add("Cast", kept, to=TensorProto.FLOAT)

    def rows(self, graph: Graph, name: str, indices: str) -> str:
        """Rows of a table, (indices, width)."""
        return graph.add("Gather", self.tensor(graph, name), indices)

    def linear(self, graph: Graph, x: str, *modules: str) -> list[str]:
        """What each of the linear `modules` makes of `x`, (tokens, inputs)."""
        return [precise(graph, self, x, module) for module in modules]


class Int8:
    """Weights as 8-bit integers, in the graph's own file; what is computed with them is float.

    A weight is scaled by the largest of its output channel, to 7 bits rather than 8: processors
    without VNNI add pairs of products in 16 bits, where 8-bit weights would overflow (ONNX
    Runtime calls this reduce_range). So one file gives one answer everywhere.
    """

    LARGEST = 63

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._weights = weights

    def tensor(self, graph: Graph, name: str) -> str:
        """A weight as it is; these are the small ones."""
        return graph.constant(name, self._weights[name].astype(np.float32))

    def rows(self, graph: Graph, name: str, indices: str) -> str:
        """Rows of a table, (indices, width), each with its own scale."""
        table, scales = self._quantized(self._weights[name], 127)
        rows = graph.add("Gather", graph.constant(name, table), indices)
        scale = graph.add("Gather", graph.constant(f"{name}.scale", scales), indices)
        return graph.add("Mul", graph.add("Cast", rows, to=TensorProto.FLOAT), scale)

    def linear(self, graph: Graph, x: str, *modules: str) -> list[str]:
        """What each of the linear `modules` makes of `x`, (tokens, inputs): one product for all."""
        weight = np.concatenate([self._weights[f"{module}.weight"] for module in modules])
        bias = np.concatenate([self._weights[f"{module}.bias"] for module in modules])
        integers, scales = self._quantized(weight, self.LARGEST)
        name = "+".join(modules)
        y = graph.add(
            "DynamicQuantizeMatMul",
            x,
            graph.constant(f"{name}.weight", integers.T),
            graph.constant(f"{name}.scale", scales[:, 0]),
            "",
            graph.constant(f"{name}.bias", bias.astype(np.float32)),
            domain=CONTRIB,
        )
        return [y] if len(modules) == 1 else graph.split("Split", y, outputs=len(modules), axis=-1)

    @staticmethod
    def _quantized(weight: np.ndarray, largest: int) -> tuple[np.ndarray, np.ndarray]:
        """Integers of the shape of `weight`, (rows, width), and a scale for each row, (rows, 1)."""
        integers = np.empty(weight.shape, np.int8)
        scales = np.empty((len(weight), 1), np.float32)
        for start in range(0, len(weight), ROWS):  # a table of words is large, and so are copies
            part = slice(start, start + ROWS)
            rows = weight[part].astype(np.float32)
            scale = np.abs(rows).max(axis=1, keepdims=True) / largest
            scale[scale == 0] = 1
            integers[part], scales[part] = np.rint(rows / scale), scale
        return integers, scales
