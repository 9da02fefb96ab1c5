"""A text of several sentences: the answer to all of it, and to each."""

from dataclasses import dataclass

from sentiment.labels import UNSURE
from sentiment.model.inference import Prediction
from sentiment.texts.checks import checked
from sentiment.texts.sentences import sentences
from sentiment.web.kit.asking import answer

MOST = 64
"""Sentences judged of a text, so that one visitor's novel keeps nobody waiting."""


@dataclass(frozen=True)
class Paragraph:
    """The answers to the sentences of a text, in order; `beyond` more were not judged."""

    predictions: list[Prediction]
    beyond: int

    def count(self, verdict: str) -> int:
        """How many sentences have this verdict."""
        return sum(prediction.verdict == verdict for prediction in self.predictions)

    @property
    def verdicts(self) -> list[str]:
        """The verdicts that are counted: both of the pair, else those that were given."""
        labels = self.predictions[0].labels
        names = dict.fromkeys([*labels.shown, UNSURE])
        return [name for name in names if self.count(name) or (labels.is_pair and name != UNSURE)]

    def strongest(self, label: str) -> int | None:
        """The index of the sentence that is most surely `label`; None when none is called so."""
        found = [i for i, part in enumerate(self.predictions) if part.verdict == label]
        return max(found, key=lambda i: self.predictions[i].confidence, default=None)


def judged(text: str) -> tuple[Prediction, Paragraph | None]:
    """The answer to a text, and to its sentences where it has several; all in one batch.

    Raises `InputError` or `UnavailableError`.
    """
    parts = sentences(checked(text))
    if len(parts) < 2:
        return answer([text]).predictions[0], None
    whole, *predictions = answer([text, *parts[:MOST]]).predictions
    return whole, Paragraph(predictions, beyond=len(parts[MOST:]))
