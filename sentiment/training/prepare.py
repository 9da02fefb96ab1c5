"""Splits of the raw reviews of the NSMC repository: a movie belongs to one of them alone.

A model that is measured on movies it was trained on has read their names, and looks better than
it is.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha1
from pathlib import Path

from sentiment.errors import DataError

HEADER = "id\tdocument\trating\tmovie_id\n"

SPLITS = ("train", "dev", "held-out")
"""Names of the files, before ``.tsv.xz``."""

FIELDS = ("review_id", "review", "rating", "movie_id")
"""What of a raw review is kept; in the order of the columns."""


def raw_files(folder: Path) -> list[Path]:
    """The JSON files of a folder, in the order of the movies' names; raises `DataError`."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stem)
    if not files:
        raise DataError(
            "{path} has no JSON files. Name the folder raw/ of https://github.com/e9t/nsmc.",
            path=folder,
        )
    return files


def split_of(movie: str) -> str:
    """The split that a movie belongs to; it is the same on every machine and for ever."""
    place = int(sha1(movie.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    return "held-out" if place < 6 else "dev" if place < 9 else "train"


def prepare(files: Iterable[Path], out: Path) -> Counter[str]:
    """Write the splits of raw files into a folder; how many reviews each split has.

    Files appear under their names once all of them are whole. Raises `DataError`.
    """
    counts = Counter(dict.fromkeys(SPLITS, 0))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            splits = {
                split: stack.enter_context(
                    lzma.open(part(out, split), "wt", encoding="utf-8", newline="\n")
                )
                for split in SPLITS
            }
            for split in SPLITS:
                splits[split].write(HEADER)
            for file in files:
                for movie, line in lines_of(file):
                    splits[split_of(movie)].write(line)
                    counts[split_of(movie)] += 1
        for split in SPLITS:
            part(out, split).replace(out / f"{split}.tsv.xz")
    except OSError as error:
        raise DataError(
            "The splits can't be written to {path} ({cause}). Name another folder.",
            path=out,
            cause=error.strerror or error,
        ) from error
    finally:
        for split in SPLITS:
            part(out, split).unlink(missing_ok=True)
    return counts


def part(out: Path, split: str) -> Path:
    """Where a split is written before it is whole."""
    return out / f"{split}.part"


def lines_of(file: Path) -> Iterator[tuple[str, str]]:
    """The movie and the line of each review of a raw file; raises `DataError`.

    White space becomes single spaces, so that a review is a line; what is blank then, and a review
    that the file has twice, is left out.
    """
    seen: set[str] = set()
    for number, review in enumerate(parsed(file), start=1):
        fields = [review.get(name) if isinstance(review, dict) else None for name in FIELDS]
        values = [" ".join(str(value).split()) for value in fields]
        if None in fields or not values[2].isdecimal() or not 1 <= int(values[2]) <= 10:
            raise DataError(
                "{path}: entry {number} is no review with {fields} and a rating of 1 to 10. Get "
                "the file again from https://github.com/e9t/nsmc, or take it out of the folder.",
                path=file,
                number=number,
                fields=", ".join(FIELDS),
            )
        if values[1] and values[0] not in seen:
            seen.add(values[0])
            yield values[3], "\t".join(values) + "\n"


def parsed(file: Path) -> list[object]:
    """The list that a raw file holds; raises `DataError`."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:  # broken JSON and broken UTF-8 are both ValueErrors
        raise broken(file, error) from error
    if not isinstance(content, list):
        raise broken(file, f"it holds a {type(content).__name__}")
    return content


def broken(file: Path, cause: object) -> DataError:
    """What to do about a file that is no list of reviews."""
    return DataError(
        "{path} is not a JSON list of reviews ({cause}). Get the file again from "
        "https://github.com/e9t/nsmc, or take it out of the folder.",
        path=file,
        cause=cause,
    )
