"""A model is tried before it is served: whether it has an answer to texts of every length."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sentiment.errors import ModelError
from sentiment.model.checkpoints.reading import first_line
from sentiment.model.everyday import everyday
from sentiment.model.inference import Classifier

TRIED, SHORT, WORD = 8, 9, "영화 "
"""How many sentences of ours, and on fewer than so many words."""


def ends(classifier: Classifier) -> list[str]:
    """The shortest text and the longest that a model can read: what an export is tried on."""
    return [WORD * length for length in (1, classifier.max_seq_length)]


def thorough(classifier: Classifier) -> list[str]:
    """What a model that nobody has tried is tried on."""
    lengths = (*range(1, SHORT), classifier.max_seq_length)
    return [*everyday()[:TRIED], *(WORD * length for length in lengths)]


@contextmanager
def unable_is_model_error(kind: str, folder: Path) -> Iterator[None]:
    """Turn whatever a model of `kind` fails with into a `ModelError`."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # a model fails in any way
        raise ModelError(
            "The model in {folder} can't read sentences of every length ({kind}: {cause}), so it"
            " is not served. Name a model of another kind.",
            folder=folder,
            kind=kind,
            cause=first_line(error),
        ) from error


def refuse_unable(classifier: Classifier, folder: Path, texts: Sequence[str]) -> None:
    """Raise `ModelError` for a model that has no answer to a text, or one of other labels."""
    with unable_is_model_error(classifier.facts.kind, folder):
        tokens = [classifier.tokenize(text)[0] for text in texts]
        width = classifier.probabilities(tokens).shape[1]
    if width != len(classifier.labels):
        raise ModelError(
            "The model in {folder} has {count} answers but {labels} labels, so nobody knows which"
            " is which. Export the model again: python -m sentiment export MODEL -o {folder}",
            folder=folder,
            count=width,
            labels=len(classifier.labels),
        )
