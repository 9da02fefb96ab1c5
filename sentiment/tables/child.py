"""The process that reads a file for another one: it has limits, may die, and can be ended.

It is started by `sentiment.tables.apart` with one line of JSON on standard input, and answers on
standard output: frames of a length in 4 bytes and as much JSON. ``rows`` come in batches, ``beat``
says that it is still at it, ``layout`` and ``error`` are the last.
"""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from sentiment.errors import DataError
from sentiment.tables import limits
from sentiment.tables.layout import Layout, Row, Said
from sentiment.tables.plan import examine
from sentiment.tables.reading import rows
from sentiment.tables.survey import Survey

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
        yield from batches(rows(path, Layout.restored(order["layout"]), order["start"]))
        yield {"end": True}
        return
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


def batches(found: Iterator[Row], survey: Survey | None = None) -> Iterator[dict[str, Any]]:
    """Rows in frames; for a `survey`, which takes them in, only signs of life."""
    batch: list[Any] = []
    problems: dict[int, str] = {}
    count = cells = text = 0
    due = time.monotonic() + PAUSE
    for row in found:
        length = sum(map(len, row.values))
        if length > limits.LONGEST_ROW:
            raise too_much("characters in a row", limits.LONGEST_ROW)
        if survey is not None:
            survey.add(row)
        else:
            if row.problem:
                problems[len(batch)] = row.problem
            batch.append(row.values)
        count, cells, text = count + 1, cells + len(row.values), text + length
        if count > limits.MOST_ROWS:
            raise too_much("rows", limits.MOST_ROWS)
        if cells > limits.MOST_CELLS:
            raise too_much("cells", limits.MOST_CELLS)
        if count % BATCH == 0 or text > BATCH_TEXT or time.monotonic() > due:
            yield {"beat": count} if survey is not None else {"rows": batch, "problems": problems}
            batch, problems, text, due = [], {}, 0, time.monotonic() + PAUSE
    if batch:
        yield {"rows": batch, "problems": problems}


def too_much(what: str, most: int) -> DataError:
    """A file beyond a limit."""
    return DataError(
        "The file has more than {most:,} {what}, which is more than is taken. Split it, or leave "
        "out what is not needed.",
        most=most,
        what=what,
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
