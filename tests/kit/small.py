"""A small real classifier without torch: words have weights, and their sum is the opinion."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from sentiment.model.inference import Classifier

WEIGHTS = {"[UNK]": 0.0, "[CLS]": 0.0, "[SEP]": 0.0, "정말": 0.1, "영화": 0.0, "##네요": 0.0}
WEIGHTS |= {"좋": 2.0, "재미있": 3.0, "최고": 2.5, "지루하": -2.0, "최악": -3.0, "별로": -2.5}
IDS = {word: index for index, word in enumerate(WEIGHTS)}

POSITIVE = "정말 재미있네요"
NEGATIVE = "정말 최악"


class WordWeights:
    """A backend: the logits of a sentence are minus and plus half the sum of its weights."""

    weights = np.array(list(WEIGHTS.values()), dtype=np.float32)

    def logits(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Logits, shape (sentences, 2)."""
        sums = np.array([self.weights[list(row)].sum() for row in ids], dtype=np.float32)
        return np.stack([-sums / 2, sums / 2], axis=1)


def small_classifier(max_seq_length: int = 16) -> Classifier:
    """A classifier whose answers can be worked out by hand."""
    tokenizer = Tokenizer(WordPiece(IDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", IDS["[CLS]"]), ("[SEP]", IDS["[SEP]"])],
    )
    return Classifier("word-weights", tokenizer, WordWeights(), max_seq_length)
