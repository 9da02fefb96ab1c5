"""Which labels the values of a column say: those of a model, or labels of the column's own."""

import re
from collections.abc import Mapping

from sentiment.labels import Labels, canonical, labels_of
from sentiment.tables.layout import Layout, missing
from sentiment.tables.scales import NEGATIVE, NEITHER, NEUTRAL, POSITIVE, is_known

LONGEST_NAME = 40
"""Characters of a value that can be a label."""

MOST_LABELS = 100
"""Different labels that a column may have of its own."""

SIDES = (NEGATIVE, NEUTRAL, POSITIVE)
"""What a value means where it is no name of a model's label; anything else is no label."""


def matched(
    counts: Mapping[str, int], layout: Layout, labels: Labels
) -> dict[str, str | None] | None:
    """For each value the label of a model that it says, a label that the model lacks, or None.

    `counts`: how often each value stands in the label column of `layout`. Most values are the
    model's own names, or all go by what the layout understood. None where neither is so.
    """
    names = spellings(labels)
    own = {value: names.get(plain(value)) for value in counts}
    said = sum(count for value, count in counts.items() if not missing(value))
    told = sum(count for value, count in counts.items() if own[value])
    if layout.given or not told or 2 * told < said:
        if layout.meanings is None:
            return None
        own = {}
    return {value: own.get(value) or by_meaning(value, layout, labels) for value in counts}


def by_meaning(value: str, layout: Layout, labels: Labels) -> str | None:
    """The label that a value means, by its own name where a model lacks it; None for none."""
    meaning = (layout.meanings or {}).get(value, NEITHER)
    if meaning == NEITHER:
        junk = layout.given or missing(value) or is_known(value) or not is_name(value)
        return None if junk else value.strip()
    if meaning not in SIDES:
        return spellings(labels).get(plain(meaning)) or meaning
    for label in labels:
        if canonical(label.name) == meaning:
            return label.name
    place = {POSITIVE: labels.positive, NEGATIVE: labels.negative}.get(meaning)
    if place is not None:
        return labels[place].name
    return None if labels.is_pair else meaning


def spellings(labels: Labels) -> dict[str, str]:
    """The names of labels by what a file may call them: other spellings, and stars by number."""
    found = {}
    numbers = [re.fullmatch(r"\D*(\d+)\D*", label.name) for label in labels]
    for label, number in zip(labels, numbers, strict=True):
        for spelling in (label.name, label.korean, label.english):
            found[plain(spelling)] = label.name
        if label.leaning is not None and number and all(numbers):
            found[number[1]] = label.name
    return found


def plain(value: str) -> str:
    """A value as it is compared: ``pos`` is ``positive``, ``5.0`` is ``5``."""
    word = value.strip()
    whole = re.fullmatch(r"(\d+)\.0+", word)
    return whole[1] if whole else canonical(word) or word.casefold()


def is_name(value: str) -> bool:
    """Whether a value could be a label: a word, not a number or a whole text."""
    return bool(re.search(r"[^\W\d]", value)) and len(value.strip()) <= LONGEST_NAME


def labels_in(counts: Mapping[str, int], layout: Layout) -> Labels | None:
    """The labels that a column has of its own, from negative to positive; None for none.

    What is understood is the pair, with a middle where a word says so; what the owner said is
    taken as it is. Other words are labels of their own, where they are few.
    """
    filled = [value for value in counts if not missing(value)]
    if layout.meanings is not None:
        known = {value: layout.meanings.get(value, NEITHER) for value in filled}
        found = {meaning for meaning in known.values() if meaning != NEITHER}
        if not layout.given:
            words = {meaning for value, meaning in known.items() if is_name(value)}
            found = {NEGATIVE, POSITIVE} | (words & {NEUTRAL})
        return rising(found) if found else None
    names = {plain(value): value.strip() for value in filled}
    if not 0 < len(names) <= MOST_LABELS or not all(map(is_name, filled)):
        return None
    return rising(set(names.values()))


def rising(names: set[str]) -> Labels:
    """Labels of those names from negative to positive, others by the alphabet."""
    found = labels_of(sorted(names))
    return labels_of([found[index].name for index in found.rising])
