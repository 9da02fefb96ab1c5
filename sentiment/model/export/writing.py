"""Make a folder that is ready to serve: weights, tokenizer, graphs, and what they are worth.

It is written beside its place under another name, measured as it was read back, and only then
renamed: whoever looks finds the whole folder or none.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from sentiment.errors import ModelError, is_full
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.checkpoints.restore import Restored
from sentiment.model.checkpoints.sources import Source
from sentiment.model.digest import fingerprint, sha256
from sentiment.model.export.agreement import Sentences, compare, rows
from sentiment.model.export.copying import arrays, copy
from sentiment.model.export.encoder import encode, refuse_other_kinds
from sentiment.model.export.graph import Float32, Int8
from sentiment.model.export.manifest import (
    FLOAT32,
    INT8,
    TOKENIZER,
    WEIGHTS,
    Agreement,
    Manifest,
    is_export,
)
from sentiment.model.export.traced import trace
from sentiment.model.inference import Classifier
from sentiment.model.trial import unable_is_model_error
from sentiment.settings import VERSION
from sentiment.texts.spelling import form_of

LIBRARIES = ("numpy", "onnx", "onnxruntime", "tokenizers", "torch", "transformers")


@dataclass(frozen=True)
class Wanted:
    """What an export is to hold: graphs, which of them serves, and the weights beside them.

    `as_given`: safetensors keep their precision. `lasting`: a graph that disagrees is refused or
    left out, and the model stays whole in memory; else it is given up for the graph's sake.
    """

    graphs: tuple[str, ...] = (FLOAT32, INT8)
    serve: str = FLOAT32
    weights: bool = True
    as_given: bool = False
    lasting: bool = True


def export(
    source: Source,
    restored: Restored,
    target: Path,
    sentences: Sentences,
    say: Callable[[str], None],
    wanted: Wanted = Wanted(),
) -> Manifest:
    """Export a model into the folder `target`: a new or empty one, an export, or its own.

    Files that somebody else put there stay. `say` is told what goes on. Raises `ModelError`, and
    then nothing has changed.
    """
    refuse_foreign(target, source)
    if INT8 in wanted.graphs:
        refuse_unexportable(restored)
    with writing(target) as folder:
        say(f"{len(sentences.texts):,}문장을 판단하고 있어요 · Judging as many sentences …")
        with unable_is_model_error(restored.facts.kind, source.folder):
            expected = rows(with_torch(source.name, restored), sentences.texts)
        say("모델을 옮기고 있어요 · Copying the model …")
        copy(
            *(source, restored, folder, wanted.graphs),
            weights=wanted.weights,
            as_given=wanted.as_given,
        )
        say("빠른 모델을 만들고 있어요 · Writing the fast model …")
        write_graphs(restored, folder, wanted.graphs)
        known = described(source, restored)
        if not wanted.lasting:
            restored.module.to_empty(device="meta")  # the graph needs its memory
        say("견주고 있어요 · Comparing …")
        agreement = measure(restored, folder, wanted.graphs, sentences, expected)
        serve = choose(folder, agreement, wanted, say)
        manifest = Manifest(
            serve=serve,
            files={file.name: sha256(file) or "" for file in sorted(folder.iterdir())},
            agreement=agreement,
            **known,
        )
        manifest.write(folder)
        publish(folder, target)
    return manifest


def described(source: Source, restored: Restored) -> dict[str, Any]:
    """What a manifest says of a model, whatever its graphs are worth."""
    return {
        "name": source.name,
        "labels": list(restored.labels.names),
        "max_positions": restored.max_positions,
        "source": fingerprint(source.heavy),
        "versions": {"sentiment": VERSION} | {name: version(name) for name in LIBRARIES},
        "unsure": restored.unsure,
        "kind": restored.module.config.model_type,
        "parameters": restored.parameters,
        "labels_from": restored.labels_from,
        "unknown": restored.words.unknown,
        "text_form": form_of(restored.module.config),
    }


def is_written(restored: Restored) -> bool:
    """Whether a graph can be written for a model, node by node."""
    try:
        refuse_unexportable(restored)
    except ModelError:
        return False
    return True


def refuse_unexportable(restored: Restored) -> None:
    """Raise `ModelError` where no graph can be written for a model."""
    config = restored.module.config.to_dict()
    refuse_other_kinds(config)
    if restored.words.types:
        raise ModelError(
            "The tokenizer of this model marks tokens with types, which its exported form does not"
            " know. Serve it with --backend torch."
        )


def with_torch(name: str, restored: Restored, max_seq_length: int | None = None) -> Classifier:
    """A classifier that torch runs, reading as much as the model can."""
    from sentiment.model.backends.torch import TorchBackend

    most = restored.max_positions
    return Classifier(
        name,
        restored.tokenizer,
        TorchBackend(restored.module, restored.words.types),
        min(max_seq_length or most, most),
        unsure=restored.unsure,
        labels=restored.labels,
        facts=restored.facts,
        form=form_of(restored.module.config),
    )


def refuse_foreign(target: Path, source: Source) -> None:
    """Raise `ModelError` where something lies that is neither an export nor the model itself."""
    own = is_export(target) or target.resolve() == source.folder.resolve()
    if target.exists() and not own and (target.is_file() or any(target.iterdir())):
        raise ModelError(
            "{folder} is there already and was not made by an export, so it is left alone."
            " Name a new folder with -o, or delete that one first.",
            folder=target,
        )


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A new folder beside `target`, which is gone afterwards unless it was renamed."""
    folder = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True)
        yield folder
    except Exception as error:  # safetensors and tokenizers have kinds of their own
        if not isinstance(error, OSError) and not is_full(error):
            raise
        raise ModelError(
            "{folder} could not be written ({cause}). Make room on its disk, or name a folder"
            " that you may write.",
            folder=target,
            cause=getattr(error, "strerror", None) or error,
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_graphs(restored: Restored, folder: Path, graphs: Sequence[str]) -> None:
    """Write the graphs; a model that none can be written of is traced. Raises `ModelError`."""
    config = restored.module.config.to_dict()
    if not is_written(restored):
        trace(restored, folder / FLOAT32)
        return
    if INT8 in graphs:
        (folder / INT8).write_bytes(encode(config, Int8(arrays(restored))))
    if FLOAT32 in graphs:
        (folder / FLOAT32).write_bytes(encode(config, Float32(folder / WEIGHTS)))


def measure(
    restored: Restored,
    folder: Path,
    graphs: Sequence[str],
    sentences: Sentences,
    expected: np.ndarray,
) -> dict[str, Agreement]:
    """How each graph, read back from its file, agrees with what torch answered."""
    most, form = restored.max_positions, form_of(restored.module.config)
    agreement = {}
    for graph in graphs:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        backend = OnnxBackend(folder / graph, exact=graph == FLOAT32)
        read_back = Classifier(graph, tokenizer, backend, most, labels=restored.labels, form=form)
        found = rows(read_back, sentences.texts)
        agreement[graph] = compare(sentences, expected, found, restored.labels.names)
    return agreement


def choose(
    folder: Path, agreement: dict[str, Agreement], wanted: Wanted, say: Callable[[str], None]
) -> str:
    """The graph to serve; int8 that agrees too little is deleted. Raises `ModelError`."""
    exact, close = agreement.get(FLOAT32), agreement.get(INT8)
    if exact and not exact.exact:
        raise ModelError(
            "The exported model does not answer as torch does (a probability differs by {shift}),"
            " so it was not kept. Serve the model with --backend torch, and please report this.",
            shift=f"{exact.largest_shift:.1g}",
        )
    if close is None or close.close or not wanted.lasting:
        return wanted.serve
    if not exact:
        raise ModelError(
            "In 8 bits this model agrees too little with itself in full precision ({agreement})."
            " Export it without --int8-only.",
            agreement=close,
        )
    say(f"8비트 모델은 답이 달라서 쓰지 않아요 · int8 disagrees and is left out: {close}")
    (folder / INT8).unlink()
    return FLOAT32


def publish(folder: Path, target: Path) -> None:
    """Rename `folder` to `target`; what else was in `target`, such as a README, is kept."""
    if not target.exists():
        folder.rename(target)
        return
    for path in target.iterdir():
        replaced = path.name in {FLOAT32, INT8} or (folder / path.name).exists()
        if path.is_file() and not replaced:
            shutil.copy2(path, folder / path.name)
    old = folder.with_name(f"{folder.name}.old")
    target.rename(old)
    folder.rename(target)
    shutil.rmtree(old, ignore_errors=True)
