"""What goes wrong while a file is read, as one message each; what only looks like the file."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentiment.errors import ModelError

POINTER = b"version https://git-lfs.github.com/spec/"
"""How the few lines begin that git puts in the place of a large file."""


PACKED = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"\xfd7zXZ": "xz"}
"""How archives begin; a zip is one where it holds none of the parts that ``torch.save`` writes."""


@contextmanager
def unreadable_is_model_error(path: object) -> Iterator[None]:
    """Turn an `OSError` while reading `path` into a `ModelError`."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            "{path} could not be read ({cause}). Check that the file is there, that you may read"
            " it and that its disk is sound.",
            path=path,
            cause=error.strerror or first_line(error),
        ) from error


def first_line(error: BaseException) -> str:
    """The first line of an error's text, or its type where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def refuse_stand_ins(file: Path) -> None:
    """Raise `ModelError` for a link to nothing, a pointer of Git LFS and an empty file."""
    if file.is_symlink() and not file.exists():
        raise ModelError(
            "{path} is a link to a file that is not there, as in a hub cache that was cleaned or"
            " copied in part. Download the model again, or copy it with its links followed"
            " (cp -rL).",
            path=file,
        )
    with unreadable_is_model_error(file), file.open("rb") as opened:
        begin = opened.read(len(POINTER))
    if begin == POINTER:
        raise ModelError(
            "{path} is a pointer of Git LFS and not the file itself: it was cloned without"
            " git-lfs. Run git lfs install and git lfs pull in that folder, or download the file"
            " from its page.",
            path=file,
        )
    if not begin:
        raise not_a_checkpoint(file)


@contextmanager
def opened_zip(file: Path) -> Iterator[zipfile.ZipFile]:
    """A zip; whatever is wrong with it is a `ModelError`."""
    try:
        with unreadable_is_model_error(file), zipfile.ZipFile(file) as archive:
            yield archive
    except ModelError:
        raise
    except Exception as error:  # names that are no text, other versions, a password: in any way
        raise not_a_checkpoint(file) from error


def refuse_archive(file: Path) -> None:
    """Raise `ModelError` for a folder that was packed into one file."""
    with unreadable_is_model_error(file), file.open("rb") as opened:
        begin = opened.read(8)
    kind = next((kind for mark, kind in PACKED.items() if begin.startswith(mark)), None)
    if kind is None and zipfile.is_zipfile(file):
        with opened_zip(file) as archive:
            names = archive.namelist()
        kind = None if any(name.endswith("data.pkl") for name in names) else "zip"
    if kind:
        raise ModelError(
            "{path} is an archive ({kind}). Unpack it, and name the folder or the weights that were"
            " in it.",
            path=file,
            kind=kind,
        )


def not_a_checkpoint(file: Path) -> ModelError:
    """What is said of a file that can't be read as one."""
    return ModelError(
        "{path} can't be read as a checkpoint: it is damaged, cut short or another kind of file."
        " Copy it again from where it was trained, or name another with --model.",
        path=file,
    )
