"""What a judged file amounts to: counts, bad rows by cause, and how often the model was right."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sentiment.bulk.judging import Judged, verdict
from sentiment.i18n import LANGUAGES, catalog
from sentiment.model.inference import Band
from sentiment.tables.reading import PROBLEMS

VERDICTS = {"positive": "긍정 positive", "negative": "부정 negative", "unsure": "애매 unsure"}

EXAMPLES = 5
"""Numbers of bad rows that are kept of each cause."""


@dataclass
class Tally:
    """`verdicts`: rows by verdict. `bad`: rows by problem, `first`: the numbers of the first ones.

    `confusion`: rows by right answer and the model's, both True for positive; `unlabelled`: rows
    whose label says neither.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[int]] = field(default_factory=dict)
    confusion: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    unlabelled: int = 0

    def add(self, number: int, answer: Judged, band: Band) -> None:
        """Count a row."""
        if answer.positive is not None:
            self.verdicts[verdict(answer.positive, band)] += 1
        elif answer.problem:
            self.bad[answer.problem] += 1
            numbers = self.first.setdefault(answer.problem, [])
            if len(numbers) < EXAMPLES:
                numbers.append(number)

    def compare(self, right: bool | None, answer: Judged) -> None:
        """Count whether the model was right about a row, by its likelier label."""
        if right is None or answer.positive is None:
            self.unlabelled += 1
        else:
            self.confusion[right, answer.positive > 1 / 2] += 1

    @property
    def rows(self) -> int:
        """All rows."""
        return self.verdicts.total() + self.bad.total()

    @property
    def accuracy(self) -> float:
        """The share of rows with a label that the model was right about."""
        right = self.confusion[True, True] + self.confusion[False, False]
        return right / max(1, self.confusion.total())


def described(tally: Tally, label: str) -> Iterator[str]:
    """A tally for people at a terminal, line by line; `label` is the column of right answers."""
    shares = [
        f"{word} {tally.verdicts[verdict]:,} ({tally.verdicts[verdict] / max(1, tally.rows):.1%})"
        for verdict, word in VERDICTS.items()
        if verdict != "unsure" or tally.verdicts[verdict]
    ]
    yield f"  행 rows {tally.rows:,}: {' · '.join(shares)}"
    for problem, count in tally.bad.most_common():
        cause = " · ".join(catalog(language).gettext(PROBLEMS[problem]) for language in LANGUAGES)
        numbers = ", ".join(f"{number:,}" for number in tally.first[problem])
        more = ", …" if count > len(tally.first[problem]) else ""
        yield f"  판단하지 못함 not judged {count:,}: {cause} (행 rows {numbers}{more})"
    if labelled := tally.confusion.total():
        yield f"  정확도 accuracy {tally.accuracy:.2%} ({label}: 행 rows {labelled:,})"
        for right, word in ((True, "긍정 positive"), (False, "부정 negative")):
            as_is, other = tally.confusion[right, right], tally.confusion[right, not right]
            yield f"    {word}: 맞음 right {as_is:,}, 틀림 wrong {other:,}"
