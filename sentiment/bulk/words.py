"""Which words stand on which side of a judged file, counted in bounded memory."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

WORDS = 15
"""Words shown of each label."""

LONGEST_NAME = 40
"""Characters of a word that is counted; more is no word."""

MOST_WORDS = 200_000
"""Different eojeol counted at a time: rare ones are forgotten beyond, so that memory is bounded."""

LEAST = 5
"""Rows in which a word must stand to be shown."""


class Words:
    """In how many rows of each label each eojeol stands."""

    def __init__(self, labels: Sequence[str]) -> None:
        """Nothing yet; `labels` are names in the order in which people see them."""
        self.counts: dict[str, Counter[str]] = {label: Counter() for label in labels}
        self.rows = dict.fromkeys(labels, 0)
        self._most = 2 * MOST_WORDS // len(labels)

    def add(self, text: str, label: str) -> None:
        """Count the different eojeol of a text once each."""
        counter = self.counts[label]
        counter.update(set(words(text)))
        self.rows[label] += 1
        least = 2
        while len(counter) > self._most:
            for word in [word for word, count in counter.items() if count < least]:
                del counter[word]
            least += 1

    def skewed(self) -> dict[str, list[dict[str, Any]]]:
        """For each label the words that tell it best from the rest, with counts here and there.

        By log-odds in deviations. Of equals the last in the alphabet come first for the first
        label and the first ones for the others, as long as there are files with two.
        """
        total: Counter[str] = Counter()
        for counter in self.counts.values():
            total.update(counter)
        told = [word for word, count in total.items() if count >= LEAST]
        found = {}
        for label, counter in self.counts.items():
            scored = [(self.score(word, label, total[word]), word) for word in told]
            if label == next(iter(self.counts)):
                scored.sort(reverse=True)
            else:
                scored.sort(key=lambda pair: (-pair[0], pair[1]))
            found[label] = [
                {"word": word, "here": counter[word], "elsewhere": total[word] - counter[word]}
                for score, word in scored[:WORDS]
                if score > 0
            ]
        return found

    def score(self, word: str, label: str, total: int) -> float:
        """How many deviations the log-odds of a word lie above those of equal use.

        It stands in `total` rows of all labels.
        """
        count, rows = self.counts[label][word], self.rows[label]
        here, there = count + 0.5, total - count + 0.5
        others = sum(self.rows.values()) - rows
        odds = math.log(here / (rows - here + 1.5)) - math.log(there / (others - there + 1.5))
        return odds / math.sqrt(1 / here + 1 / there)


def words(text: str) -> Iterator[str]:
    """Its eojeol without marks at their ends."""
    for eojeol in text.split():
        if 0 < len(word := stripped(eojeol)) <= LONGEST_NAME:
            yield word


def stripped(eojeol: str) -> str:
    """An eojeol without marks at its ends; empty where nothing but marks is left."""
    start, end = 0, len(eojeol)
    while start < end and not eojeol[start].isalnum():
        start += 1
    while end > start and not eojeol[end - 1].isalnum():
        end -= 1
    return eojeol[start:end]
