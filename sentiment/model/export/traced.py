"""Any classifier of transformers as an ONNX graph: traced by torch, checked against it.

The general way, where `sentiment.model.export.encoder` has no graph of its own. Traced graphs take
one sentence at a time, of any length, and answer as eager torch does, with nothing padded.
"""

import logging
import warnings
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from sentiment.errors import UntraceableError
from sentiment.model.backends.onnx import IDS, OnnxBackend
from sentiment.model.backends.torch import TorchBackend
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.reading import first_line
from sentiment.model.checkpoints.restore import Restored
from sentiment.model.everyday import everyday
from sentiment.model.export.manifest import SHIFT
from sentiment.model.inference import cut, softmax

EXAMPLE = 7
"""Tokens of the sentence that is traced; an odd length, so that it can't be mistaken for a size."""

SHORT, LONGEST = 17, 512
"""Lengths up to which each is checked, and some: those beside powers of two."""

NEEDED = "onnxscript"
"""What torch's exporter needs beside torch."""


def tools() -> str:
    """The versions that decide whether a model can be traced."""
    names = [name for name in ("torch", "transformers", NEEDED) if find_spec(name)]
    return " ".join(f"{name} {version(name)}" for name in names)


def trace(restored: Restored, file: Path) -> None:
    """Write the graph, its weights beside it; raises `UntraceableError` where torch can't."""
    if find_spec(NEEDED) is None:
        raise UntraceableError(
            "{library} is missing, with which this model would be brought into a faster form once."
            " Install it with: pip install {library}",
            library=NEEDED,
        )
    ids = torch.tensor([sentence(restored, EXAMPLE)])
    try:
        with quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of no use to who only wants a model
            logging.getLogger("torch.onnx").setLevel(logging.ERROR)
            torch.onnx.export(
                TorchBackend(restored.module, restored.words.types).asked,
                (ids,),
                file,
                input_names=[IDS],
                output_names=["logits"],
                dynamic_shapes=({1: torch.export.Dim.DYNAMIC},),
                dynamo=True,
                external_data=True,
                verbose=False,
            )
        refuse_otherwise(restored, file)
    except UntraceableError:
        raise
    except Exception as error:  # a model fails in any way, and so does the exporter
        raise untraceable(restored, first_line(error.__cause__ or error)) from error


def untraceable(restored: Restored, cause: str) -> UntraceableError:
    """Why a model stays with torch."""
    return UntraceableError(
        "This model ({kind}) can't be brought into a fast form ({cause}).",
        kind=restored.module.config.model_type,
        cause=cause,
    )


def refuse_otherwise(restored: Restored, file: Path) -> None:
    """Raise `UntraceableError` unless the graph answers as torch does at every length tried."""
    graph, reference = OnnxBackend(file), TorchBackend(restored.module, restored.words.types)
    for length in lengths(min(LONGEST, restored.max_positions)):
        ids = [sentence(restored, length)]
        one, other = (softmax(backend.logits(ids)) for backend in (graph, reference))
        if not (shift := float(np.abs(one - other).max())) <= SHIFT:
            raise untraceable(restored, f"{len(ids[0])} tokens: Δp {shift:.1g}")


def lengths(most: int) -> list[int]:
    """Tokens of the sentences that are tried, at most so many."""
    powers = [2**power for power in range(5, 13)]
    tried = {*range(1, SHORT), *(power + beside for power in powers for beside in (-1, 0, 1)), most}
    return sorted(length for length in tried if length <= most)


def sentence(restored: Restored, length: int) -> list[int]:
    """Token ids of words of ours, so many of them, or as few as the tokenizer makes."""
    tokenizer = restored.tokenizer
    tokenizer.no_padding()
    cut(tokenizer, max(length, tokenizer.num_special_tokens_to_add(is_pair=False) + 1))
    ids: list[int] = tokenizer.encode(" ".join(everyday())).ids
    return ids
