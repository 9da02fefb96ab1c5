"""Which of very many texts hold another, without a look at each of them on its own.

A scan of a column, a block at a time: a million reviews take less than a tenth of a second,
however many of them hold it. An index of three letters at a time, as SQLite's trigram, finds no
Korean word of two.
"""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

Units = npt.NDArray[np.uint16]
"""Texts one after the other, each with a 0 behind it, so that each Hangul letter is one unit."""

UNITS = ("utf-16-le", "surrogatepass")
"""How a text is encoded to units, one with half a letter too."""

Letter = tuple[int, set[int]]
"""Where a unit of what is looked for stands, and what it may be there."""

BLOCK = 1 << 18
"""Units that are compared at a time: few enough to stay in the processor's cache."""

FEW = 800
"""A look at one place alone is as dear as to go through so many units for one more letter."""


def encoded(text: str) -> bytes:
    """A text in units of two bytes."""
    return text.encode(*UNITS)


def holding(text: str, units: Units, ends: npt.NDArray[np.int64]) -> Mask:
    """Which of the texts hold `text`, in whatever case its letters are; `ends` are theirs."""
    letters = list(enumerate(spellings for letter in text for spellings in spelled(letter)))
    letters.sort(key=lambda letter: int(np.count_nonzero(one_of(units[:BLOCK], letter[1]))))
    found = np.zeros(len(ends), np.bool_)
    first = start = 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, start + BLOCK, side="right")))
        end = int(ends[last - 1])
        found[first:last] = within(letters, units[start:end], ends[first:last] - start)
        first, start = last, end
    return found


def spelled(letter: str) -> list[set[int]]:
    """The units of a letter, with that of its other case where each is a single one."""
    own, other = (encoded(each) for each in (letter, letter.swapcase()))
    if len(own) == len(other) == 2:
        return [{int.from_bytes(own, "little"), int.from_bytes(other, "little")}]
    return [{unit} for unit in np.frombuffer(own, "<u2").tolist()]


def within(letters: Sequence[Letter], units: Units, ends: npt.NDArray[np.int64]) -> Mask:
    """Which texts of a block hold `letters`, the rarest of which come first."""
    found = np.zeros(len(units), np.bool_)
    begins = found[: max(0, len(units) + 1 - len(letters))]
    begins[:] = True
    for done, (index, letter) in enumerate(letters, 1):
        begins &= one_of(units[index : index + len(begins)], letter)
        if not begins.any():
            return np.zeros(len(ends), np.bool_)
        rest = letters[done:]
        if np.count_nonzero(begins) * FEW < len(begins) * len(rest):
            narrow(begins, rest, units)
            break
    starts = np.append(0, ends[:-1])
    # Of bytes this takes half as long as of booleans.
    return np.bitwise_or.reduceat(found.view(np.uint8), starts).view(np.bool_)


def narrow(begins: Mask, letters: Sequence[Letter], units: Units) -> None:
    """Leave only those of few beginnings that are followed by `letters` too."""
    places = np.flatnonzero(begins)
    begins[places] = False
    for index, letter in letters:
        places = places[one_of(units[index:].take(places), letter)]
    begins[places] = True


def one_of(units: Units, letters: Collection[int]) -> Mask:
    """Where each unit is one of `letters`."""
    first, *others = letters
    found: Mask = units == first
    for letter in others:
        found |= units == letter
    return found
