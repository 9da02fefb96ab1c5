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
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TypeAlias

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer
from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
from transformers.models.bert.modeling_bert import BertOnlyMLMHead

from sentiment.texts.slips import augmented
from sentiment.training.recipes.corpus import Corpus, batches
from sentiment.training.recipes.reviews import (
    NEGATIVE_TO,
    POSITIVE_FROM,
    SOFT_LABELS,
    Reviews,
    read_reviews,
)
from sentiment.training.recipes.teacher import opinions

log = logging.getLogger(__name__)

Model: TypeAlias = BertForSequenceClassification
Head: TypeAlias = BertOnlyMLMHead

SPECIAL: list[str | AddedToken] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
MASK = SPECIAL.index("[MASK]")


@dataclass(frozen=True)
class Phase:
    """How one phase is trained; `tokens` are those of one step, padding included.

    `masked` is the share of tokens hidden, `augmented` that of texts written in another way,
    `taught` that of the target which the teacher sets.
    """

    epochs: int
    learning_rate: float
    tokens: int
    warmup: int
    dropout: float
    masked: float
    augmented: float
    taught: float
    language: bool


PRETRAIN = Phase(1, 1e-3, 4096, 300, 0.0, 0.15, 0.0, 0.0, True)
FINETUNE = Phase(2, 3e-4, 2560, 200, 0.1, 0.05, 0.0, 0.0, False)
ROUNDS = (
    {"pretrain": PRETRAIN, "finetune": FINETUNE},
    {
        "pretrain-2": replace(PRETRAIN, epochs=3, augmented=0.15, taught=0.5),
        "finetune-2": replace(FINETUNE, augmented=0.1, taught=0.5),
    },
)
SEED = 7
VOCABULARY = 12_000
MAX_TOKENS = 128
SAVE_EVERY = 250


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


def new_model() -> tuple[Model, Head]:
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


