"""Files read in a process of their own, with limits on memory, time, rows, columns and cells.

No reader of tables is safe alone: a few kilobytes can take gigabytes, minutes, or the process with
them. What is read here can only end with a `DataError` that names the limit that was met.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sentiment.errors import DataError
from sentiment.tables import limits, typed
from sentiment.tables.layout import Layout, Row, Said

START = (
    "import json,sys;order=json.loads(sys.stdin.buffer.readline());sys.path[:]=order['path'];"
    "from sentiment.tables.child import main;main(order)"
)

MOST_FRAME = 1 << 28
"""Bytes of a frame."""


def examine(path: Path, name: str = "", said: Said = Said(), seconds: float | None = 0) -> Layout:
    """How a file is read, with its rows counted and its labels understood or not.

    `name` is what its owner calls it. `seconds`: when to stop looking at rows; 0: never, None: do
    not begin. Raises `DataError` for what can't be read.
    """
    order = {"do": "examine", "name": name, "said": asdict(said), "seconds": seconds}
    return answered(path, order)


def surveyed(path: Path, layout: Layout) -> Layout:
    """The layout with its rows counted and its labels understood or not; raises `DataError`."""
    return answered(path, {"do": "survey", "layout": asdict(layout), "seconds": 0})


def answered(path: Path, order: dict[str, Any]) -> Layout:
    """The layout that an order results in."""
    with reader(path, order) as frames:
        for frame in frames:
            if "layout" in frame:
                return Layout.restored(frame["layout"])
    raise died(0)


def rows(path: Path, layout: Layout, start: int = 0) -> Iterator[Row]:
    """The rows after the first `start`; raises `DataError` where the file turns out damaged."""
    number = start
    lean = replace(layout, preview=[], doubts=[], meanings=None)
    with reader(path, {"do": "rows", "layout": asdict(lean), "start": start}) as frames:
        for frame in frames:
            problems = frame.get("problems", {})
            for index, marks in frame.get("types", {}).items():
                typed.restored(frame["rows"][int(index)], marks)
            for index, values in enumerate(frame.get("rows", ())):
                number += 1
                yield Row(number, values, problems.get(str(index)) if problems else None)
            if "end" in frame:
                return
    raise died(0)


@contextmanager
def reader(path: Path, order: dict[str, Any]) -> Iterator[Iterator[dict[str, Any]]]:
    """What a process answers to an order; it is ended with the block."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-I", "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin  # noqa: S101 - a pipe
    try:
        order |= {"file": str(path.resolve()), "path": [str(Path(__file__).parents[2]), *sys.path]}
        with suppress(BrokenPipeError), process.stdin as stream:  # it may be dead already
            stream.write(json.dumps(order).encode() + b"\n")
        size = path.stat().st_size if path.is_file() else 0
        yield frames_of(process, size)
    finally:
        process.kill()
        assert process.stdout  # noqa: S101 - a pipe
        process.stdout.close()
        process.wait()


def frames_of(process: "subprocess.Popen[bytes]", size: int) -> Iterator[dict[str, Any]]:
    """The frames as they come; raises `DataError` for the limit that was met, and what was told."""
    patience = limits.patience(size)
    while True:
        late = threading.Event()

        def give_up(late: threading.Event = late) -> None:
            late.set()
            process.kill()

        timer = threading.Timer(patience, give_up)
        timer.daemon = True
        timer.start()
        try:
            frame = received(process)
        finally:
            timer.cancel()
        if late.is_set():
            raise too_slow(patience)
        if frame is None:
            raise died(process.wait(), limits.memory(size))
        if "error" in frame:
            message = frame["error"]
            raise DataError(message, **frame["values"])
        if "limit" in frame:
            raise too_large(limits.memory(size))
        yield frame


def received(process: "subprocess.Popen[bytes]") -> dict[str, Any] | None:
    """The next frame; None where there is no whole one."""
    assert process.stdout  # noqa: S101 - a pipe
    length = int.from_bytes(process.stdout.read(4), "big")
    if not 0 < length <= MOST_FRAME:
        return None
    content = process.stdout.read(length)
    return json.loads(content) if len(content) == length else None


def too_large(most: int) -> DataError:
    """A file that takes too much memory."""
    return DataError(
        "Reading the file takes more than {most} MB of memory, so it was stopped. Save it as CSV, "
        "or split it.",
        most=most // 10**6,
    )


def too_slow(seconds: float) -> DataError:
    """A file that takes too long."""
    return DataError(
        "Reading the file took {seconds} seconds without a row, so it was stopped. Save it as CSV, "
        "or split it.",
        seconds=round(seconds),
    )


def died(code: int, most: int = limits.MOST_MEMORY) -> DataError:
    """A process that ended without a word: nearly always it asked for memory that it did not get.

    -6 is SIGABRT, by which libraries that are not written in Python say so.
    """
    if code == -6:
        return too_large(most)
    return DataError(
        "The file can't be read: what reads it ended by itself (code {code}). Open it where it was "
        "made, and save it as CSV.",
        code=code,
    )
