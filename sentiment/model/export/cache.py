"""Exports of models that were served before, keyed by content, in the user's cache folder.

The variable SENTIMENT_CACHE names another folder. Whatever lies in it may be deleted at any time.
"""

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sentiment.errors import ModelError, UntraceableError
from sentiment.model.checkpoints.reading import refuse_stand_ins
from sentiment.model.checkpoints.restore import Restored
from sentiment.model.checkpoints.sources import Source
from sentiment.model.digest import fingerprint, sha256
from sentiment.model.export.manifest import GRAPHS
from sentiment.model.export.reading import open_export
from sentiment.model.inference import Classifier, Precision
from sentiment.settings import cache_folder

FORM = 3
"""Rises when entries written before should be made anew."""

FAILED = "failed.json"
"""In an entry without a model: why that can't be traced, and by which libraries."""

KEPT = 4
"""Models that are kept, those used last; one of kcbert-base's size takes 440 MB, 110 in 8 bits."""

EVERY: dict[Precision, int] = {"exact": 4, "fast": 2}
"""One of so many of our sentences is compared: full precision agrees with all or with none."""

ABANDONED = 3600
"""Seconds after which a half-written folder must be one of a process that was killed."""


def entry(source: Source, precision: Precision, label_names: str) -> Path:
    """Where the export of a model belongs; raises `ModelError` where its files can't be read."""
    for file in source.heavy:
        refuse_stand_ins(file)
    content = [str(FORM), precision, label_names, fingerprint(source.heavy)]
    content += [f"{file.name} {sha256(file)}" for file in source.light]
    return cache_folder() / hashlib.sha256("\n".join(content).encode()).hexdigest()[:32]


def opened(place: Path, name: str, max_seq_length: int, precision: Precision) -> Classifier | None:
    """The classifier of an entry; None where there is none, or a broken one."""
    try:
        classifier = open_export(place, name, max_seq_length, precision)
    except ModelError:
        return None
    with suppress(OSError):
        os.utime(place)  # so that it counts as used
    return classifier


def add(
    place: Path,
    source: Source,
    restored: Restored,
    precision: Precision,
    say: Callable[[str], None],
) -> None:
    """Export a model to the entry `place`, in the stead of a broken one; raises `ModelError`.

    The model's weights are given up on the way. Of two processes that do this at once, the one
    that is done first wins.
    """
    from sentiment.model.export.agreement import our_sentences
    from sentiment.model.export.writing import Wanted, export

    tidy()
    ours = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    say(
        "이 모델을 처음 써요. 빠른 형태로 한 번 바꿔 둬요 · "
        "First use of this model: it is exported once, to be fast from now on."
    )
    graph = GRAPHS[precision]
    wanted = Wanted((graph,), graph, weights=precision == "exact", lasting=False)
    try:
        manifest = export(source, restored, ours, our_sentences(EVERY[precision]), say, wanted)
        for file in manifest.files.keys() - set(manifest.needed(graph)):
            (ours / file).unlink()  # serving reads no more than what is needed
        most = manifest.max_positions
        if not renamed(ours, place) and opened(place, source.name, most, precision) is None:
            broken = place.with_name(f".{place.name}.{secrets.token_hex(4)}.old")
            renamed(place, broken)
            shutil.rmtree(broken, ignore_errors=True)
            renamed(ours, place)
    except UntraceableError as error:
        keep_failure(place, error)
        raise
    finally:
        shutil.rmtree(ours, ignore_errors=True)


def keep_failure(place: Path, error: UntraceableError) -> None:
    """Remember that a model can't be traced, so that only the first start tries."""
    from sentiment.model.export.traced import tools

    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        values = {name: str(value) for name, value in error.values.items()}
        (place / FAILED).write_text(json.dumps([tools(), error.message, values]), "utf-8")


def refuse_failed(place: Path) -> None:
    """Raise `UntraceableError` where the libraries of today could not trace the model before."""
    from sentiment.model.export.traced import tools

    try:
        by, message, values = json.loads((place / FAILED).read_text("utf-8"))
    except (OSError, ValueError):
        return
    if by == tools():
        raise UntraceableError(message, **values)


def renamed(folder: Path, place: Path) -> bool:
    """Whether a folder could take a place; not where another is there already."""
    try:
        folder.rename(place)
    except OSError:
        return False
    return True


def tidy() -> None:
    """Delete what killed processes left, and all but the entries that were used last."""
    with suppress(OSError):
        folders = [path for path in cache_folder().iterdir() if path.is_dir()]
        unfinished = [path for path in folders if path.name.startswith(".")]
        entries = sorted(set(folders) - set(unfinished), key=lambda path: -path.stat().st_mtime)
        old = [path for path in unfinished if time.time() - path.stat().st_mtime > ABANDONED]
        for path in old + entries[KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)