def mask_tokens(ids: Tensor, share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Hide `share` of the ordinary tokens as BERT does (80 % [MASK], 10 % another, 10 % kept).

    Returns the changed ids and where tokens were chosen, both of the shape of `ids`.
    """
    chosen = (torch.rand(ids.shape, generator=generator) < share) & (ids >= len(SPECIAL))
    fate = torch.rand(ids.shape, generator=generator)
    other = torch.randint(len(SPECIAL), VOCABULARY, ids.shape, generator=generator)
    masked = torch.where(chosen & (fate < 0.8), MASK, ids)
    return torch.where(chosen & (fate >= 0.9), other, masked), chosen


def epoch_rows(reviews: Reviews, phase: Phase, rng: np.random.Generator) -> np.ndarray:
    """The reviews of one epoch: every one in pretraining, a balanced draw in fine-tuning."""
    if phase.language:
        return np.arange(len(reviews))
    count = len(reviews.negative)
    return np.concatenate(
        [
            reviews.negative,
            rng.choice(reviews.positive, count, replace=False),
            rng.choice(reviews.between, min(count // 3, len(reviews.between)), replace=False),
        ]
    )


def plan(data: "Data", phase: Phase) -> list[np.ndarray]:
    """All batches of a phase in order; the same for the same seed, so that a run can go on."""
    rng = np.random.default_rng(SEED)
    steps: list[np.ndarray] = []
    for _ in range(phase.epochs):
        rows = epoch_rows(data.reviews, phase, rng)
        rows = rows + len(data.reviews) * (rng.random(len(rows)) < phase.augmented)
        steps += batches(data.corpus.lengths, rows, phase.tokens, rng)
    return steps


class Run:
    """One phase under way: model, optimizer and schedule, and how many steps are done."""

    def __init__(self, model: Model, head: Head, phase: Phase, steps: int) -> None:
        """Set up a phase of `steps` steps from its beginning."""
        self.model, self.head, self.phase, self.done = model, head, phase, 0
        parameters = [*model.parameters(), *(head.parameters() if phase.language else ())]
        self.parameters = list(dict.fromkeys(parameters))  # the embeddings are shared
        self.optimizer = torch.optim.AdamW(
            self.parameters, phase.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / phase.warmup, max(0.02, 1 - step / steps)),
        )
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = phase.dropout

    def losses(
        self, ids: Tensor, attention: Tensor, target: Tensor, weight: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Loss of the labels and of the hidden tokens (0 where these are not trained).

        `ids` and `attention`: (rows, length); `target`, the probability of "positive", and
        `weight`: (rows,). What is hidden depends on the seed and the step alone.
        """
        torch.manual_seed(SEED * 1_000_003 + self.done)
        generator = torch.Generator().manual_seed(SEED * 1_000_003 + self.done)
        inputs, chosen = mask_tokens(ids, self.phase.masked, generator)
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.model.bert(inputs, attention)
            logits = self.model.classifier(self.model.dropout(hidden.pooler_output))
        soft = torch.stack([1 - target, target], dim=1)
        label_losses = F.cross_entropy(logits.float(), soft, reduction="none")
        label_loss = (label_losses * weight).sum() / weight.sum()
        if not self.phase.language:
            return label_loss, torch.zeros(())
        with torch.autocast("cpu", torch.bfloat16):
            words = self.head(hidden.last_hidden_state[chosen])
        return label_loss, F.cross_entropy(words.float(), ids[chosen])

    def step(self, *batch: Tensor) -> tuple[float, float]:
        """One step of the optimizer; returns the two losses."""
        self.model.train()
        label_loss, word_loss = self.losses(*batch)
        (label_loss + word_loss).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.schedule.step()
        self.done += 1
        return label_loss.item(), word_loss.item()

    def save(self, file: Path) -> None:
        """Write everything that going on needs; the file is whole or not there."""
        parts = {name: getattr(self, name).state_dict() for name in self.PARTS}
        torch.save({**parts, "step": self.done}, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def restore(self, file: Path) -> None:
        """Go on from what `save` wrote."""
        saved = torch.load(file, weights_only=True)
        for name in self.PARTS:
            getattr(self, name).load_state_dict(saved[name])
        self.done = saved["step"]

    PARTS = ("model", "head", "optimizer", "schedule")


def train(run: Run, steps: list[np.ndarray], data: "Data", state: Path) -> None:
    """Run one phase to its end, going on from the file `state` where it exists."""
    weights = data.rating_weights if run.phase.language else np.ones(11, np.float32)
    targets = data.targets(run.phase.taught)
    if state.exists():
        run.restore(state)
    losses: list[tuple[float, float]] = []
    for rows in steps[run.done :]:
        reviews = rows % len(data.reviews)
        losses.append(
            run.step(
                *data.corpus.batch(rows),
                torch.from_numpy(targets[reviews]),
                torch.from_numpy(weights[data.reviews.ratings[reviews]]),
            )
        )
        if run.done % SAVE_EVERY == 0 or run.done == len(steps):
            label, word = np.mean(losses, axis=0)
            accuracy = data.dev_accuracy(run.model)
            log.info(
                f"{state.stem} step {run.done}/{len(steps)} label loss {label:.4f} "
                f"word loss {word:.3f} dev accuracy {accuracy:.4f}"
            )
            losses.clear()
            run.save(state)


class Data:
    """The reviews as tokens, and the balanced dev reviews to watch; nothing is chosen by them."""

    def __init__(self, tokenizer: Tokenizer, reviews: Reviews, dev: Reviews, teacher: Path) -> None:
        """Tokenise everything once: row ``len(reviews) + i`` is another way to write review i."""
        self.reviews = reviews
        self.teacher = teacher
        random = Random(SEED)  # noqa: S311 - nothing secret
        others = [augmented(text, random) if text else text for text in reviews.texts]
        self.corpus = Corpus.encode(tokenizer, reviews.texts + others)
        rows = dev.balanced(SEED)
        self.dev = Corpus.encode(tokenizer, [dev.texts[i] for i in rows])
        self.dev_labels = torch.from_numpy((dev.ratings[rows] >= POSITIVE_FROM).astype(np.int64))

    @property
    def rating_weights(self) -> np.ndarray:
        """Weight of a rating's label (11 entries): positives weigh as much as negatives."""
        weights = np.full(11, 0.5, np.float32)
        weights[1 : NEGATIVE_TO + 1] = 1.0
        weights[POSITIVE_FROM:] = len(self.reviews.negative) / max(1, len(self.reviews.positive))
        return weights

    def targets(self, taught: float) -> np.ndarray:
        """Probability of "positive" that each review is trained towards, shape (reviews,)."""
        soft: np.ndarray = SOFT_LABELS[self.reviews.ratings]
        if not taught:
            return soft
        teacher = opinions(self.reviews, self.rating_weights, SEED, self.teacher)
        return (1 - taught) * soft + taught * teacher

    @torch.no_grad()
    def dev_accuracy(self, model: Model) -> float:
        """Share of the balanced dev reviews that the model gets right as it is now."""
        model.eval()
        right = 0
        rows = np.arange(len(self.dev_labels))
        for part in batches(self.dev.lengths, rows, 8192, np.random.default_rng(0)):
            ids, attention = self.dev.batch(part)
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(ids, attention).logits
            right += int((logits.argmax(1) == self.dev_labels[part]).sum())
        return right / len(self.dev_labels)


def save(model: Model, tokenizer_folder: Path, output: Path) -> None:
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
