"""Make a `Classifier` of a model: from its export, from the cache, or restored with torch."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sentiment.errors import ModelError, NotANumberError, SentimentError, SettingsError
from sentiment.i18n import both
from sentiment.model.backends import limit
from sentiment.model.checkpoints.hub import HubName, cached_name
from sentiment.model.checkpoints.layouts import locate
from sentiment.model.checkpoints.restore import Restored, restore
from sentiment.model.checkpoints.sources import Source, source_of
from sentiment.model.digest import fingerprint
from sentiment.model.export.manifest import ID, SHORTEST, read_manifest, was_export
from sentiment.model.export.reading import open_export
from sentiment.model.inference import Classifier, Precision
from sentiment.model.trial import refuse_unable, thorough
from sentiment.settings import (
    SHIPPED,
    SHIPPED_MODEL,
    BackendName,
    PrecisionName,
    Settings,
    TextForm,
)

log = logging.getLogger(__name__)

WORTH = 10_000_000
"""Parameters from which a model is traced, which takes up to a minute, unless onnx is asked for:
smaller ones answer in milliseconds as they are."""

UNKNOWN = 0.15
"""Share of [UNK] on everyday sentences above which it is said; the right vocabularies have 0."""


def silent(_message: str) -> None:
    """Say nothing."""


def load(
    model: str | Path = SHIPPED_MODEL,
    pretrained: str | Path = Settings.pretrained,
    max_seq_length: int = Settings.max_seq_length,
    backend: BackendName = Settings.backend,
    say: Callable[[str], None] = silent,
    precision: PrecisionName = Settings.precision,
    label_names: str = Settings.label_names,
    text_form: TextForm = Settings.text_form,
    threads: int = Settings.threads,
) -> Classifier:
    """A classifier of `model`: a ``.ckpt``, a folder of them, a Hugging Face folder or hub name.

    `pretrained` is the folder or hub name with the config and vocabulary of a ``.ckpt``.
    At most `max_seq_length` tokens of a sentence are read, and never more than the model has
    positions for. With another backend than ``torch`` an exported folder is served as it is, and
    anything else is exported into the cache the first time; `say` is told of that, which takes
    seconds. `precision` ``exact`` answers as the checkpoint itself, ``fast`` in 8 bits; ``auto``
    is exact, but for an exported folder, which has a form of its own. `label_names` names the
    labels in their order, with commas between. `text_form` overrules what the model was made to
    read. `threads`: cores that the models of this process take; 0: all.
    Raises `ModelError` or `SettingsError`.
    """
    limit(threads)
    refuse_options(max_seq_length, backend, precision)
    asked = max_seq_length, backend, precision, label_names
    place = locate(str(model))
    classifier = loaded(place, shown_name(str(model), place), str(pretrained), *asked, say)
    folder = place if place.is_dir() else place.parent
    classifier.facts = replace(classifier.facts, folder=folder)
    if text_form != "model":
        classifier.form = text_form
    return classifier


def loaded(
    place: Path,
    name: str,
    pretrained: str,
    max_seq_length: int,
    backend: BackendName,
    precision: PrecisionName,
    label_names: str,
    say: Callable[[str], None],
) -> Classifier:
    """What `load` restores, reading texts in the model's own form."""
    if backend != "torch" and was_export(place):
        asked = None if precision == "auto" else precision
        if asked is None or read_manifest(place).graph(asked):
            return open_export(place, name, max_seq_length, asked, label_names)
    source = source_of(place, name, pretrained)
    if backend == "torch":
        classifier = with_torch(source, restore(source, label_names), max_seq_length)
    else:
        chosen: Precision = "fast" if precision == "fast" else "exact"
        classifier = fast(source, max_seq_length, backend, chosen, label_names, say)
    tell(classifier, source, say)
    return classifier


def tell(classifier: Classifier, source: Source, say: Callable[[str], None]) -> None:
    """Say what people must know of a restored model: a strange tokenizer, and what 8 bits shift."""
    facts = classifier.facts
    if facts.unknown > UNKNOWN:
        warn(
            ModelError(
                "The tokenizer in {folder} knows few of our everyday words: {share:.0%} of the"
                " tokens are [UNK]. If it is not the model's own, name that with --pretrained.",
                folder=source.words,
                share=facts.unknown,
            )
        )
    if facts.precision == "fast":
        say(
            f"8비트로 판단해요 · In 8 bits: Δp ≤ {facts.shift:.3f},"
            f" {facts.same_labels:.1%} 같은 답 · same labels"
        )


def warn(error: SentimentError) -> None:
    """Log what people should know though the model is served, in both languages."""
    log.warning("%s", both(error.translated))


def refuse_options(max_seq_length: int, backend: BackendName, precision: PrecisionName) -> None:
    """Raise `SettingsError` for options that can't work, or not together."""
    if max_seq_length < SHORTEST:
        raise SettingsError(
            "A sentence can't be read with {tokens} tokens. Set --max-seq-length to {least} or"
            " more.",
            tokens=max_seq_length,
            least=SHORTEST,
        )
    if backend == "torch" and precision == "fast":
        raise SettingsError(
            "--backend torch is the exact reference and has no 8 bits. Leave out --precision fast,"
            " or the backend."
        )


def find(model: str, pretrained: str) -> Source:
    """The files of a model that torch can restore; raises `ModelError`."""
    place = locate(model)
    return source_of(place, shown_name(model, place), pretrained)


def shown_name(model: str, place: Path) -> str:
    """What people know a model by: a file or folder by its own name, the rest as it was asked."""
    if not Path(model).expanduser().exists() and place not in SHIPPED.values():
        return str(HubName.of(model) or model)
    return cached_name(place.absolute()) or place.resolve().name


def with_torch(source: Source, restored: Restored, max_seq_length: int) -> Classifier:
    """A classifier that torch runs; raises `ModelError` where it answers no numbers."""
    from sentiment.model.export.writing import with_torch

    classifier = with_torch(source.name, restored, max_seq_length)
    classifier.id = fingerprint(source.heavy)[:ID]
    refuse_unable(classifier, source.folder, thorough(classifier))
    return classifier


def fast(
    source: Source,
    max_seq_length: int,
    backend: BackendName,
    precision: Precision,
    label_names: str,
    say: Callable[[str], None],
) -> Classifier:
    """A classifier from the cache, put there now if need be; ``auto`` makes do with torch."""
    from sentiment.model.export import cache

    place = cache.entry(source, precision, label_names)
    if found := cache.opened(place, source.name, max_seq_length, precision):
        return found
    restored = restore(source, label_names)
    from sentiment.model.export.writing import is_written  # needs what restoring has asked for

    if precision == "fast" and not is_written(restored):
        warn(
            ModelError(
                "There are no 8 bits for this kind of model ({kind}): it is served in full"
                " precision.",
                kind=restored.module.config.model_type,
            )
        )
        return fast(source, max_seq_length, backend, "exact", label_names, say)
    if backend == "auto" and not is_written(restored) and restored.parameters < WORTH:
        return with_torch(source, restored, max_seq_length)
    try:
        cache.refuse_failed(place)
        cache.add(place, source, restored, precision, say)
        del restored
        return open_export(place, source.name, max_seq_length, precision)
    except NotANumberError:
        raise
    except ModelError as error:
        if backend == "onnx":
            raise
        warn(ModelError("The model is served by torch, which is slower."))
        warn(error)
        return with_torch(source, restore(source, label_names), max_seq_length)
