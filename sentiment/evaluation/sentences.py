"""Sentences to compare an exported model with its original on."""

from pathlib import Path

from sentiment.errors import DataError
from sentiment.model.export.agreement import Sentences, our_sentences, spread
from sentiment.tables.labelled import Table


def read_sentences(file: Path | None) -> Sentences:
    """Sentences of a text file, one a line, or the labelled reviews of a ``.tsv`` or ``.tsv.xz``.

    Without a file they are our own. Raises `DataError`.
    """
    if file is None:
        return our_sentences()
    if ".tsv" in file.suffixes:
        return _labelled(file)
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            "{path} can't be read as text ({cause}). Name a UTF-8 file with one sentence a line.",
            path=file,
            cause=error,
        ) from error
    texts = [line for line in lines if line.strip()]
    if not texts:
        raise DataError(
            "{path} holds no sentence. Name a UTF-8 file with one sentence a line.", path=file
        )
    return Sentences(file.name, spread(texts))


def _labelled(file: Path) -> Sentences:
    """As many sentences of each label as the rarest has."""
    table = Table.of(file, labels=None)
    pairs = spread(list(table.sentences(table.balanced())))
    return Sentences(file.name, [text for text, _ in pairs], [label for _, label in pairs])
