"""What an evaluation adds to the measurements of its model."""

from datetime import UTC, datetime

from msgspec import convert

from sentiment.evaluation.result import Evaluation
from sentiment.evaluation.slices import EXAMPLES
from sentiment.model.measurements import Domain
from sentiment.model.prediction import Precision


def domain(result: Evaluation, source: str, precision: Precision) -> Domain:
    """The measures of an evaluation as they are kept; `source`: where its sentences come from."""
    wrong = result.accuracy.of - result.accuracy.right
    if result.unsure:
        outside = result.unsure.outside
        wrong = outside.of - outside.right
    kinds = [
        {
            "name": each.name,
            "korean": each.korean,
            "english": each.english,
            "share": each.share,
            "example": EXAMPLES.get(each.name, ""),
        }
        for each in (*result.slices, *result.rewritten)
    ]
    fields = {
        "accuracy": result.accuracy,
        "calibration_error": result.calibration_error,
        "reliability": result.reliability,
        "boldly_wrong": wrong / result.sentences,
        "source": source or result.file,
        "measured": datetime.now(UTC).date().isoformat(),
        "precision": precision,
        "unsure": result.unsure,
        "kinds": kinds,
    }
    return convert(fields, Domain, from_attributes=True)
