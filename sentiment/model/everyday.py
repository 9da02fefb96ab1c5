"""Everyday Korean sentences of our own, on which models and tokenizers are tried."""

from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "export" / "sentences.txt"


@cache
def everyday() -> tuple[str, ...]:
    """All of them, in order."""
    return tuple(FILE.read_text("utf-8").splitlines())
