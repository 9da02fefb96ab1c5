"""Weights of other programs: known by the names of their files, refused by the program's."""

from fnmatch import fnmatch
from pathlib import Path

from sentiment.errors import ModelError

FOREIGN = {
    "*.h5": "TensorFlow",
    "*.keras": "TensorFlow",
    "*.ckpt.index": "TensorFlow",
    "saved_model.pb": "TensorFlow",
    "*.tflite": "TensorFlow",
    "*.msgpack": "Flax",
    "*.gguf": "llama.cpp (GGUF)",
    "*.onnx": "ONNX",
    "onnx": "ONNX",
    "openvino_*": "OpenVINO",
    "*.ot": "Rust",
    "*.npz": "NumPy",
}
"""Weights of other programs, by the names of their files or folders."""


def refuse_foreign(folder: Path, names: list[str]) -> None:
    """Raise `ModelError` for names in a folder that are weights of another program."""
    for pattern, program in FOREIGN.items():
        if found := [name for name in names if fnmatch(name, pattern)]:
            raise ModelError(
                "{path} holds weights of {program} ({name}) and none of PyTorch. Convert them with"
                " transformers, or get model.safetensors of the same model.",
                path=folder,
                program=program,
                name=found[0],
            )
