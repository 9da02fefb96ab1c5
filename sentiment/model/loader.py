"""Make a `Classifier` of a model: from its export, from the cache, or restored with torch."""

import logging
from collections.abc import Callable
from pathlib import Path

from sentiment.errors import ModelError, SettingsError
from sentiment.model.checkpoints.layouts import locate
from sentiment.model.checkpoints.restore import Restored, Source, restore, source_of
from sentiment.model.export.manifest import ID, is_export, sha256
from sentiment.model.export.reading import open_export
from sentiment.model.inference import Classifier
from sentiment.settings import SHIPPED_MODEL, BackendName, Settings, TextForm
from sentiment.texts.spelling import form_of

log = logging.getLogger(__name__)

SHORTEST = 3
"""Fewest tokens that can be read: ``[CLS]``, one of the sentence, ``[SEP]``."""


def silent(_message: str) -> None:
    """Say nothing."""


def load(
    model: str | Path = SHIPPED_MODEL,
    pretrained: str | Path = Settings.pretrained,
    max_seq_length: int = Settings.max_seq_length,
    backend: BackendName = Settings.backend,
    say: Callable[[str], None] = silent,
    text_form: TextForm = Settings.text_form,
) -> Classifier:
    """A classifier of `model`: a ``.ckpt``, a folder of them, a Hugging Face folder or hub name.

    `pretrained` is the folder or hub name with the config and vocabulary of a ``.ckpt``.
    At most `max_seq_length` tokens of a sentence are read, and never more than the model has
    positions for. With another backend than ``torch`` an exported folder is served as it is, and
    anything else is exported into the cache the first time; `say` is told of that, which takes
    seconds. `text_form` overrules what the model was made to read. Raises `ModelError` or
    `SettingsError`.
    """
    model, pretrained = str(model), str(pretrained)
    if max_seq_length < SHORTEST:
        raise SettingsError(
            "A sentence can't be read with {tokens} tokens. Set --max-seq-length to {least} or"
            " more.",
            tokens=max_seq_length,
            least=SHORTEST,
        )
    place = locate(model)
    if backend != "torch" and is_export(place):
        classifier = open_export(place, shown_name(model, place), max_seq_length)
    else:
        source = source_of(place, shown_name(model, place), pretrained)
        if backend == "torch":
            classifier = with_torch(source, restore(source), max_seq_length)
        else:
            classifier = fast(source, max_seq_length, backend, say)
    if text_form != "model":
        classifier.form = text_form
    return classifier


def find(model: str, pretrained: str) -> Source:
    """The files of a model that torch can restore; raises `ModelError`."""
    place = locate(model)
    return source_of(place, shown_name(model, place), pretrained)


def shown_name(model: str, place: Path) -> str:
    """What people know a model by: a file or folder by its own name, the rest as it was asked."""
    return place.resolve().name if Path(model).expanduser().exists() else model


def with_torch(source: Source, restored: Restored, max_seq_length: int) -> Classifier:
    """A classifier that torch runs."""
    from sentiment.model.backends.torch import TorchBackend

    length = min(max_seq_length, restored.max_positions)
    backend = TorchBackend(restored.module)
    model_id = (sha256(source.weights) or "")[:ID]
    return Classifier(
        source.name,
        restored.tokenizer,
        backend,
        length,
        model_id,
        restored.unsure,
        form=form_of(restored.module.config),
    )


def fast(
    source: Source, max_seq_length: int, backend: BackendName, say: Callable[[str], None]
) -> Classifier:
    """A classifier from the cache, put there now if need be; ``auto`` makes do with torch."""
    from sentiment.model.export import cache

    place = cache.entry(source)
    if found := cache.opened(place, source.name, max_seq_length):
        return found
    restored = restore(source)
    try:
        cache.add(place, source, restored, say)
        return open_export(place, source.name, max_seq_length)
    except ModelError as error:
        if backend == "onnx":
            raise
        log.warning("The model is served by torch, which is slower: %s", error)
        return with_torch(source, restored, max_seq_length)
