"""The process that reads a file for another one: it has limits, may die, and can be ended.

It is started by `sentiment.tables.apart` with one line of JSON on standard input, and answers on
standard output: frames of a length in 4 bytes and as much JSON. ``rows`` come in batches, of
which an empty one says that it is still at it; ``layout`` and ``error`` are the last.
"""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sentiment.chunks import chunks
from sentiment.errors import DataError
from sentiment.tables import limits, typed
from sentiment.tables.layout import BOOKS, Layout, Row, Said
from sentiment.tables.reading import rows

if TYPE_CHECKING:
    from sentiment.tables.survey import Survey

CHUNK = 64
"""Rows that are counted together."""

BATCH, BATCH_TEXT, PAUSE = 2_048, 1_000_000, 0.5
"""Rows and characters of a frame, and seconds after which one is sent anyhow."""


def main(order: dict[str, Any]) -> None:
    """Carry out an order; never raises: what went wrong is told."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    path = Path(order["file"])
    try:
        limit(path.stat().st_size if path.is_file() else 0)
        for frame in answers(order, path):
            send(out, frame)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except DataError as error:
        send(out, {"error": error.message, "values": plain(error.values)})
    except MemoryError:
        send(out, {"limit": "memory"})
    out.flush()
    os._exit(0)  # large data needs no tidying up


def limit(size: int) -> None:
    """Take no more memory and disk than a file of `size` bytes may cost, where the system can."""
    with contextlib.suppress(ImportError):  # Windows
        import resource

        for kind, most in (
            (resource.RLIMIT_DATA, limits.memory(size)),
            (resource.RLIMIT_FSIZE, limits.disk(size)),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):  # a lower limit than ours
                resource.setrlimit(kind, (most, most))


def answers(order: dict[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    """The frames of an order."""
    if order["do"] == "rows":
        layout = Layout.restored(order["layout"])
        has_types = layout.kind in BOOKS
        for frame in batches(rows(path, layout, order["start"])):
            yield frame | ({"types": types_of(frame["rows"])} if has_types else {})
        yield {"end": True}
        return
    from sentiment.tables.plan import examine  # a third of the start; who reads rows needs none
    from sentiment.tables.survey import Survey

    if order["do"] == "examine":
        layout = examine(path, order["name"], Said(**order["said"]))
    else:
        layout = Layout.restored(order["layout"])
    if order["seconds"] is not None:
        survey, until = Survey(layout), time.monotonic() + (order["seconds"] or float("inf"))
        whole = True
        for frame in batches(rows(path, layout), survey):
            yield frame
            if time.monotonic() > until:
                whole = False
                break
        layout = survey.result(whole)
    yield {"layout": asdict(layout)}


def batches(found: Iterator[Row], survey: "Survey | None" = None) -> Iterator[dict[str, Any]]:
    """Rows in frames; for a `survey`, which takes them in, only signs of life."""
    batch: list[Row] = []
    count = cells = text = 0
    due = time.monotonic() + PAUSE
    for chunk in chunks(found, CHUNK):
        text += checked(chunk)
        count, cells = count + len(chunk), cells + len(chunk) * len(chunk[0].values)
        if count > limits.MOST_ROWS:
            raise too_many_rows()
        if cells > limits.MOST_CELLS:
            raise too_many_cells()
        if survey is not None:
            for row in chunk:
                survey.add(row)
        else:
            batch += chunk
        if len(batch) >= BATCH or text > BATCH_TEXT or time.monotonic() > due:
            yield framed(batch)
            batch, text, due = [], 0, time.monotonic() + PAUSE
    yield framed(batch)


def types_of(found: list[list[str]]) -> dict[int, dict[int, str]]:
    """The marks of values by row, where there are any."""
    return {index: marks for index, values in enumerate(found) if (marks := typed.marks(values))}


def framed(batch: list[Row]) -> dict[str, Any]:
    """A frame of rows; one without any is a sign of life."""
    problems = {index: row.problem for index, row in enumerate(batch) if row.problem}
    return {"rows": [row.values for row in batch], "problems": problems}


def checked(chunk: list[Row]) -> int:
    """The characters of some rows; raises `DataError` for a row of too many."""
    text = sum(map(len, chain.from_iterable(row.values for row in chunk)))
    if text > limits.LONGEST_ROW and any(
        sum(map(len, row.values)) > limits.LONGEST_ROW for row in chunk
    ):
        raise too_long_row()
    return text


def too_many_rows() -> DataError:
    """A file without end."""
    return DataError(
        "The file has more than {most:,} rows, which is more than are taken. Split it.",
        most=limits.MOST_ROWS,
    )


def too_many_cells() -> DataError:
    """A file that is far too wide for its rows."""
    return DataError(
        "The file has more than {most:,} cells, which is more than are taken. Leave out the "
        "columns that are not needed.",
        most=limits.MOST_CELLS,
    )


def too_long_row() -> DataError:
    """A row that no table has."""
    return DataError(
        "A row of the file has more than {most:,} characters. Check that it is a table, one row a "
        "line.",
        most=limits.LONGEST_ROW,
    )


def send(out: BinaryIO, frame: dict[str, Any]) -> None:
    """Write a frame."""
    content = json.dumps(frame, ensure_ascii=False).encode("utf-8", "replace")
    out.write(len(content).to_bytes(4, "big") + content)
    out.flush()


def plain(values: dict[str, object]) -> dict[str, object]:
    """The values of a message as JSON, without our paths."""
    return {
        name: value
        if isinstance(value, int | float)
        else (value.strerror or type(value).__name__)
        if isinstance(value, OSError)
        else str(value)
        for name, value in values.items()
    }


if __name__ == "__main__":
    main(json.loads(sys.stdin.buffer.readline()))
