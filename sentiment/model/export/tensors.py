"""Write safetensors a tensor at a time; the library's own writer copies all of them first.

The format, an 8-byte length and a JSON header before the numbers, is described at
https://huggingface.co/docs/safetensors.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

TYPES = {"float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "bool": "BOOL"}


def write_safetensors(file: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Write arrays under their names."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, values in tensors.items():
        start, end = end, end + values.nbytes
        kind = TYPES[values.dtype.name]
        header[name] = {"dtype": kind, "shape": values.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    with file.open("wb") as opened:
        opened.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            opened.write(np.ascontiguousarray(values).data)
