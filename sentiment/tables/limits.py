"""How much of a file is taken: what is beyond was made to harm, or is no table."""

MOST_COLUMNS, MOST_NAMES = 500, 20_000
"""Columns, and characters of their names: JSON lines repeat the names in every row."""

WIDE_ROWS = 100
"""Rows of a workbook that may have more than `MOST_COLUMNS` cells: one is soon left by mistake."""

MOST_ROWS, MOST_CELLS = 20_000_000, 1_000_000_000
"""Rows and cells of a file."""

LONGEST_ROW = 2_000_000
"""Characters of all values of a row."""

BASE, MOST_MEMORY, TIMES = 192_000_000, 640_000_000, 32
"""Bytes that reading a file may take: the base and so many times its size, up to the most."""

SILENCE, PER_MEGABYTE = 15.0, 0.5
"""Seconds that reading may go on without a row, and more for each megabyte of the file."""

ROOM, TIMES_DISK = 32_000_000, 20
"""Bytes that may be written while a file is read: as many, or so many times its size."""


def memory(size: int) -> int:
    """Bytes of memory for reading a file of `size` bytes."""
    return min(MOST_MEMORY, BASE + TIMES * size)


def patience(size: int) -> float:
    """Seconds without a row after which reading a file of `size` bytes is given up."""
    return SILENCE + PER_MEGABYTE * size / 1e6


def disk(size: int) -> int:
    """Bytes of disk for reading a file of `size` bytes."""
    return max(ROOM, TIMES_DISK * size)
