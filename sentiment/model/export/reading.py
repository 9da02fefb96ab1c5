"""Open a folder that an export made; nothing here needs torch or transformers."""

from pathlib import Path

from tokenizers import Tokenizer

from sentiment.errors import ModelError
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.checkpoints.reading import first_line
from sentiment.model.digest import sha256
from sentiment.model.export.manifest import INT8, TOKENIZER, read_manifest
from sentiment.model.inference import Classifier, Precision
from sentiment.model.naming import asked_labels, named_labels
from sentiment.model.trial import ends, refuse_unable


def open_export(
    folder: Path,
    name: str,
    max_seq_length: int,
    precision: Precision | None = None,
    label_names: str = "",
) -> Classifier:
    """The classifier of an exported folder, once its files are those that were exported.

    Without a `precision` it is the form that was chosen when it was made. Raises `ModelError`.
    """
    manifest = read_manifest(folder)
    graph = (manifest.graph(precision) if precision else None) or manifest.serve
    for file in manifest.needed(graph):
        if sha256(folder / file) != manifest.files.get(file):
            raise ModelError(
                "{file} in {folder} is missing or not the file that was exported. Copy the folder"
                " again, or export the model again: python -m sentiment export MODEL -o {folder}",
                file=file,
                folder=folder,
            )
    names = asked_labels(label_names, len(manifest.labels)) if label_names else manifest.labels
    classifier = Classifier(
        name,
        read_tokenizer(folder),
        OnnxBackend(folder / graph, exact=graph != INT8),
        min(max_seq_length, manifest.max_positions),
        manifest.id,
        manifest.unsure,
        named_labels(names, folder),
        manifest.facts(graph),
        manifest.text_form,
    )
    refuse_unable(classifier, folder, ends(classifier))
    return classifier


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of an exported folder; raises `ModelError`."""
    try:
        return Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # the library has no kind of its own
        raise ModelError(
            "The {file} in {folder} can't be read ({cause}). Copy the folder again, or export the"
            " model again: python -m sentiment export MODEL -o {folder}",
            file=TOKENIZER,
            folder=folder,
            cause=first_line(error),
        ) from error
