"""What runs a model; all backends keep to `sentiment.model.inference.Backend`."""

from collections.abc import Iterator, Sequence


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
