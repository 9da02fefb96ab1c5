"""Cells that hold a list, as pandas and crawlers write them: ``['좋아요', '또 올게요']``."""

import ast

LONGEST = 100_000
"""Characters of a list that is looked into."""


def text_of(value: str) -> str:
    """The text of a cell: of a list of texts those texts, of anything else the value itself."""
    bare = value.strip()
    if not (bare.startswith(("['", '["')) and bare.endswith(("']", '"]')) and len(bare) < LONGEST):
        return value
    try:
        found = ast.literal_eval(bare)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    if isinstance(found, list) and all(isinstance(each, str) for each in found):
        return " ".join(found)
    return value
