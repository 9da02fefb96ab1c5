"""Which words stand on which side of a judged file, counted in bounded memory."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

WORDS = 15
"""Words shown of each label."""

LONGEST_NAME = 40
"""Characters of a word that is counted; more is no word."""

MOST_WORDS = 200_000
"""Different eojeol counted at a time: rare ones are forgotten beyond, so that memory is bounded."""

LEAST = 5
"""Rows in which a word must stand to be shown."""

PRIOR = 0.1
"""Weight of the prior beside what was counted: a word of few rows is taken for an ordinary one."""

TELLING = 1.96
"""Deviations that a word must differ by to be shown."""


class Words:
    """In how many rows of each label each eojeol stands."""

    def __init__(self, labels: Sequence[str]) -> None:
        """Nothing yet; `labels` are names in the order in which people see them."""
        self.counts: dict[str, Counter[str]] = {label: Counter() for label in labels}
        self._most = 2 * MOST_WORDS // len(labels)

    def add(self, text: str, label: str) -> None:
        """Count the different eojeol of a text once each."""
        counter = self.counts[label]
        counter.update(set(words(text)))
        least = 2
        while len(counter) > self._most:
            for word in [word for word, count in counter.items() if count < least]:
                del counter[word]
            least += 1

    def telling(self) -> dict[str, list[dict[str, Any]]]:
        """For each label the words that tell it best from the rest, with rows here and elsewhere.

        Of equals the first in the alphabet comes first.
        """
        total: Counter[str] = Counter()
        for counter in self.counts.values():
            total.update(counter)
        told = [word for word, count in total.items() if count >= LEAST]
        found = {}
        for label, counter in self.counts.items():
            score = log_odds(counter, total)
            scored = sorted((-score(word), word) for word in told)
            found[label] = [
                {"word": word, "here": counter[word], "elsewhere": total[word] - counter[word]}
                for negated, word in scored[:WORDS]
                if -negated > TELLING
            ]
        return found


def log_odds(here: Counter[str], total: Counter[str]) -> Callable[[str], float]:
    """How many deviations more a word is used in some texts than in the others of all.

    Log-odds with an informative Dirichlet prior, which is the words of all texts: Monroe, Colaresi
    and Quinn, Fightin' Words, Political Analysis 16 (2008), equations 15, 16 and 22. A word counts
    once a text.
    """
    ours, words = here.total(), total.total()
    weight = PRIOR * words

    def score(word: str) -> float:
        if total[word] == words:
            return 0.0  # there is no other word: it tells nothing
        prior = PRIOR * total[word]
        count, others = here[word] + prior, total[word] - here[word] + prior
        odds = math.log(count / (ours + weight - count))
        odds -= math.log(others / (words - ours + weight - others))
        return odds / math.sqrt(1 / count + 1 / others)

    return score


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
