"""The phases of the training: how long, how fast, and what is hidden, rewritten or taught."""

from dataclasses import dataclass, replace

from tokenizers import AddedToken

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
