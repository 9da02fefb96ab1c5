"""A text of several sentences: the answer to all of it, and to each."""

from dataclasses import dataclass

from sentiment.labels import DOUBTFUL, UNSURE
from sentiment.model.inference import Prediction
from sentiment.texts.checks import checked
from sentiment.texts.sentences import sentences
from sentiment.web.kit.asking import answer_whole

MOST = 64
"""Sentences judged of a text, so that one visitor's novel keeps nobody waiting."""


@dataclass(frozen=True)
class Paragraph:
    """The answers to the sentences of a text, in order; `beyond` more were not judged."""

    predictions: list[Prediction]
    beyond: int

    def count(self, told: str) -> int:
        """How many sentences people are told this of."""
        return sum(prediction.told == told for prediction in self.predictions)

    @property
    def verdicts(self) -> list[str]:
        """What is counted: both of the pair, else what is told of a sentence."""
        labels = self.predictions[0].labels
        names = dict.fromkeys([*labels.shown, UNSURE, DOUBTFUL])
        pair = labels.names if labels.is_pair else ()
        return [name for name in names if self.count(name) or name in pair]

    @property
    def sides(self) -> list[str]:
        """The labels with a side that are told of a sentence; none where all lean to one side."""
        labels = self.predictions[0].labels
        ordered = [labels[index] for index in labels.order]
        found = [each for each in ordered if each.leaning and self.count(each.name)]
        both = {(each.leaning or 0) > 0 for each in found}
        return [each.name for each in found] if len(both) > 1 else []

    def strongest(self, label: str) -> int | None:
        """The index of the sentence that is most surely `label`; None when none is called so."""
        found = [i for i, part in enumerate(self.predictions) if part.told == label]
        return max(found, key=lambda i: self.predictions[i].confidence, default=None)


def judged(text: str) -> tuple[Prediction, Paragraph | None]:
    """The answer to a text, and to its sentences where it has several; all in one batch.

    Raises `InputError` or `UnavailableError`.
    """
    parts = sentences(checked(text))
    if len(parts) < 2:
        return answer_whole([text])[0], None
    whole, *predictions = answer_whole([text, *parts[:MOST]])
    return whole, Paragraph(predictions, beyond=len(parts[MOST:]))
