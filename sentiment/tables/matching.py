"""Which labels the values of a column say: those of a model, or labels of the column's own."""

import re
from collections.abc import Mapping

from sentiment.labels import Labels, canonical, labels_of

LONGEST_NAME = 40
"""Characters of a value that can be a label."""

MOST_LABELS = 100
"""Different labels that a column may have of its own."""

SIDES = ("negative", "neutral", "positive")
"""What a value means where it is no name of a model's label; anything else is no label."""


def matched(
    counts: Mapping[str, int], meanings: Mapping[str, str], labels: Labels
) -> dict[str, str | None]:
    """For each value the label of a model that it says, a label that the model lacks, or None.

    `counts`: how often each value stands in the column. Most values are the model's own names, or
    all go by `meanings`: positive and negative words and numbers, as far as they are understood.
    """
    names = spellings(labels)
    own = {value: names.get(plain(value)) for value in counts}
    said = sum(count for value, count in counts.items() if value.strip())
    if 2 * sum(count for value, count in counts.items() if own[value]) < said:
        own = {}
    return {value: own.get(value) or by_meaning(value, meanings, labels) for value in counts}


def by_meaning(value: str, meanings: Mapping[str, str], labels: Labels) -> str | None:
    """The label that a value means, by its own name where a model lacks it; None for none."""
    meaning = meanings.get(value)
    if meaning not in SIDES:
        return None if meaning or not is_name(value) else value.strip()
    for label in labels:
        if canonical(label.name) == meaning:
            return label.name
    place = {"positive": labels.positive, "negative": labels.negative}.get(meaning)
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


def labels_in(counts: Mapping[str, int], meanings: Mapping[str, str]) -> Labels | None:
    """The labels that a column has of its own, from negative to positive; None for none.

    Numbers that are understood are the pair, and so are words that say nothing else; a word in the
    middle is a label as well. Other words are labels of their own, where they are few.
    """
    known = {value: meaning for value in counts if (meaning := meanings.get(value)) in SIDES}
    said = sum(count for value, count in counts.items() if value.strip())
    understood = sum(counts[value] for value in known)
    if any(not is_name(value) for value in known) or 2 * understood >= said:
        middle = any(meaning == "neutral" and is_name(value) for value, meaning in known.items())
        return labels_of([side for side in SIDES if middle or side != "neutral"])
    filled = [value for value in counts if value.strip()]
    names = {plain(value): value.strip() for value in filled}
    if not 0 < len(names) <= MOST_LABELS or not all(map(is_name, filled)):
        return None
    found_labels = labels_of(sorted(names.values()))
    return labels_of([found_labels[index].name for index in found_labels.rising])
