"""Open a folder that an export made; nothing here needs torch or transformers."""

from pathlib import Path

from tokenizers import Tokenizer

from sentiment.errors import ModelError
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.export.manifest import TOKENIZER, read_manifest, sha256
from sentiment.model.inference import Classifier


def open_export(folder: Path, name: str, max_seq_length: int) -> Classifier:
    """The classifier of an exported folder, once its files are those that were exported.

    Raises `ModelError`.
    """
    manifest = read_manifest(folder)
    for file in manifest.needed:
        if sha256(folder / file) != manifest.files.get(file):
            raise ModelError(
                "{file} in {folder} is missing or not the file that was exported. Copy the folder"
                " again, or export the model again: python -m sentiment export MODEL -o {folder}",
                file=file,
                folder=folder,
            )
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    length = min(max_seq_length, manifest.max_positions)
    backend = OnnxBackend(folder / manifest.serve)
    return Classifier(
        name,
        tokenizer,
        backend,
        length,
        manifest.id,
        manifest.unsure,
        form=manifest.text_form,
    )
