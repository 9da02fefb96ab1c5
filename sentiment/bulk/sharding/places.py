"""Files by address: a path of this computer, or by fsspec one such as ``s3://bucket/reviews``.

An address is text, since a `Path` would make one slash of two.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any, BinaryIO

from sentiment.bulk.inputs import HIDDEN, sources_of
from sentiment.errors import DataError, SentimentError
from sentiment.tables.layout import SUFFIXES, suffix

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters or more: C:// is a drive
CHANGES = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "created")
"""What file systems call that which changes with the content of a file."""


def is_remote(address: str) -> bool:
    """Whether an address is none of this computer's paths."""
    return bool(SCHEME.match(address))


def absolute(address: str) -> str:
    """The address as every process means it."""
    return address.rstrip("/") if is_remote(address) else str(Path(address).absolute())


def name_of(address: str) -> str:
    """The last part of an address."""
    return PurePosixPath(address).name if is_remote(address) else Path(address).name


def below(address: str, name: str) -> str:
    """The address of something in a folder."""
    return f"{address}/{name}" if is_remote(address) else str(Path(address, name))


@contextmanager
def reached(address: str) -> Iterator[tuple[Any, str]]:
    """The file system of an address and the path in it; what goes wrong there is a `DataError`."""
    from fsspec.core import url_to_fs

    try:
        yield url_to_fs(address, use_listings_cache=False)
    except SentimentError:
        raise
    except ImportError as error:
        raise DataError(
            "{address} needs a package that is not installed ({cause}). Install it: pip install "
            "s3fs for s3://, gcsfs for gs://, pyarrow for hdfs://.",
            address=address,
            cause=error,
        ) from error
    except Exception as error:  # each service has errors of its own
        raise DataError(
            "{address} can't be reached ({cause}). Check the address, your rights there, and that "
            "every computer that judges sees it.",
            address=address,
            cause=error,
        ) from error


def is_folder(address: str) -> bool:
    """Whether there is such a folder."""
    with reached(address) as (files, path):
        return bool(files.isdir(path))


def exists(address: str) -> bool:
    """Whether there is such a file."""
    with reached(address) as (files, path):
        return bool(files.exists(path))


def names_in(address: str) -> set[str]:
    """The names in a folder; none where there is no such folder."""
    with reached(address) as (files, path):
        if not files.isdir(path):
            return set()
        return {name_of(found.rstrip("/")) for found in files.ls(path, detail=False)}


def sources(address: str) -> list[str]:
    """The files that an address stands for: itself, or those in a folder whose kind is known."""
    if not is_remote(address):
        return [str(path.absolute()) for path in sources_of(Path(address), Path())]
    if not is_folder(address):
        if not exists(address):
            raise DataError("{path} does not exist. Check its name.", path=address)
        return [address]
    names = sorted(
        name
        for name in names_in(address)
        if suffix(name) in SUFFIXES and not name.startswith(HIDDEN)
    )
    if not names:
        raise DataError(
            "The folder {path} holds no file whose name ends in one of {suffixes}. Name its files.",
            path=address,
            suffixes=", ".join(SUFFIXES),
        )
    return [below(address, name) for name in names]


def stamp(address: str) -> list[object]:
    """What changes with the content of a file, as JSON."""
    if not is_remote(address):
        found = Path(address).stat()
        return [found.st_size, found.st_mtime_ns]
    with reached(address) as (files, path):
        about = files.info(path)
    return [about["size"], *(str(about[name]) for name in CHANGES if about.get(name))][:2]


def here(address: str, folder: Path) -> Path:
    """A file as one of this computer, fetched into a folder where it is none."""
    if not is_remote(address):
        return Path(address)
    made = folder / name_of(address)
    with reached(address) as (files, path):
        files.get_file(path, str(made))
    return made


def fetched(address: str, folder: Path) -> list[Path]:
    """The files that an address stands for, on this computer."""
    if not is_remote(address):
        return [Path(address)]
    return [here(source, Path(mkdtemp(dir=folder))) for source in sources(address)]


def part(address: str, begin: int, end: int | None) -> bytes:
    """Bytes of a file."""
    with reached(address) as (files, path):
        return bytes(files.cat_file(path, start=begin, end=end))


def text(address: str) -> str:
    """The content of a small file."""
    return part(address, 0, None).decode()


@contextmanager
def opened(address: str) -> Iterator[BinaryIO]:
    """The content of a file, to be read in any order."""
    with reached(address) as (files, path), files.open(path, "rb") as file:
        yield file


@contextmanager
def written(address: str) -> Iterator[BinaryIO]:
    """A file under a name of its own, that has its true one once the block is left whole."""
    with reached(address) as (files, path):
        files.makedirs(files._parent(path), exist_ok=True)
        made = f"{path}.{secrets.token_hex(4)}.tmp"
        try:
            with files.open(made, "wb") as file:
                yield file
            rename(files, made, path)
        except BaseException:
            with suppress(Exception):
                files.rm_file(made)
            raise


def write(address: str, content: str) -> None:
    """Write a small file."""
    with written(address) as file:
        file.write(content.encode())


def put(made: Path, address: str) -> None:
    """Copy a file of this computer to an address."""
    with written(address) as file, made.open("rb") as content:
        shutil.copyfileobj(content, file, 1 << 20)


def move(address: str, to: str) -> None:
    """Rename a file within its file system, over another."""
    with reached(to) as (files, path):
        files.makedirs(files._parent(path), exist_ok=True)
        rename(files, files._strip_protocol(address), path)


def rename(files: Any, path: str, to: str) -> None:
    """Rename at once where the file system can; object stores copy, and show whole files alone."""
    if "file" in files.protocol:
        os.replace(path, to)  # noqa: PTH105 - fsspec's paths are text
    else:
        files.mv(path, to)


def remove(address: str) -> None:
    """Remove a file or a folder with all that is in it, if it is there."""
    with reached(address) as (files, path), suppress(FileNotFoundError):
        files.rm(path, recursive=True)
