"""Uploads at an address that all replicas reach: S3 and whatever else fsspec speaks.

Each replica reads them from a copy of its own; an upload never changes once it is there.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sentiment.errors import SettingsError, StoreError


def files(address: str) -> tuple[Any, str]:
    """Fsspec's file system of an address, and the path in it; raises `SettingsError`."""
    import fsspec

    try:
        return fsspec.core.url_to_fs(address)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise SettingsError(
            "{address} in SENTIMENT_FILES can't be used ({cause}). Install what fsspec needs for "
            "it, such as s3fs, or name a folder that all replicas share.",
            address=address,
            cause=error,
        ) from error


@contextmanager
def reached() -> Iterator[None]:
    """What keeps the files from being reached is a `StoreError`; that one is missing is not."""
    try:
        yield
    except (StoreError, SettingsError, FileNotFoundError):
        raise
    except Exception as error:  # each library of fsspec's has its own
        raise StoreError(
            "The files of SENTIMENT_FILES can't be reached ({cause}). See that the address is "
            "right, and that this computer may read and write there.",
            cause=type(error).__name__,
        ) from error


def keep(address: str, name: str, path: Path) -> None:
    """Put a file there under a name."""
    with reached():
        found, root = files(address)
        found.makedirs(root, exist_ok=True)
        found.put_file(str(path), f"{root}/{name}")


def fetch(address: str, name: str, path: Path) -> None:
    """Copy a file from there to `path`, all of it or nothing."""
    with reached():
        found, root = files(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
        try:
            found.get_file(f"{root}/{name}", str(part))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def discard(address: str, name: str) -> None:
    """Delete a file there, if it still is."""
    with reached(), suppress(FileNotFoundError):
        found, root = files(address)
        found.rm_file(f"{root}/{name}")


def old(address: str, seconds: float) -> list[str]:
    """The names of the files that were put there longer ago."""
    with reached():
        found, root = files(address)
        found.invalidate_cache()
        if not found.exists(root):
            return []
        before = time.time() - seconds
        paths = [path for path in found.ls(root, detail=False) if not path.endswith("/")]
        return [
            path.rpartition("/")[2] for path in paths if found.modified(path).timestamp() < before
        ]
