"""What tells contents apart: sha256, and a fingerprint of weights that is quick to take."""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path


def sha256(file: Path) -> str | None:
    """The sha256 of a file's content in hexadecimal; None where it can't be read."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def fingerprint(files: Iterable[Path]) -> str:
    """A digest that changes with the content of some files; that of a single one is its sha256.

    Of what ``torch.save`` wrote only the zip's own list of parts is read, which holds a checksum
    of each: a checkpoint of 1.3 GB would take a second at every start.
    """
    sums = [checksums(file) or sha256(file) or "-" for file in files]
    return sums[0] if len(sums) == 1 else hashlib.sha256(" ".join(sums).encode()).hexdigest()


def checksums(file: Path) -> str | None:
    """A digest of the checksums in a zip; None where it is none, or has them left out."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = [(part.filename, part.file_size, part.CRC) for part in archive.infolist()]
    except Exception:  # a broken list of parts fails in any way
        return None
    if any(size and not crc for _, size, crc in parts):
        return None
    return hashlib.sha256(repr(parts).encode()).hexdigest()
