"""Lines of text of a file whose encoding nobody told us, packed by gzip or xz or not.

A byte that the encoding has no character for becomes `BROKEN`, so that a line which holds one is
told apart from a line that really holds U+FFFD.
"""

import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from sentiment.errors import DataError

BROKEN = "\udcff"
"""Stands for what can't be decoded; no decoder makes a lone surrogate of its own."""

HALF = re.compile("[\ud800-\udfff]")
"""Lone surrogates: `BROKEN`, and the halves of characters that JSON can hold."""

LONGEST = 1_000_000
"""Characters of a line; a file with a longer one is no table."""

DAMAGED = 0.05
"""Share of characters that can't be decoded from which a file is not text."""

WIDE = 0.01
"""Share of zero bytes that only UTF-16 has: spaces, digits and line breaks have one each."""

CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b"))
"""Bytes that text seldom holds."""

BLOCK = 1 << 20

GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
"""What packed files begin with."""

UNPACKED, LARGEST = 1 << 30, 30
"""Bytes that a file may unpack to: 1 GiB, or so many times its own size if that is more."""

MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # which begins as UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

UNPACKING = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What reading a file can fail with, packed ones included."""


def replaced(error: UnicodeError) -> tuple[str, int]:
    """What stands for a byte that can't be decoded, and where to go on."""
    return BROKEN, cast(UnicodeDecodeError, error).end


codecs.register_error("sentiment.broken", replaced)


def unpacked(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is packed."""
    with path.open("rb") as file:
        start = file.read(len(XZ))
    if start.startswith(GZIP):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return cast(BinaryIO, lzma.open(path, "rb")) if start == XZ else path.open("rb")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Its bytes, unpacked; raises `DataError` where they end early."""
    try:
        with unpacked(path) as stream:
            yield stream
    except UNPACKING as error:
        raise DataError(
            "The file can't be read to its end ({cause}). Check that it is all there, and try "
            "again.",
            cause=error,
        ) from error


def head(path: Path, size: int = BLOCK) -> bytes:
    """The first bytes, unpacked."""
    with opened(path) as stream:
        return stream.read(size)


def encoding_of(path: Path) -> str:
    """The encoding of a text: ``utf-8``, ``utf-8-sig``, ``cp949`` or one of UTF-16.

    A byte order mark decides; then whichever fits the whole file, UTF-8 first; then whichever
    fits best where UTF-8 fails. Raises `DataError` for what is no text.
    """
    start = head(path)
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name
    if start.count(0) > WIDE * len(start):
        return wide(start)
    if sum(map(start.count, CONTROLS)) > WIDE * len(start):
        raise not_text()
    if (place := misfit(path, "utf-8")) is None:
        return "utf-8"
    if misfit(path, "cp949") is None:
        return "cp949"
    with opened(path) as stream:
        stream.seek(max(0, place - BLOCK))
        sample = stream.read(2 * BLOCK)
    return best(sample, ("utf-8", "cp949"))


def chosen(path: Path, said: str) -> str:
    """The encoding that the owner says, by its usual name, else the one that fits.

    Raises `DataError` for one that Python does not know.
    """
    if not said:
        return encoding_of(path)
    try:
        name = codecs.lookup(said).name
        "".encode(name)
    except LookupError as error:
        raise DataError(
            "There is no encoding {encoding}. Use utf-8, cp949, utf-16 or another name that "
            "Python knows.",
            encoding=said,
        ) from error
    marked = MARKS[codecs.BOM_UTF8] if head(path, 3) == codecs.BOM_UTF8 else name
    return {"euc_kr": "cp949"}.get(name, marked if name == "utf-8" else name)


def misfit(path: Path, encoding: str) -> int | None:
    """About where the first bytes are that `encoding` has no characters for; None: nowhere."""
    decoder, most = codecs.getincrementaldecoder(encoding)(), room(path)
    with opened(path) as stream:
        place = 0
        while block := stream.read(BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return place
            place += len(block)
            if place > most:
                raise too_large()
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return place
    return None


def wide(start: bytes) -> str:
    """Which UTF-16 a text without a mark is: the one with more spaces and line breaks."""
    texts = {
        name: start[: len(start) // 2 * 2].decode(name, "replace")
        for name in ("utf-16-le", "utf-16-be")
    }
    common = {name: sum(map(text.count, "\n \t,.")) for name, text in texts.items()}
    name = max(common, key=lambda name: common[name])
    if not common[name] or "\0" in texts[name]:
        raise not_text()
    return best(start, (name,))


def best(sample: bytes, names: tuple[str, ...]) -> str:
    """The encoding with the fewest misfits in `sample`; raises `DataError` for too many."""
    texts = {name: sample.decode(name, "replace") for name in names}
    name = min(texts, key=lambda name: texts[name].count("\ufffd"))
    if texts[name].count("\ufffd") > DAMAGED * len(texts[name]):
        raise not_text()
    return name


def not_text() -> DataError:
    """What to do about a file of another kind."""
    return DataError(
        "The file is neither text nor a table that can be read. Save it as CSV (UTF-8), XLSX, "
        "JSON lines or Parquet."
    )


def room(path: Path) -> int:
    """How many bytes a file may unpack to; a small one that holds terabytes was made to harm."""
    return max(UNPACKED, LARGEST * path.stat().st_size)


def too_large() -> DataError:
    """What to do about a file that unpacks to far more than text does."""
    return DataError(
        "The file unpacks to more than is taken. Unpack it yourself, and choose what is in it."
    )


def lines(path: Path, encoding: str) -> Iterator[str]:
    r"""The lines of a text with their ends: ``\n``, or ``\r`` where there is no ``\n``.

    Raises `DataError` for a line beyond `LONGEST`, or for far more text than files hold.
    """
    end, left = line_end(path, encoding), room(path)
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding, errors="sentiment.broken", newline=end)
        while line := text.readline(LONGEST):
            if len(line) == LONGEST:
                raise DataError(
                    "A line of the file has more than {most:,} characters. Check that it is a "
                    "table, one row a line.",
                    most=LONGEST,
                )
            left -= len(line)
            if left < 0:
                raise too_large()
            yield line


def text_of(path: Path, encoding: str) -> str:
    """All of a text; raises `DataError` for far more than files hold."""
    left, content = room(path), bytearray()
    with opened(path) as stream:
        while block := stream.read(BLOCK):  # a large read makes room for all that it asks for
            content += block
            if len(content) > left:
                raise too_large()
    return content.decode(encoding, "sentiment.broken")


def line_end(path: Path, encoding: str) -> str:
    """What ends a line: old Excel for Mac wrote carriage returns alone."""
    start = head(path).decode(encoding, "replace")
    return "\r" if "\r" in start and "\n" not in start else "\n"
