"""Long inputs a handful at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in order, in lists of `size`, the last one shorter; Python 3.12 has `batched`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
