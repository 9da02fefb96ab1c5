"""The fast backend: ONNX Runtime over a graph of `sentiment.graph`; imports no torch."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from sentiment.errors import ModelError

TOKENS = 128
"""Most tokens of one run. Attention costs the square of it, since every token is compared with
every other before those of other sentences are left out; far fewer read the weights too often."""

APART = np.float32(-1e9)
"""Added to an attention score that must not count; its exponential is 0."""


class OnnxBackend:
    """Runs a graph file in this process, on all cores that the process may use."""

    def __init__(self, file: Path) -> None:
        """Read the graph; raises `ModelError` where ONNX Runtime can't run it."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cores()
        options.inter_op_num_threads = 1  # the graph is one chain
        # Threads that spin between operators answer a lone sentence in 8.1 ms instead of 9.1 at
        # kcbert-base's size on two idle cores, but in 25 instead of 13 when anything else wants
        # them, such as the web server's own threads; and every call burns 46 ms of processor
        # time instead of 14.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # what goes wrong is raised
        try:
            self._session = onnxruntime.InferenceSession(
                file, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime has many kinds, and their base is Exception
            raise ModelError(
                "{path} can't be run by ONNX Runtime {version}. Export the model again with"
                " python -m sentiment export, or set --backend torch.",
                path=file,
                version=onnxruntime.__version__,
            ) from error

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, 2), float32, of token ids without padding, in their order."""
        logits = np.empty((len(ids), 2), np.float32)
        for rows in packs([len(sentence) for sentence in ids], TOKENS):
            [logits[rows]] = self._session.run(["logits"], inputs(ids[rows]))
        return logits


def packs(lengths: Sequence[int], tokens: int) -> Iterator[slice]:
    """Neighbours that together have at most `tokens`, in order; a longer one stands alone."""
    start = total = 0
    for index, length in enumerate(lengths):
        if total + length > tokens and index > start:
            yield slice(start, index)
            start, total = index, 0
        total += length
    if lengths:
        yield slice(start, len(lengths))


def inputs(ids: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    """What the graph is fed for sentences laid end to end.

    ``ids`` and ``positions``: (tokens,); ``starts``: (sentences,), where each begins;
    ``apart``: (1, 1, tokens, tokens), 0 within a sentence and `APART` between two.
    """
    lengths = np.array([len(sentence) for sentence in ids])
    starts = lengths.cumsum() - lengths
    sentence = np.repeat(np.arange(len(ids)), lengths)
    apart = np.where(sentence[:, None] == sentence, np.float32(0), APART)
    return {
        "ids": np.concatenate([np.asarray(sentence, np.int64) for sentence in ids]),
        "positions": np.arange(len(sentence)) - starts[sentence],
        "starts": starts,
        "apart": apart[None, None],
    }


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        count = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count()
    return count or 1
