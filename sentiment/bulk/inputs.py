"""Which files of a command are judged, how each is read, and where its result goes."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

from sentiment.errors import DataError
from sentiment.tables.apart import examine
from sentiment.tables.layout import PACKED, SUFFIXES, Layout, Said, suffix
from sentiment.tables.reading import about
from sentiment.tables.telling import asked
from sentiment.tables.writing import FORMATS

HIDDEN = (".", "~$")

STREAM = Path("-")
"""Standard input, or output."""


@dataclass(frozen=True)
class Wanted(Said):
    """What the options say of every file; None and empty names leave it to the file.

    `kind` is the format of the result.
    """

    kind: str | None = None

    @property
    def said(self) -> Said:
        """What is said of how a file is read."""
        return Said(**{each.name: getattr(self, each.name) for each in fields(Said)})


@dataclass(frozen=True)
class Input:
    """A file to answer.

    `name`: what people call it. `text` and `label`: columns of its layout. `target`: the result,
    of the format `kind`.
    """

    name: str
    path: Path
    target: Path
    kind: str
    layout: Layout
    text: str
    label: str | None

    def identity(self) -> list[object]:
        """What tells this input from others and from a changed one, as JSON."""
        found = self.path.stat()
        how = asdict(replace(self.layout, preview=[], doubts=[], reason={}))
        return [str(self.path.resolve()), found.st_size, found.st_mtime_ns, how]


def planned(inputs: list[Path], output: Path, wanted: Wanted, spool: Path) -> list[Input]:
    """The files in order; raises `DataError` for whatever can't be read or written.

    A single file has its result in `output`; several, a folder or an `output` that is a folder,
    in `output` under the name of the input. Standard input is kept in the folder `spool`.
    """
    sources = [source for path in inputs for source in sources_of(path, spool)]
    many = len(sources) > 1 or output.is_dir() or any(path.is_dir() for path in inputs)
    if many and output == STREAM:
        raise DataError("Standard output takes one result. Name a folder with -o instead.")
    found = [made_of(source, output, many, wanted) for source in sources]
    for earlier, later in pairwise(sorted(found, key=lambda file: file.target)):
        if earlier.target == later.target:
            raise DataError(
                "{one} and {other} would both be written to {target}. Judge them one after the "
                "other, into two folders.",
                one=earlier.name,
                other=later.name,
                target=later.target,
            )
    return found


def sources_of(path: Path, spool: Path) -> list[Path]:
    """The files that a path stands for: itself, or those in a folder whose kind is known.

    Hidden files are left out, and the ``~$`` ones that Excel keeps beside an open workbook.
    """
    if path == STREAM:
        return [spooled(spool)]
    if not path.exists():
        raise DataError("{path} does not exist. Check its name.", path=path)
    if not path.is_dir():
        return [path]
    found = sorted(
        file
        for file in path.iterdir()
        if suffix(file.name) in SUFFIXES and file.is_file() and not file.name.startswith(HIDDEN)
    )
    if not found:
        raise DataError(
            "The folder {path} holds no file whose name ends in one of {suffixes}. Name its files.",
            path=path,
            suffixes=", ".join(SUFFIXES),
        )
    return found


def spooled(folder: Path) -> Path:
    """Standard input as a file: it is read more than once."""
    path = folder / "stdin"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path


def plans(inputs: list[Path], said: Said, spool: Path) -> Iterator[tuple[str, Layout]]:
    """The name of every file and how it is read; raises `DataError` where that is not clear."""
    for path in (source for each in inputs for source in sources_of(each, spool)):
        with about(path.name):
            layout = examine(path, said=said)
            if not layout.sure:
                raise asked(layout)
        yield path.name, layout


def made_of(path: Path, output: Path, many: bool, wanted: Wanted) -> Input:
    """How one file is answered."""
    with about(path.name):
        layout = examine(path, said=wanted.said)
        if not layout.sure:
            raise asked(layout)
    kind = wanted.kind or format_of(output, many, layout)
    target = output / f"{stem(path)}.{kind}" if many else output
    if target.resolve() == path.resolve():
        raise DataError(
            "{path} would be replaced by its own result. Name another place with -o.", path=path
        )
    return Input(path.name, path, target, kind, layout, layout.text, layout.label)


def stem(path: Path) -> str:
    """The name without its ends: ``reviews`` of ``reviews.tsv.xz``."""
    packed = path.suffix.casefold() in PACKED
    return Path(path.stem).stem if packed else path.stem


def format_of(output: Path, many: bool, layout: Layout) -> str:
    """The format of a result whose format nobody asked for."""
    if many:
        return layout.kind if layout.kind in FORMATS else "csv"
    if output == STREAM:
        return "jsonl"
    if (end := output.suffix.casefold().removeprefix(".")) in FORMATS:
        return end
    raise DataError(
        "The name {output} does not say the format. End it in one of {formats}, or add --format.",
        output=output,
        formats=", ".join(f".{name}" for name in FORMATS),
    )
