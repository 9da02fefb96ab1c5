"""Which of very many texts hold another, without a look at each of them on its own.

A scan of a column, a block at a time: a million reviews take a tenth of a second. An index of
three letters at a time, as SQLite's trigram, finds no Korean word of two.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]

Units = npt.NDArray[np.uint16]
"""Texts one after the other, each with a 0 behind it, so that each Hangul letter is one unit."""

UNITS = ("utf-16-le", "surrogatepass")
"""How a text is encoded to units, one with half a letter too."""

BLOCK = 1 << 19
"""Units that are compared at a time: few enough to stay in the processor's cache."""


def encoded(text: str) -> bytes:
    """A text in units of two bytes."""
    return text.encode(*UNITS)


def holding(text: str, units: Units, ends: npt.NDArray[np.int64]) -> Mask:
    """Which of the texts hold `text`, in whatever case its letters are; `ends` are theirs."""
    letters = [spellings for letter in text for spellings in spelled(letter)]
    found = np.zeros(len(ends), np.bool_)
    for places in occurrences(letters, units):
        first, last = np.searchsorted(ends, places[[0, -1]], side="right")
        found[first + np.searchsorted(ends[first : last + 1], places, side="right")] = True
    return found


def spelled(letter: str) -> list[set[int]]:
    """The units of a letter, with that of its other case where each is a single one."""
    own, other = (encoded(each) for each in (letter, letter.swapcase()))
    if len(own) == len(other) == 2:
        return [{int.from_bytes(own, "little"), int.from_bytes(other, "little")}]
    return [{unit} for unit in np.frombuffer(own, "<u2").tolist()]


def occurrences(
    letters: Sequence[Collection[int]], units: Units
) -> Iterator[npt.NDArray[np.int64]]:
    """Where a text begins, block by block; `letters` are what each of its units may be."""
    last = len(units) - len(letters) + 1
    for start in range(0, last, BLOCK):
        end = min(start + BLOCK, last)
        # The second letter is looked at in the same stroke: two are far rarer than one.
        found = one_of(units[start:end], letters[0])
        for index, letter in enumerate(letters[1:2], 1):
            found &= one_of(units[start + index : end + index], letter)
        places = where(found) + start
        for index, letter in enumerate(letters[2:], 2):
            places = places[one_of(units[places + index], letter)]
        if len(places):
            yield places


def one_of(units: Units, letters: Collection[int]) -> Mask:
    """Where each unit is one of `letters`."""
    first, *others = letters
    found: Mask = units == first
    for letter in others:
        found |= units == letter
    return found


def where(found: Mask) -> npt.NDArray[np.int64]:
    """`numpy.flatnonzero` of what is rarely true: eight at a time, twice as fast."""
    whole = len(found) - len(found) % 8
    eights = np.flatnonzero(found[:whole].view(np.uint64))
    inside = np.flatnonzero(found[:whole].reshape(-1, 8)[eights])
    rest = np.flatnonzero(found[whole:]) + whole
    return np.concatenate((eights[inside // 8] * 8 + inside % 8, rest))
