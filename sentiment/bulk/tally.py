"""What answered rows amount to: counts, bad rows by cause, and how often the model was right."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sentiment.i18n import LANGUAGES, catalog
from sentiment.labels import UNSURE, Band, Labels
from sentiment.tables.answers import RowAnswer
from sentiment.tables.layout import PROBLEMS

EXAMPLES = 5
"""Numbers of bad rows that are kept of each cause."""

COUNTS = ("verdicts", "bad", "confusion", "lacking", "notices")
"""What of a tally is counters."""


@dataclass
class Tally:
    """Counts the rows of a model with these `labels`, which is unsure inside `band`.

    `verdicts`: rows by verdict. `bad`: rows by problem, `first`: the numbers of the first ones.
    `confusion`: rows by right label and the model's likeliest; `unlabelled`: rows that were to be
    compared, and whose label says nothing; `lacking`: such rows by a label that the model lacks.
    `notices`: rows by what was not understood of them.
    """

    labels: Labels
    band: Band
    verdicts: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[int]] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    unlabelled: int = 0
    lacking: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)

    @property
    def sides(self) -> list[str]:
        """The verdicts in the order of the function of that name."""
        return sides(self.labels)

    @property
    def counts(self) -> list[int]:
        """Rows by `sides`."""
        return [self.verdicts[side] for side in self.sides]

    @property
    def rows(self) -> int:
        """All rows."""
        return self.verdicts.total() + self.bad.total()

    @property
    def right(self) -> int:
        """Rows with a label that the model was right about."""
        return sum(count for (right, said), count in self.confusion.items() if right == said)

    @property
    def accuracy(self) -> float:
        """The share of rows with a label that the model was right about."""
        return self.right / max(1, self.confusion.total())

    def add(self, number: int, answer: RowAnswer) -> None:
        """Count a row."""
        if answer.probabilities is not None:
            self.verdicts[self.labels.verdict(answer.probabilities, self.band)] += 1
            self.notices.update(answer.notices)
        elif answer.problem:
            self.bad[answer.problem] += 1
            numbers = self.first.setdefault(answer.problem, [])
            if len(numbers) < EXAMPLES:
                numbers.append(number)

    def plus(self, other: "Tally") -> None:
        """Count the rows of another tally, which come behind those of this one."""
        for name in COUNTS:
            getattr(self, name).update(getattr(other, name))
        self.unlabelled += other.unlabelled
        for problem, numbers in other.first.items():
            here = self.first.setdefault(problem, [])
            here += numbers[: EXAMPLES - len(here)]

    def as_json(self) -> dict[str, Any]:
        """All counts; `Tally.restored` takes them."""
        counts = {name: list(getattr(self, name).items()) for name in COUNTS}
        return {**counts, "first": self.first, "unlabelled": self.unlabelled}

    @classmethod
    def restored(cls, kept: Mapping[str, Any], labels: Labels, band: Band) -> "Tally":
        """The tally whose counts these are."""
        made = cls(labels, band, first=dict(kept["first"]), unlabelled=kept["unlabelled"])
        for name in COUNTS:
            keys = ((tuple(key) if isinstance(key, list) else key, n) for key, n in kept[name])
            getattr(made, name).update(dict(keys))
        return made

    def compare(self, right: str | None, answer: RowAnswer) -> None:
        """Count whether the model was right about a row that it answered."""
        if answer.probabilities is None:
            return
        if right is None:
            self.unlabelled += 1
        elif right not in self.labels.names:
            self.lacking[right] += 1
        else:
            self.confusion[right, self.labels.likeliest(answer.probabilities).name] += 1


def sides(labels: Labels) -> list[str]:
    """The verdicts in the order in which people see them: positive, unsure, negative.

    Of other labels than the pair unsure comes last, unless one of them has that very name.
    """
    names = labels.shown
    if labels.is_pair:
        return [names[0], UNSURE, names[1]]
    return [*names, *(() if UNSURE in names else (UNSURE,))]


def described(tally: Tally, label: str) -> Iterator[str]:
    """A tally for people at a terminal, line by line; `label` is the column of right answers."""
    names = {UNSURE: "애매 unsure"} | {each.name: each.both for each in tally.labels}
    shown = tally.labels.shown
    shares = [
        f"{names[side]} {tally.verdicts[side]:,} ({tally.verdicts[side] / max(1, tally.rows):.1%})"
        for side in dict.fromkeys((*shown, UNSURE))
        if side != UNSURE or tally.verdicts[side]
    ]
    yield f"  행 rows {tally.rows:,}: {' · '.join(shares)}"
    for problem, count in tally.bad.most_common():
        cause = " · ".join(catalog(language).gettext(PROBLEMS[problem]) for language in LANGUAGES)
        numbers = ", ".join(f"{number:,}" for number in tally.first[problem])
        more = ", …" if count > len(tally.first[problem]) else ""
        yield f"  판단하지 못함 not judged {count:,}: {cause} (행 rows {numbers}{more})"
    if tally.notices:
        counts = ", ".join(f"{code} {count:,}" for code, count in tally.notices.most_common())
        yield f"  읽기 어려움 hard to read (notice): {counts}"
    if labelled := tally.confusion.total():
        yield f"  정확도 accuracy {tally.accuracy:.2%} ({label}: 행 rows {labelled:,})"
        for right in shown:
            as_is = tally.confusion[right, right]
            other = sum(tally.confusion[right, said] for said in shown) - as_is
            yield f"    {names[right]}: 맞음 right {as_is:,}, 틀림 wrong {other:,}"
    if tally.lacking:
        lacking = ", ".join(f"{name} {count:,}" for name, count in tally.lacking.most_common())
        yield f"  모델에 없는 라벨, 세지 않음 labels that the model lacks, not counted: {lacking}"
