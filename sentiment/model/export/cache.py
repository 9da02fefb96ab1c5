"""Exports of models that were served before, keyed by content, in the user's cache folder.

The variable SENTIMENT_CACHE names another folder. Whatever lies in it may be deleted at any time.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sentiment.errors import ModelError
from sentiment.model.checkpoints.restore import Restored, Source
from sentiment.model.checkpoints.weights import unreadable_is_model_error
from sentiment.model.export.manifest import VERSION, sha256
from sentiment.model.export.reading import open_export
from sentiment.model.inference import Classifier
from sentiment.settings import cache_folder

KEPT = 4
"""Models that are kept, those used last; one of kcbert-base's size takes 110 MB."""

ABANDONED = 3600
"""Seconds after which a half-written folder must be one of a process that was killed."""


def entry(source: Source) -> Path:
    """Where the export of a model belongs; raises `ModelError` where its files can't be read."""
    with unreadable_is_model_error(source.weights):
        content = [str(VERSION), weights_sum(source.weights)]
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        content.append(sha256(source.folder / name) or "-")
    return cache_folder() / hashlib.sha256(" ".join(content).encode()).hexdigest()[:32]


def weights_sum(file: Path) -> str:
    """The sha256 of a weights file, remembered until its size or time changes.

    To read the 1.3 GB of a checkpoint takes a second here, and ten from a slow disk.
    """
    state = file.stat()
    known = f"{file.resolve()} {state.st_size} {state.st_mtime_ns}"
    note = cache_folder() / "sums" / hashlib.sha256(known.encode()).hexdigest()[:32]
    with suppress(OSError, UnicodeDecodeError):
        remembered = note.read_text("ascii")
        if len(remembered) == 64:  # whole
            return remembered
    found = sha256(file) or "-"
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(found, "ascii")
    return found


def opened(place: Path, name: str, max_seq_length: int) -> Classifier | None:
    """The classifier of an entry; None where there is none, or a broken one."""
    try:
        classifier = open_export(place, name, max_seq_length)
    except ModelError:
        return None
    with suppress(OSError):
        os.utime(place)  # so that it counts as used
    return classifier


def add(place: Path, source: Source, restored: Restored, say: Callable[[str], None]) -> None:
    """Export a model to the entry `place`, in the stead of a broken one; raises `ModelError`.

    Of two processes that do this at once, the one that is done first wins.
    """
    from sentiment.model.export.agreement import our_sentences
    from sentiment.model.export.writing import export

    tidy()
    ours = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    say(
        "이 모델을 처음 씁니다. 빠른 형태로 한 번 바꿔 둡니다 · "
        "First use of this model: it is exported once, to be fast from now on."
    )
    try:
        manifest = export(source, restored, ours, our_sentences(), say)
        for file in manifest.files.keys() - set(manifest.needed):
            (ours / file).unlink()  # serving reads no more than what is needed
        if not renamed(ours, place) and opened(place, source.name, restored.max_positions) is None:
            broken = place.with_name(f".{place.name}.{secrets.token_hex(4)}.old")
            renamed(place, broken)
            shutil.rmtree(broken, ignore_errors=True)
            renamed(ours, place)
    finally:
        shutil.rmtree(ours, ignore_errors=True)


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
        folders = [
            path for path in cache_folder().iterdir() if path.is_dir() and path.name != "sums"
        ]
        unfinished = [path for path in folders if path.name.startswith(".")]
        entries = sorted(set(folders) - set(unfinished), key=lambda path: -path.stat().st_mtime)
        old = [path for path in unfinished if time.time() - path.stat().st_mtime > ABANDONED]
        for path in old + entries[KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)
