"""What runs a model; all backends keep to `sentiment.model.inference.Backend`."""

import os
from collections.abc import Iterator, Sequence

_threads = 0


def limit(threads: int) -> None:
    """Have the models of this process take so many cores, before they are loaded; 0: all."""
    global _threads  # noqa: PLW0603 - cores belong to the process, not to a model
    _threads = threads


def limited() -> int:
    """The cores that `limit` has set; 0: all."""
    return _threads


def cores() -> int:
    """How many cores the models of this process may use."""
    if _threads:
        return _threads
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        count = os.process_cpu_count()
    elif hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count()
    return count or 1


def alike(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Indices of equal lengths, at most `tokens` together; every index comes once."""
    for group in batches(lengths, tokens):
        for length in sorted({lengths[index] for index in group}):
            yield [index for index in group if lengths[index] == length]


def batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Indices of like lengths, grouped so that rows x longest is at most `tokens`.

    A sentence longer than `tokens` stands alone. Every index comes once, longest first.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    start = 0
    while start < len(order):
        rows = max(1, tokens // max(1, lengths[order[start]]))
        yield order[start : start + rows]
        start += rows
