"""What the book's own page and notebook expect (codes 10 and 11 of its deployment chapter)."""

from sentiment.inference import Prediction


def code_10_fields(prediction: Prediction) -> dict[str, str]:
    """The six fields of the book's code 10, character for character."""
    positive, negative = round(prediction.positive, 4), round(prediction.negative, 4)
    words = {"positive": "긍정 (positive)", "negative": "부정 (negative)"}
    return {
        "sentence": prediction.sentence,
        "prediction": words[prediction.label],
        "positive_data": f"긍정 {positive}",
        "negative_data": f"부정 {negative}",
        "positive_width": f"{positive * 100}%",
        "negative_width": f"{negative * 100}%",
    }
