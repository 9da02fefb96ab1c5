"""Which words stand on which side of a judged file, counted in bounded memory."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WORDS = 15
"""Words shown of each side."""

LONGEST_NAME = 40
"""Characters of a word that is counted; more is no word."""

MOST_WORDS = 200_000
"""Different eojeol counted at a time: rare ones are forgotten beyond, so that memory is bounded."""

LEAST = 5
"""Rows in which a word must stand to be shown."""


@dataclass
class Words:
    """In how many positive and negative rows each eojeol stands."""

    positive: Counter[str] = field(default_factory=Counter)
    negative: Counter[str] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, text: str, positive: bool) -> None:
        """Count the different eojeol of a text once each."""
        counter = self.positive if positive else self.negative
        counter.update(set(words(text)))
        self.rows[positive] += 1
        least = 2
        while len(counter) > MOST_WORDS:
            for word in [word for word, count in counter.items() if count < least]:
                del counter[word]
            least += 1

    def skewed(self) -> dict[str, list[dict[str, Any]]]:
        """The words that tell the sides apart best, with their counts: log-odds in deviations."""
        total = self.positive + self.negative
        scored = sorted((self.score(word), word) for word, count in total.items() if count >= LEAST)
        sides = {
            "positive": [pair for pair in reversed(scored[-WORDS:]) if pair[0] > 0],
            "negative": [pair for pair in scored[:WORDS] if pair[0] < 0],
        }
        return {
            side: [
                {"word": word, "positive": self.positive[word], "negative": self.negative[word]}
                for _, word in pairs
            ]
            for side, pairs in sides.items()
        }

    def score(self, word: str) -> float:
        """How many deviations the log-odds of a word lie above those of equal use."""
        here, there = self.positive[word] + 0.5, self.negative[word] + 0.5
        negatives, positives = self.rows
        odds = math.log(here / (positives - here + 1.5)) - math.log(
            there / (negatives - there + 1.5)
        )
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
