"""Make a folder that is ready to serve: weights, tokenizer, graphs, and what they are worth.

It is written beside its place under another name, measured as it was read back, and only then
renamed: whoever looks finds the whole folder or none.
"""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer

from sentiment.errors import ModelError
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.checkpoints.restore import Restored, Source, tokenizer_options
from sentiment.model.export.agreement import Sentences, compare, probabilities
from sentiment.model.export.encoder import encode
from sentiment.model.export.graph import Float32, Int8
from sentiment.model.export.manifest import (
    FLOAT32,
    INT8,
    TOKENIZER,
    WEIGHTS,
    Agreement,
    Manifest,
    is_export,
    sha256,
)
from sentiment.model.inference import Classifier
from sentiment.settings import VERSION

LIBRARIES = ("numpy", "onnx", "onnxruntime", "tokenizers", "torch", "transformers")


def export(
    source: Source,
    restored: Restored,
    target: Path,
    sentences: Sentences,
    say: Callable[[str], None],
    int8_only: bool = False,
) -> Manifest:
    """Export a model into the folder `target`: a new or empty one, an export, or its own.

    Files that somebody else put there stay. With `int8_only` safetensors
    are copied as they are and the full-precision graph is left out. `say` is told what goes on.
    Raises `ModelError`, and then nothing has changed.
    """
    refuse_foreign(target, source)
    with writing(target) as folder:
        say("모델을 옮기는 중입니다 · Copying the model …")
        copy(source, restored, folder, int8_only)
        say("빠른 모델을 만드는 중입니다 · Writing the fast model …")
        graphs = write_graphs(restored, folder, int8_only)
        say(f"{len(sentences.texts):,}문장으로 견주는 중입니다 · Comparing on as many sentences …")
        agreement = measure(restored, folder, graphs, sentences)
        serve = choose(folder, agreement, say)
        manifest = Manifest(
            name=source.name,
            labels=["negative", "positive"],
            max_positions=restored.max_positions,
            serve=serve,
            source=sha256(source.weights) or "",
            versions={"sentiment": VERSION} | {name: version(name) for name in LIBRARIES},
            files={file.name: sha256(file) or "" for file in sorted(folder.iterdir())},
            agreement=agreement,
            unsure=restored.unsure,
        )
        manifest.write(folder)
        publish(folder, target)
    return manifest


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
    except OSError as error:
        raise ModelError(
            "{folder} could not be written ({cause}). Make room on its disk, or name a folder"
            " that you may write.",
            folder=target,
            cause=error.strerror or error,
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy(source: Source, restored: Restored, folder: Path, as_given: bool) -> None:
    """Write config, tokenizer and weights; with `as_given` safetensors keep their precision."""
    config = restored.module.config
    config.architectures = [type(restored.module).__name__]
    config.id2label = {0: "negative", 1: "positive"}
    config.label2id = {"negative": 0, "positive": 1}
    config.save_pretrained(folder)
    copy_tokenizer(source, restored.tokenizer, folder)
    if as_given and source.weights.suffix == ".safetensors":
        shutil.copyfile(source.weights, folder / WEIGHTS)
    else:
        save_file(arrays(restored), folder / WEIGHTS, {"format": "pt"})


def copy_tokenizer(source: Source, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the tokenizer as it is here, its case included, which transformers asks about."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / TOKENIZER), pretty=False)  # one line: no line ends to convert
    options = tokenizer_options(source.folder)
    if isinstance(tokenizer.normalizer, BertNormalizer):
        options["do_lower_case"] = tokenizer.normalizer.lowercase
    (folder / "tokenizer_config.json").write_text(json.dumps(options, indent=2), "utf-8")
    if (source.folder / "vocab.txt").is_file():
        shutil.copyfile(source.folder / "vocab.txt", folder / "vocab.txt")


def arrays(restored: Restored) -> dict[str, np.ndarray]:
    """The weights by name, sharing memory with the model."""
    return {name: tensor.numpy() for name, tensor in restored.module.state_dict().items()}


def write_graphs(restored: Restored, folder: Path, int8_only: bool) -> list[str]:
    """Write the graphs; returns their file names."""
    config = restored.module.config.to_dict()
    small = Int8(arrays(restored))
    (folder / INT8).write_bytes(encode(config, small))
    if int8_only:
        return [INT8]
    (folder / FLOAT32).write_bytes(encode(config, Float32(folder / WEIGHTS)))
    return [FLOAT32, INT8]


def measure(
    restored: Restored, folder: Path, graphs: list[str], sentences: Sentences
) -> dict[str, Agreement]:
    """How each graph, read back from its file, agrees with torch."""
    from sentiment.model.backends.torch import TorchBackend

    most = restored.max_positions
    torch = Classifier("torch", restored.tokenizer, TorchBackend(restored.module), most)
    expected = probabilities(torch, sentences.texts)
    agreement = {}
    for graph in graphs:
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        read_back = Classifier(graph, tokenizer, OnnxBackend(folder / graph), most)
        found = probabilities(read_back, sentences.texts)
        agreement[graph] = compare(sentences, expected, found, torch.labels.names)
    return agreement


def choose(folder: Path, agreement: dict[str, Agreement], say: Callable[[str], None]) -> str:
    """The graph to serve; int8 that agrees too little is deleted. Raises `ModelError`."""
    exact, close = agreement.get(FLOAT32), agreement[INT8]
    if exact and not exact.exact:
        raise ModelError(
            "The exported model does not answer as torch does (a probability differs by {shift}),"
            " so it was not kept. Serve the model with --backend torch, and please report this.",
            shift=f"{exact.largest_shift:.1g}",
        )
    if close.close:
        say(f"8비트 모델이 원래 모델과 같은 답을 냅니다 · int8 gives the same labels: {close}")
        return INT8
    if not exact:
        raise ModelError(
            "In 8 bits this model agrees too little with itself in full precision ({agreement})."
            " Export it without --int8-only.",
            agreement=close,
        )
    say(f"8비트 모델은 답이 달라서 쓰지 않습니다 · int8 disagrees and is left out: {close}")
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
