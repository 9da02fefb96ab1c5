"""Sentences of our own, put together from words and patterns: what the sets hold too little of.

Negation, double negation, irony beside honest praise in the same words, polite complaints beside
polite thanks, and statements and questions that feel nothing. They need no licence but ours.
"""

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from string import Formatter
from typing import Any, NamedTuple

import numpy as np

from sentiment.training.recipes.sets import Texts

FILE = Path(__file__).with_name("own.toml")
WRITTEN = FILE.with_suffix(".tsv")
MORE = FILE.with_name("own_more.tsv")
"""Written since the student was made: the larger model alone learns from them."""
TIMES = 6
"""How often a sentence written out by hand stands beside those put together."""
LABELS = {"positive": 0.97, "negative": 0.03, "neutral": 0.5}
PAST = 20
"""Number of the final consonant ㅆ."""
MOST, LEAST = 900, 300
"""Sentences of a kind: a sample of many, few ones several times."""
GOOD, BAD, EVEN = 0.97, 0.03, 0.5


class Own(NamedTuple):
    """A sentence, the probability of "positive" that it teaches, and its kind."""

    text: str
    target: float
    kind: str


class Predicate(NamedTuple):
    """The forms of a predicate that the patterns need."""

    stem: str
    infinitive: str
    past: str
    adnominal: str


def predicate(forms: str) -> Predicate:
    """Read "stem infinitive adnominal", where each may be several words of equal number."""
    words = forms.split(" ")
    size = len(words) // 3
    stem, infinitive, adnominal = (" ".join(words[i * size : (i + 1) * size]) for i in range(3))
    polite = infinitive.removesuffix("이야") + "이었" if infinitive.endswith("이야") else ""
    past = polite or infinitive[:-1] + chr(ord(infinitive[-1]) + PAST)
    infinitive = infinitive.removesuffix("이야") + "이에" if polite else infinitive
    return Predicate(stem, infinitive, past, adnominal)


def filled(pattern: str, subject: str, said: Predicate) -> str:
    """A pattern with its places filled."""
    return pattern.format(
        s=subject, V=said.stem, A=said.infinitive, P=said.past, N=said.adnominal
    ).strip()


def judged(content: dict[str, Any]) -> Iterator[Own]:
    """What is said of things, straight, turned round, and turned round twice."""
    patterns = content["patterns"]
    kinds = (
        ("plain", GOOD, BAD), ("turned", BAD, 0.88), ("turned_soft", 0.12, 0.75),
        ("twice", 0.93, 0.07),
    )  # fmt: skip
    for domain in content["domain"]:
        for kind, good, bad in kinds:
            for side, target in (("good", good), ("bad", bad)):
                said = map(predicate, domain[side])
                for subject, word, pattern in product(domain["subjects"], said, patterns[kind]):
                    yield Own(filled(pattern, subject, word), target, f"{kind} {side}")


def felt(content: dict[str, Any]) -> Iterator[Own]:
    """Double negations of what a person does."""
    patterns = content["patterns"]["twice_feeling"]
    for side, target in (("good", 0.95), ("bad", 0.05)):
        for word, pattern in product(map(predicate, content["feelings"][side]), patterns):
            yield Own(filled(pattern, "", word), target, f"felt {side}")


def ironic(content: dict[str, Any]) -> Iterator[Own]:
    """The same praise behind what went wrong and behind what went well."""
    irony = content["irony"]
    pairs = (("facts", "praise", 0.04, "irony"), ("good_facts", "good_praise", GOOD, "honest"))
    for facts, praises, target, kind in pairs:
        for fact, praise in product(irony[facts], irony[praises]):
            yield Own(f"{fact} {praise}", target, kind)
            yield Own(f"{praise} {fact}", target, kind)
        for fact in irony[facts]:
            yield Own(fact, target, f"{kind} fact")


def polite(content: dict[str, Any]) -> Iterator[Own]:
    """Complaints and thanks in the same polite tone."""
    words = content["polite"]
    for patterns, target in (("patterns", 0.08), ("thanks", 0.95)):
        for thing, pattern in product(words["things"], words[patterns]):
            yield Own(with_particles(pattern, thing), target, f"polite {patterns}")


def even(content: dict[str, Any]) -> Iterator[Own]:
    """Statements and questions that feel nothing."""
    words = content["neutral"]
    for who, what in product(words["who"], words["what"]):
        yield Own(f"{who} {what}", EVEN, "statement")
    for thing, pattern in product(content["polite"]["things"], words["asks"]):
        yield Own(with_particles(pattern, thing), EVEN, "question")


def framed(content: dict[str, Any]) -> Iterator[Own]:
    """Frames with every choice of the words that a pattern names, particles fitted."""
    for frame in content["frames"]:
        for pattern in frame["patterns"]:
            names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
            slots = list(dict.fromkeys(names))
            for words in product(*(frame[name] for name in slots)):
                text = pattern
                for name, word in zip(slots, words, strict=True):
                    text = with_particles(text.replace(f"{{{name}}}", "{t}"), word)
                yield Own(text, frame["target"], frame["kind"])


def written(file: Path = WRITTEN) -> Iterator[Own]:
    """Sentences written out by hand."""
    for line in file.read_text("utf-8").splitlines()[1:]:
        text, label = line.split("\t")
        yield Own(text, LABELS[label], "written")


def with_particles(pattern: str, thing: str) -> str:
    """Fill {t}; a particle behind it takes the form that its last sound asks for."""
    text = pattern.replace("{t}", thing)
    if thing and (ord(thing[-1]) - ord("가")) % 28 == 0:
        for closed, opened in (
            ("이라고는 ", "라고는 "),
            ("은 ", "는 "),
            ("을 ", "를 "),
            ("이 ", "가 "),
        ):
            text = text.replace(thing + closed, thing + opened)
    return text


def own_sentences(seed: int) -> Texts:
    """All kinds, in fair shares, some with an opening before them, shuffled."""
    content = tomllib.loads(FILE.read_text("utf-8"))
    random = Random(seed)  # noqa: S311 - nothing secret
    by_kind: dict[str, list[Own]] = {}
    for make in (judged, felt, ironic, polite, even, framed):
        for sentence in make(content):
            by_kind.setdefault(sentence.kind, []).append(sentence)
    rows: list[Own] = []
    for sentences in by_kind.values():
        rows += random.sample(sentences, min(MOST, len(sentences)))
        rows += random.choices(sentences, k=max(0, LEAST - len(sentences)))
    heads = content["patterns"]["heads"]
    rows = [
        row._replace(text=random.choice(heads) + row.text) if row.target != EVEN else row
        for row in rows
    ] + TIMES * list(written())
    random.shuffle(rows)
    return texts_of("own", rows)


def more_sentences() -> Texts:
    """Those that were written since: double negation, irony, tears and laughter, polite tones."""
    return texts_of("own more", list(written(MORE)))


def texts_of(name: str, rows: list[Own]) -> Texts:
    """Sentences as a set."""
    texts = [row.text for row in rows]
    targets = np.array([row.target for row in rows], np.float32)
    return Texts(name, texts, targets, targets != EVEN, np.zeros(len(rows), np.int8))
