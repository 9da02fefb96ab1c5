"""A small real classifier without torch: words have weights, and their sum is the opinion."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from sentiment.labels import PAIR, Labels
from sentiment.model.inference import Classifier

WEIGHTS = {"[UNK]": 0.0, "[CLS]": 0.0, "[SEP]": 0.0, "정말": 0.1, "영화": 0.0, "##네요": 0.0}
WEIGHTS |= {"좋": 2.0, "재미있": 3.0, "최고": 2.5, "지루하": -2.0, "최악": -3.0, "별로": -2.5}
IDS = {word: index for index, word in enumerate(WEIGHTS)}

POSITIVE = "정말 재미있네요"
NEGATIVE = "정말 최악"


class WordWeights:
    """A backend: labels lie evenly between minus and plus 2, and near them are the likely ones.

    The logit of a label at x is x / 4 times the sum of the weights, less x * x / 4 from the third
    label on: of two labels minus and plus half the sum. A sum of 0 is in the middle.
    """

    weights = np.array(list(WEIGHTS.values()), dtype=np.float32)
    places = np.array([-2, 2], np.float32)

    def __init__(self, labels: int = 2) -> None:
        self.places = np.linspace(-2, 2, labels, dtype=np.float32)

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, labels)."""
        sums = np.array([self.weights[list(row)].sum() for row in ids], dtype=np.float32)
        bow = self.places**2 / 4 if len(self.places) > 2 else 0
        return np.asarray(sums[:, None] * self.places / 4 - bow, np.float32)


def small_classifier(max_seq_length: int = 16, labels: Labels = PAIR) -> Classifier:
    """A classifier whose answers can be worked out by hand; see `WordWeights`."""
    tokenizer = Tokenizer(WordPiece(IDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", IDS["[CLS]"]), ("[SEP]", IDS["[SEP]"])],
    )
    backend = WordWeights(len(labels))
    return Classifier("word-weights", tokenizer, backend, max_seq_length, labels=labels)
