"""Labelled texts to train on: where they lie, what can be used of them, and what was left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from sentiment.errors import DataError
from sentiment.labels import PAIR, Labels, labels_of
from sentiment.tables.apart import rows
from sentiment.tables.labelled import LACKING, UNREADABLE, Table
from sentiment.tables.layout import PROBLEMS, Said, cause
from sentiment.tables.lists import text_of
from sentiment.tables.scales import is_known

PAIRS = (
    ("ratings_train.txt", "ratings_test.txt"),
    ("train.tsv.xz", "dev.tsv.xz"),
    ("train.tsv", "dev.tsv"),
)
"""What a folder can hold: files to train and to validate on. The first are NSMC's."""

HELD_OUT = 0.1
"""Share of a single table that is validated on."""

SHOWN = 5
"""Broken rows that are named."""

Broken = tuple[int, str]
"""A row that can't be used: its number, from 1 without the header, and why."""


@dataclass(frozen=True)
class Examples:
    """Texts (N strings) with labels, shape (N,), indices of `names`; and what was left out.

    `between`: how many rows say neither, such as ratings of 5 to 8. `read_as`: which columns were
    read, and what their labels were taken for.
    """

    texts: list[str]
    labels: np.ndarray
    between: int = 0
    broken: list[Broken] = field(default_factory=list)
    names: tuple[str, ...] = PAIR.names
    read_as: str = ""

    def __len__(self) -> int:
        return len(self.texts)

    def some(self, chosen: np.ndarray) -> "Examples":
        """The examples with those indices."""
        texts = [self.texts[index] for index in chosen]
        return Examples(texts, self.labels[chosen], names=self.names)


@dataclass(frozen=True)
class Split:
    """What to train on, and what to validate on."""

    train: Examples
    valid: Examples

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels, in the order of the logits."""
        return self.train.names

    @property
    def digest(self) -> str:
        """A checksum of all texts and labels: a run can only be resumed on the same ones."""
        sum_ = sha256()
        for part in (self.train, self.valid):
            for text, label in zip(part.texts, part.labels.tolist(), strict=True):
                sum_.update(f"{label}\t{text}\n".encode())
            sum_.update(b"\0")
        return sum_.hexdigest()


def read_corpus(
    corpus: Path,
    valid: Path | None,
    said: Said,
    seed: int,
    say: Callable[[str], None],
) -> Split:
    """The examples of a folder or table; `say` is told what was left out. Raises `DataError`.

    `valid` overrules a folder's own file; a table without it gives up a share, drawn with `seed`.
    """
    train_file, valid_file = files_of(corpus)
    valid_file = valid or valid_file

    def read(path: Path, labels: Labels | None = None) -> Examples:
        found = read_examples(path, said, labels)
        for line in described(path, found):
            say(line)
        return found

    train = read(train_file)
    names = labels_of(train.names)
    split = Split(train, read(valid_file, names)) if valid_file else held_out(train, seed)
    present = set(split.train.labels.tolist())
    if names.is_pair and (len(present) < 2 or not len(split.valid)):
        raise DataError(
            "{path} does not have enough to train on: sentences of both labels are needed, and "
            "some to validate on. Check the labels, or name another file with --corpus.",
            path=train_file,
        )
    if len(present) < max(2, len(names)) or not len(split.valid):
        raise DataError(
            "{path} does not have enough to train on: sentences of at least two labels and of each "
            "one are needed, and some to validate on. Check the labels ({labels}), or name another "
            "file with --corpus.",
            path=train_file,
            labels=", ".join(names.names),
        )
    return split


def files_of(corpus: Path) -> tuple[Path, Path | None]:
    """The file to train on, and the one to validate on where there is one; raises `DataError`."""
    if not corpus.is_dir():
        return corpus, None
    for train, valid in PAIRS:
        if (corpus / train).is_file() and (corpus / valid).is_file():
            return corpus / train, corpus / valid
    raise DataError(
        "{path} has no files to train and validate on (looked for: {tried}). Name another folder "
        "or a table with --corpus.",
        path=corpus,
        tried=", ".join(" + ".join(pair) for pair in PAIRS),
    )


def read_examples(path: Path, said: Said = Said(), labels: Labels | None = None) -> Examples:
    """The examples of a table, of `labels` or else of those that it has; raises `DataError`.

    What can't be used is counted.
    """
    table = Table.of(path, said, labels)
    texts: list[str] = []
    broken: list[Broken] = []
    for row, kind in zip(rows(path, table.layout), table.kinds.tolist(), strict=True):
        if kind == UNREADABLE:
            broken.append((row.number, PROBLEMS[cause(row, table.text) or "empty"]))
        elif kind >= 0:
            texts.append(text_of(row.values[table.text]))
        elif kind == LACKING or not is_known(row.values[table.label]):
            broken.append((row.number, f"the label is {row.values[table.label][:20]!r}"))
    places = table.kinds[table.usable()].astype(np.int64)
    between = len(table.kinds) - len(texts) - len(broken)
    return Examples(texts, places, between, broken, table.names, table.read_as)


def described(path: Path, found: Examples) -> Iterator[str]:
    """What people are told of a file: how much is used, and what is not."""
    labels = labels_of(found.names)
    counts = np.bincount(found.labels, minlength=len(labels))
    shares = ", ".join(f"{labels[index].both} {counts[index]:,}" for index in labels.order)
    yield f"{path.name}: {len(found):,} ({shares})"
    if found.read_as:
        yield f"  {found.read_as}"
    if found.between:
        yield f"  어느 쪽도 아닌 줄을 뺐어요 · Rows that say neither, left out: {found.between:,}"
    if found.broken:
        yield f"  잘못된 줄을 건너뛰어요 · Broken rows, skipped: {len(found.broken):,}"
        for row, why in found.broken[:SHOWN]:
            yield f"    {row:,}: {why}"
        if len(found.broken) > SHOWN:
            yield "    …"


def held_out(examples: Examples, seed: int) -> Split:
    """Split off a share to validate on."""
    order = np.random.default_rng(seed).permutation(len(examples))
    count = max(1, round(len(examples) * HELD_OUT))
    return Split(
        examples.some(np.sort(order[count:])),
        examples.some(np.sort(order[:count])),
    )
