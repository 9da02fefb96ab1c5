"""Labels of several models, as a checkpoint would name them."""

from sentiment.labels import Label, Labels

KOREAN = {"positive": "긍정", "negative": "부정", "neutral": "중립"}


def named(*names: str, positive: int | None = None, negative: int | None = None) -> Labels:
    """Labels of those names in that order."""
    made = tuple(Label(name, KOREAN.get(name, name), name) for name in names)
    return Labels(made, positive, negative)


THREE = named("negative", "neutral", "positive", positive=2, negative=0)
STARS = named("1 star", "2 stars", "3 stars", "4 stars", "5 stars", positive=4, negative=0)
HATE = named("clean", "hate")
ENTAILMENT = named("entailment", "neutral", "contradiction")
TOPICS = named(*(f"topic {letter}" for letter in "abcdefghijkl"))
"""More labels than colours."""
