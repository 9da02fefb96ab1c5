"""What teachers say of every training text, kept in files that grow while they are made."""

import logging
import time
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.training.recipes.judging import Judge

log = logging.getLogger(__name__)

PART = 20_000
"""Texts between two savings: about a minute."""


def write_array(file: Path, values: np.ndarray) -> None:
    """Write an array; the file is whole or not there."""
    with file.with_suffix(".new").open("wb") as out:
        np.save(out, values)
    file.with_suffix(".new").replace(file)


def opinions(
    judge: Judge, texts: list[str], file: Path, rows: np.ndarray | None = None
) -> np.ndarray:
    """Logits of `judge` for `texts`, (N,), nan where not asked for; what `file` has is kept.

    `rows` are those that are wanted, in the order of their worth; all without it.
    """
    known = np.load(file) if file.exists() else np.full(len(texts), np.nan, np.float32)
    if len(known) != len(texts):
        raise DataError(
            "{file} is about {known} texts, and there are {texts} now."
            " Delete it, so that it is made anew.",
            file=file, known=len(known), texts=len(texts),
        )  # fmt: skip
    wanted = np.arange(len(texts)) if rows is None else rows
    missing = wanted[np.isnan(known[wanted])]
    begun = time.monotonic()
    for start in range(0, len(missing), PART):
        part = missing[start : start + PART]
        known[part] = judge([texts[row] for row in part])
        write_array(file, known)
        speed = (start + len(part)) / (time.monotonic() - begun)
        log.info(f"{file.stem} {start + len(part)}/{len(missing)} {speed:.0f} texts/s")
    opinion: np.ndarray = known
    return opinion
