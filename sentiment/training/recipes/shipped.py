"""Train the model that ships with the project, from nothing but reviews and their ratings.

    python -m sentiment.training.recipes.shipped --data DIR --work DIR --output models/NAME

Each step is kept under ``--work``, so that a run that was stopped goes on where it was:

1. a WordPiece vocabulary of the training texts;
2. pretraining on every review: masked-language modelling, and on the same masked text the
   rating as a soft label, so that one pass over the data teaches both;
3. fine-tuning on the labels alone: all negatives, as many positives and a third as many
   in between, drawn anew each epoch, with some tokens masked as augmentation;
4. both again, longer: the second round. Some texts are written in other ways now, and half of
   what a rating says is replaced by the opinion of a teacher unlike the student.

``--start MODEL`` begins the second round from a model that the first one made. Nothing is chosen
by the dev reviews: the last weights are the result.
"""

import argparse
import ctypes
import logging
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
from transformers.models.bert.modeling_bert import BertOnlyMLMHead

from sentiment.training.recipes.data import Data, plan
from sentiment.training.recipes.phases import MAX_TOKENS, ROUNDS, SEED, SPECIAL, VOCABULARY
from sentiment.training.recipes.reviews import read_reviews
from sentiment.training.recipes.run import Run, train

log = logging.getLogger(__name__)


def keep_freed_memory() -> None:
    """Tell glibc not to give freed memory back: every step would fault it in again.

    It halves the time of a step here; other systems' allocators are left alone.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for option, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**28)):
            libc.mallopt(option, value)  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD


def train_tokenizer(texts: list[str], folder: Path) -> Tokenizer:
    """Learn a cased WordPiece vocabulary, or read the one learned before."""
    file = folder / "vocab.txt"
    if not file.exists():
        learner = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
        learner.train_from_iterator(
            iter(texts), VOCABULARY, min_frequency=5, limit_alphabet=2500, special_tokens=SPECIAL
        )
        learner.save_model(str(folder))
    BertTokenizerFast(
        vocab=str(file), do_lower_case=False, model_max_length=MAX_TOKENS
    ).save_pretrained(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def new_model() -> tuple[BertForSequenceClassification, BertOnlyMLMHead]:
    """A small BERT classifier, and a masked-language head on its own embeddings."""
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=256,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=1024,
        max_position_embeddings=MAX_TOKENS,
        attention_probs_dropout_prob=0.0,
        id2label={0: "negative", 1: "positive"},
        label2id={"negative": 0, "positive": 1},
        attn_implementation="eager",  # twice as fast as torch's fused one at 20 tokens
    )
    model = BertForSequenceClassification(config)
    head = BertOnlyMLMHead(config)
    head.predictions.decoder.weight = model.bert.embeddings.word_embeddings.weight
    return model, head


def save(model: BertForSequenceClassification, tokenizer_folder: Path, output: Path) -> None:
    """Write the Hugging Face layout in half precision."""
    model.half().save_pretrained(output)
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        (output / name).write_bytes((tokenizer_folder / name).read_bytes())


def main() -> None:
    """Read the arguments, run what is not done yet, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the review files")
    parser.add_argument("--work", type=Path, required=True, help="where a run keeps its state")
    parser.add_argument("--output", type=Path, required=True, help="where the model is written")
    parser.add_argument("--start", type=Path, help="a model whose second round this is")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    keep_freed_memory()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.start:
        vocabulary = (arguments.start / "vocab.txt").read_bytes()
        (arguments.work / "vocab.txt").write_bytes(vocabulary)
    reviews = read_reviews(arguments.data / "train.tsv.xz")
    tokenizer = train_tokenizer(reviews.texts, arguments.work)
    dev = read_reviews(arguments.data / "dev.tsv.xz")
    data = Data(tokenizer, reviews, dev, arguments.work / "teacher.npy")
    log.info(f"{len(reviews)} reviews, {data.corpus.starts[len(reviews)]} tokens")
    torch.manual_seed(SEED)
    model, head = new_model()
    if arguments.start:
        model.load_state_dict(load_file(arguments.start / "model.safetensors"))
    for name, phase in ROUNDS[1].items() if arguments.start else (ROUNDS[0] | ROUNDS[1]).items():
        log.info(f"{name} {phase}")
        steps = plan(data, phase)
        train(Run(model, head, phase, len(steps)), steps, data, arguments.work / f"{name}.pt")
    save(model, arguments.work, arguments.output)


if __name__ == "__main__":
    main()
