"""Labels of several models, as checkpoints name them."""

from sentiment.labels import labels_of

THREE = labels_of(["negative", "neutral", "positive"])
STARS = labels_of(["1 star", "2 stars", "3 stars", "4 stars", "5 stars"])
HATE = labels_of(["clean", "hate"])
ENTAILMENT = labels_of(["entailment", "neutral", "contradiction"])
TOPICS = labels_of([f"topic {letter}" for letter in "abcdefghijkl"])
"""More labels than colours."""
