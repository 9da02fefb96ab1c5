"""A text that is longer than a model reads, judged in windows instead of by its beginning.

A window holds whole sentences as far as they fit, and of a longer sentence whole words. The answer
is the mean of theirs, each weighing as much as it has tokens.
"""

from collections.abc import Iterator, Sequence

from sentiment.model.inference import Predictor
from sentiment.model.prediction import Prediction
from sentiment.texts.sentences import places
from sentiment.texts.spelling import Span


def windows(model: Predictor, text: str) -> list[str]:
    """Parts of a text that the model reads whole; of one that it reads whole, the text itself.

    Between them is space, but where a single word is longer than the model reads.
    """
    if fits(model, text):
        return [text]
    found: list[Span] = []
    for start, end in pieces(model, text):
        if found and fits(model, text[found[-1][0] : end]):
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return [text[start:end] for start, end in found] or [text]


def pieces(model: Predictor, text: str) -> Iterator[Span]:
    """Sentences, and the words of those that are too long."""
    for start, end in places(text):
        if fits(model, text[start:end]):
            yield start, end
        else:
            for first, last in model.reading(text[start:end]).words:
                yield from cut(model, text, start + first, start + last)


def cut(model: Predictor, text: str, start: int, end: int) -> Iterator[Span]:
    """A word, or where it is too long what can be read of it, and what can be of the rest."""
    while start < end:
        stop = start + (model.reading(text[start:end]).end or end - start)
        yield start, stop
        start = stop


def fits(model: Predictor, text: str) -> bool:
    """Whether the model reads all of a text."""
    ids, total = model.tokenize(text)
    return total <= len(ids)


def together(model: Predictor, text: str, parts: Sequence[Prediction]) -> Prediction:
    """The answer to a text, of the answers to its `windows`."""
    if len(parts) == 1:
        return parts[0]
    weights = [part.tokens_read for part in parts]
    whole = sum(weights)
    rows = zip(*(part.probabilities for part in parts), strict=True)
    row = tuple(mean(values, weights) for values in rows)
    return Prediction(
        text,
        row,
        tokens_read=whole,
        tokens_total=sum(part.tokens_total for part in parts),
        unsure=model.labels.unsure(row, model.unsure),
        labels=model.labels,
        unknown=mean([part.unknown for part in parts], weights),
        windows=len(parts),
    )


def mean(values: Sequence[float], weights: Sequence[int]) -> float:
    """The weighted mean."""
    pairs = zip(values, weights, strict=True)
    return sum(value * weight for value, weight in pairs) / sum(weights)
