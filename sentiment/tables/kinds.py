"""What a file is by its first bytes, and refusals by name of what is no table."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sentiment.errors import DataError
from sentiment.i18n import marked
from sentiment.tables.encodings import BLOCK, UNPACKING
from sentiment.tables.layout import SUFFIXES, Kind, suffix

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

SAVE = marked("The file is {what}, not a table. Save its table as CSV or XLSX, and try again.")

OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"{\\rtf", "RTF"),
    (b"HWP Document File", "HWP"),
    (b"SQLite format 3", "SQLite"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\x93NUMPY", "NumPy"),
    (b"\x80\x02", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"\x80\x04\x95", "pickle"),
    (b"\x80\x05\x95", "pickle"),
    (b"ARROW1", "Arrow, Feather"),
    (b"Obj\x01", "Avro"),
    (b"$FL2@(#)", "SPSS"),
    (b"<stata_dta>", "Stata"),
    (b"BZh91AY&SY", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"PK\x05\x06", "ZIP"),
    (b"MIME-Version:", "MHTML"),
)
"""What files of other kinds begin with."""

PARTS: dict[str, Kind] = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb"}
DOCUMENTS = {
    "word/document.xml": "DOCX",
    "ppt/presentation.xml": "PPTX",
    "Contents/content.hpf": "HWPX",
    "Index/Document.iwa": "Numbers",
}
ENTRIES = {"EncryptedPackage": "", "WordDocument": "DOC", "HwpSummaryInformation": "HWP"}

LFS = b"version https://git-lfs.github.com/spec/"

UNZIPPED = 32_000_000
"""Bytes that a table in a ZIP may have, or twenty times the archive if that is more."""


def refused(what: str) -> DataError:
    """A file of another kind, called by its name."""
    return DataError(
        "The file is {what}, not a table. Save its table as CSV or XLSX, and try again.", what=what
    )


def refuse(start: bytes) -> None:
    """Raise `DataError` for what begins like another kind of file."""
    for mark, name in OTHERS:
        if start.startswith(mark) and (name != "BMP" or b"\0\0\0\0" in start[:14]):
            raise refused(name)
    if start[8:12] in (b"WEBP", b"WAVE") or start[4:8] == b"ftyp":
        raise refused("WEBP" if start[8:12] == b"WEBP" else "HEIC, MP4")
    if start.startswith(LFS):
        raise DataError(
            "The file is a pointer of Git LFS; the table itself was not downloaded. Run: git lfs "
            "pull"
        )


def book_kind(path: Path, start: bytes) -> Kind | None:
    """The kind of a workbook; None for what is none. Raises `DataError` for other documents."""
    if start.startswith(OLE):
        return ole_kind(path)
    if not start.startswith(ZIP):
        return None
    names = set(zip_names(path))
    for part, kind in PARTS.items():
        if part in names:
            return kind
    for part, what in DOCUMENTS.items():
        if part in names:
            raise refused(what)
    return "ods" if {"content.xml", "mimetype"} <= names else None


def ole_kind(path: Path) -> Kind:
    """``xls``; raises `DataError` for what else Office kept in such files."""
    with path.open("rb") as file:
        content = file.read(64 * BLOCK)
    for entry, what in ENTRIES.items():
        if entry.encode("utf-16-le") in content:
            if what:
                raise refused(what)
            raise DataError(
                "The workbook has a password. Save it without one, or as CSV, and try again."
            )
    return "xls"


def zip_names(path: Path) -> list[str]:
    """What an archive holds; raises `DataError` for a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, *UNPACKING) as error:
        raise DataError(
            "The ZIP can't be read ({cause}). Unpack it yourself, and choose the table in it.",
            cause=error,
        ) from error


def is_litter(part: str) -> bool:
    """Whether a part of a path was left by a program: ``__MACOSX``, ``.DS_Store``, ``~$a.xlsx``."""
    return part == "__MACOSX" or part.startswith((".", "~$"))


@contextmanager
def unzipped(path: Path) -> Iterator[tuple[Path, str]]:
    """A file and its name; of a ZIP with one table in it that table, for as long as the block."""
    with path.open("rb") as file:
        start = file.read(len(OLE))
    if not start.startswith(ZIP) or book_kind(path, start):
        yield path, ""
        return
    names = [name for name in zip_names(path) if suffix(name) in SUFFIXES]
    tables = [name for name in names if not any(map(is_litter, name.split("/")))]
    if len(tables) != 1:
        raise DataError(
            "The ZIP holds {count} tables ({names}), and one is taken. Unpack it, and choose one.",
            count=len(tables),
            names=", ".join(tables[:8]) or "-",
        )
    with TemporaryDirectory() as folder:
        made = Path(folder) / "table"
        unpack(path, tables[0], made)
        yield made, tables[0]


def unpack(path: Path, name: str, made: Path) -> None:
    """Write one file of an archive; raises `DataError` for a damaged one, or far too large."""
    left = max(UNZIPPED, 20 * path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as source, made.open("wb") as to:
            while block := source.read(BLOCK):
                left -= len(block)
                if left < 0:
                    break
                to.write(block)
    except (zipfile.BadZipFile, RuntimeError, ValueError, *UNPACKING) as error:
        raise DataError(
            "The ZIP can't be read ({cause}). Unpack it yourself, and choose the table in it.",
            cause=error,
        ) from error
    if left < 0:
        raise DataError(
            "The file unpacks to more than is taken. Unpack it yourself, and choose what is in it."
        )
