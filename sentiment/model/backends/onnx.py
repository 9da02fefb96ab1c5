"""The fast backend: ONNX Runtime over a graph of `model.export.graph`; imports no torch."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from sentiment.errors import ModelError
from sentiment.model.backends import cores

# From 1.29 on ONNX Runtime keeps an identifier in the home and tells its maker how it is used,
# unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

SMALL = 32 * 2**20
"""Bytes of a model up to which a core's caches and one thread serve it best."""

ALONE, MANY = 0, 128
"""Most tokens of one run, for a small model and a large one. Attention costs the square of it,
since every token is compared with every other before those of other sentences are left out; far
fewer read a large model's weights too often. A small model answers each sentence alone as fast as
several together, and then an answer in 8 bits does not depend on the sentences beside it."""

IDS = "input_ids"
"""The one input of a traced graph, which takes a sentence at a time; see `inputs` for others."""

APART = np.float32(-1e9)
"""Added to an attention score that must not count; its exponential is 0."""


class OnnxBackend:
    """Runs a graph file in this process, on all cores that the process may use.

    In full precision sentences are laid end to end in packs. In 8 bits activations get one scale
    for all that is in a run, so that neighbours would move an answer: each sentence has a run of
    its own. Runs go side by side, a thread each: threads that share one wait for one another at
    every operator, which costs a third of the rate at kcbert-base's size in int8, and more in a
    small model. Only a large model's lone run gets all cores, by threads that spin between
    operators and stop with the run: 5.2 ms for a short sentence instead of 8.2 for those that
    sleep. A large model in full precision is held once, since it takes most of the memory.
    """

    def __init__(self, file: Path, exact: bool = True) -> None:
        """Read the graph, `exact` where it is of full precision; raises `ModelError`.

        An answer does not depend on the number of cores: which sentences share a run is told by
        the size of the model alone.
        """
        self.file, threads = file, cores()
        small = size(file) <= SMALL
        self._tokens = (ALONE if small else MANY) if exact else 0
        self._alone = session(file, 1 if small else threads)
        self._each = self._alone if small or exact or threads == 1 else session(file, 1)
        self._pool = ThreadPoolExecutor(threads if small or not exact else 1, "onnx")
        self._labels = self._alone.get_outputs()[0].shape[1]
        self._inputs = inputs
        if self._alone.get_inputs()[0].name == IDS:
            self._tokens, self._inputs = 0, alone

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels), float32, of token ids without padding, in order."""
        parts = [ids[rows] for rows in packs([len(sentence) for sentence in ids], self._tokens)]
        if len(parts) < 2:
            runs = [self._run(self._alone, part) for part in parts]
        else:
            runs = list(self._pool.map(partial(self._run, self._each), parts))
        return np.concatenate([np.empty((0, self._labels), np.float32), *runs])

    def _run(
        self, session: onnxruntime.InferenceSession, ids: Sequence[Sequence[int]]
    ) -> np.ndarray:
        """Logits, shape (sentences, labels), of one pack."""
        [logits] = session.run(["logits"], self._inputs(ids))
        return logits  # type: ignore[no-any-return]


def session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    """A graph ready to run by so many threads; raises `ModelError`."""
    try:
        return onnxruntime.InferenceSession(
            file,
            options(threads),
            ["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # slower; see `Encoder._add`
            enable_fallback=0,
        )  # to the same provider again, with a banner on standard output
    except Exception as error:  # the runtime has many kinds, and their base is Exception
        raise ModelError(
            "{path} can't be run by ONNX Runtime {version}. Export the model again with"
            " python -m sentiment export, or set --backend torch.",
            path=file,
            version=onnxruntime.__version__,
        ) from error


def options(threads: int) -> onnxruntime.SessionOptions:
    """How a graph is run by so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1  # the graph is one chain
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 4  # what goes wrong is raised
    return options


def size(file: Path) -> int:
    """Bytes of a graph and of the weights beside it, into which it may point."""
    weights = (file.with_name(name) for name in ("model.safetensors", f"{file.name}.data"))
    return sum(path.stat().st_size for path in (file, *weights) if path.exists())


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


def alone(ids: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    """What a traced graph is fed for one sentence: (1, tokens)."""
    return {IDS: np.array(ids, np.int64)}


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
