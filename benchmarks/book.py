"""The book's own way (codes 4, 9 and 10 of its chapter), to be measured against.

Its ``inference_fn`` pads every sentence to 128 tokens and runs the model as it was built, eager
and in float32. The tokenizer is today's `BertTokenizer`, which is faster than the book's was, and
so flatters the book.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import BertTokenizer, PreTrainedModel

MAX_SEQ_LENGTH = 128


def inference(model: PreTrainedModel, vocabulary: Path) -> Callable[[str], dict[str, str]]:
    """Code 10 over a restored model and the folder of its vocabulary."""
    tokenizer = BertTokenizer.from_pretrained(vocabulary, do_lower_case=False)
    model.eval()
    model.set_attn_implementation("eager")  # the only one there was

    def inference_fn(sentence: str) -> dict[str, str]:
        inputs = tokenizer(
            [sentence], max_length=MAX_SEQ_LENGTH, padding="max_length", truncation=True
        )
        with torch.no_grad():
            outputs = model(**{key: torch.tensor(value) for key, value in inputs.items()})
            prob = outputs.logits.softmax(dim=1)
            positive_prob = round(prob[0][1].item(), 4)
            negative_prob = round(prob[0][0].item(), 4)
            pred = "긍정 (positive)" if torch.argmax(prob) == 1 else "부정 (negative)"
        return {
            "sentence": sentence,
            "prediction": pred,
            "positive_data": f"긍정 {positive_prob}",
            "negative_data": f"부정 {negative_prob}",
            "positive_width": f"{positive_prob * 100}%",
            "negative_width": f"{negative_prob * 100}%",
        }

    return inference_fn
