"""Some rows of a judged file in any order, by way of a file beside it: memory stays flat."""

import json
from array import array
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from sentiment.storage.rows import Numbers
from sentiment.tables import typed
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import Row

Pair = tuple[Row, RowAnswer]


def picked(found: Iterator[Pair], numbers: Numbers, folder: Path) -> Iterator[Pair]:
    """Of all rows, `found` in file order, those of these numbers, each once, in their order."""
    ascending = np.sort(numbers)
    wanted = np.zeros(ascending[-1] if len(ascending) else 0, np.bool_)
    wanted[ascending - 1] = True
    among = compress(found, wanted)
    if np.array_equal(ascending, numbers):
        return among
    return ordered(among, np.searchsorted(ascending, numbers), folder)


def ordered(found: Iterator[Pair], places: Numbers, folder: Path) -> Iterator[Pair]:
    """What is `found`, by its `places`, which count from 0; needs as much room in `folder`."""
    with TemporaryFile(dir=folder) as file:
        starts = array("q", [0])
        for pair in found:
            starts.append(starts[-1] + file.write(packed(pair)))
        for place in places:
            file.seek(starts[place])
            yield unpacked(file.read(starts[place + 1] - starts[place]))


def packed(pair: Pair) -> bytes:
    """A row and its answer as they lie in the file."""
    row, answer = pair
    fields = row.number, row.values, row.problem, typed.marks(row.values)
    found = *fields, answer.probabilities, answer.problem, answer.notices
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(content: bytes) -> Pair:
    """The row and its answer, with the types of its values."""
    number, values, problem, marks, found, cause, notices = json.loads(
        content.decode("utf-8", "surrogatepass")
    )
    typed.restored(values, marks)
    answer = RowAnswer(None if found is None else tuple(found), cause, tuple(notices))
    return Row(number, values, problem), answer
