"""Which words pushed an answer: each is left out once, and the rest is judged again.

That says what moves the model, not what is true. A word is an eojeol: what stands between blanks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sentiment.model.inference import Classifier, Prediction, Reading
from sentiment.texts.spelling import Span as Place

MOST = 24
"""Spans that are left out of a text at most; of a longer one they are neighbouring words."""

SLICE = 8
"""Texts judged at once; between two slices the clock is looked at."""

SECONDS = 2.0
"""Time after which no further slice is begun."""

STEPS = (0.03, 0.1, 0.3)
"""Effects from which a word counts as weak, medium and strong; less than the first is not told,
since 8 bits shift answers by as much."""

STRONGEST = 3
"""Spans that are told in words."""

Predict = Callable[[Sequence[str]], Sequence[Prediction]]
"""What answers any text, in order: `Classifier.predict_any`, or an engine's `answer`."""


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a sentence, whole words, and what they did to its answer.

    `effect` is how much higher the probability of the explanation's label is with them than
    without, where it is `without`, and `answer` the label that is likeliest. All are None where
    they were not left out: for want of time, or because nothing would be left.
    """

    start: int
    end: int
    text: str
    effect: float | None
    without: float | None
    answer: str | None = None

    @property
    def strength(self) -> int:
        """How many of `STEPS` the effect reaches: 0 to 3."""
        return sum(abs(self.effect or 0) >= step for step in STEPS)


@dataclass(frozen=True)
class Explanation:
    """What each span of a judged sentence did; the spans and the blanks between are all of it.

    `label` is the index of the one whose probability they moved; see `Labels.focus`. `words`: how
    many words make up a span. `read`: where the part ends that the model read, in characters; a
    last span behind it has no effect.
    """

    prediction: Prediction
    label: int
    spans: tuple[Span, ...]
    words: int
    read: int

    def without(self, span: Span) -> str:
        """The whole sentence but for a span."""
        return without(self.prediction.sentence, span.start, span.end)

    @property
    def tried(self) -> int:
        """How many spans were left out."""
        return sum(span.effect is not None for span in self.spans if span.start < self.read)

    @property
    def possible(self) -> int:
        """How many spans could be left out: none where one is all there is."""
        count = sum(span.start < self.read for span in self.spans)
        return count if count > 1 else 0

    @property
    def capped(self) -> bool:
        """Whether there were too many words, or too little time, to leave out each alone."""
        return self.words > 1 or self.tried < self.possible

    @property
    def strongest(self) -> list[Span]:
        """The spans with the largest effects, of those that have one, largest first."""
        told = [span for span in self.spans if span.strength]
        return sorted(told, key=lambda span: -abs(span.effect or 0))[:STRONGEST]


def explain(classifier: Classifier, sentence: str, seconds: float = SECONDS) -> Explanation:
    """Why a classifier answers a sentence as it does; no further slice is begun after `seconds`.

    Raises `InputError` for what is no sentence.
    """
    [prediction] = classifier.predict([sentence])
    return leave_out(prediction, classifier.predict_any, classifier.reading(sentence), seconds)


def leave_out(
    prediction: Prediction, predict: Predict, reading: Reading, seconds: float = SECONDS
) -> Explanation:
    """Leave out each span of a judged sentence and see what that changes.

    `reading`: see `Classifier.reading`. Only the part that was read is judged again, so that no
    word moves up into it. Raises what `predict` raises.
    """
    sentence, read = prediction.sentence, reading.end
    places, words = divided(reading)
    inside = [place for place in places if place[0] < read]
    texts = [without(sentence[:read], *place) for place in inside] if len(inside) > 1 else []
    found: list[Prediction | None] = [*answers(predict, texts, seconds)]
    found += [None] * (len(inside) - len(found))
    found += [prediction] * (len(places) - len(inside))
    label = prediction.labels.focus(prediction.probabilities)
    spans = tuple(
        span(sentence, place, label, prediction, rest)
        for place, rest in zip(places, found, strict=True)
    )
    return Explanation(prediction, label, spans, words, read)


def span(
    sentence: str, place: tuple[int, int], label: int, whole: Prediction, rest: Prediction | None
) -> Span:
    """What a part of the sentence did, from the answers to all of it and to the rest."""
    start, end = place
    if rest is None:
        return Span(start, end, sentence[start:end], None, None, None)
    without = rest.probabilities[label]
    effect = whole.probabilities[label] - without
    return Span(start, end, sentence[start:end], effect, without, rest.label)


def divided(reading: Reading) -> tuple[list[Place], int]:
    """Start and end of each span, and how many words make up one.

    What was not read is one span.
    """
    inside = [word for word in reading.words if word[0] < reading.end]
    behind = reading.words[len(inside) :]
    size = max(1, -(-len(inside) // MOST))
    groups = [inside[start : start + size] for start in range(0, len(inside), size)]
    return [(group[0][0], group[-1][1]) for group in [*groups, behind] if group], size


def without(sentence: str, start: int, end: int) -> str:
    """The sentence without a span and the blanks behind it; at its end, those before it."""
    rest = sentence[end:].lstrip()
    return sentence[:start] + rest if rest else sentence[:start].rstrip()


def answers(predict: Predict, texts: Sequence[str], seconds: float) -> Iterator[Prediction]:
    """The answers in order, for as long as there is time; always those to a slice."""
    end = monotonic() + seconds
    for start in range(0, len(texts), SLICE):
        if start and monotonic() >= end:
            return
        yield from predict(texts[start : start + SLICE])


def record(explanation: Explanation) -> dict[str, Any]:
    """What programs are told; where there are other labels than the pair, of which one."""
    labels, spans = explanation.prediction.labels, explanation.spans
    if labels.is_pair:
        named = [told(span) | {"positive_without": span.without} for span in spans]
        return {"spans": named, "capped": explanation.capped}
    return {
        "label": labels[explanation.label].name,
        "spans": [
            told(span) | {"without": span.without, "label_without": span.answer} for span in spans
        ],
        "capped": explanation.capped,
    }


def told(span: Span) -> dict[str, Any]:
    """What programs are told of a span in any case."""
    return {"start": span.start, "end": span.end, "text": span.text, "effect": span.effect}
