"""Names of weights: found in a table whatever they were wrapped in, as transformers has them.

A loop that trains a model may keep it as an attribute of another (``model.``, ``bert.bert.``), and
wrappers put names of their own between. What a model needs is found by how the names end; what is
left must be known to be no part of it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.errors import ModelError
from sentiment.model.checkpoints.sanity import some
from sentiment.model.checkpoints.weights import Tensors

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig

WRAPPERS = {
    *("module", "_orig_mod", "_forward_module"),  # DataParallel, torch.compile, Fabric
    *("_fsdp_wrapped_module", "_checkpoint_wrapped_module"),
}
"""Parts of a name that only say what a module was wrapped in."""

MEASURES = re.compile(
    r"(^|_)(loss|losses|criterion|criteria|ce|bce|nll|cross_?entropy|focal|metrics?|meters?"
    r"|acc|accuracy|f1|f1score|precision|recall|specificity|auroc|auc|confmat|mcc|kappa)(_|\d|$)"
)
"""Parts of the names of what a training loop measures with."""

SHARES = re.compile(r"(class|label|loss|pos|sample)_?weights?")
"""How a loop calls what each label counts in its loss, where it keeps that itself."""

PRETRAINING = re.compile(
    r"(^|\.)(cls\.(predictions|seq_relationship)|lm_head|mlm_head|generator(_predictions|_lm_head)?"
    r"|discriminator_predictions|vocab_(transform|layer_norm|projector))(\.|$)"
)
"""Heads of pretraining, which a classifier has no use for."""

KINDS = {
    *("bert", "roberta", "electra", "albert", "distilbert", "deberta", "xlnet", "funnel"),
    *("convbert", "mobilebert", "nystromformer", "fnet", "camembert", "mpnet", "longformer"),
}
"""What transformers calls some encoders; whoever means one by it hardly means another."""

BUFFERS = ("position_ids", "token_type_ids", "inv_freq", "masked_bias", "n_averaged")
"""Numbers that a model makes itself and older versions saved; how often SWA has averaged."""


@dataclass(frozen=True)
class Skeleton:
    """The names and shapes of a kind of classifier; `head` are those that depend on its labels.

    `base` is what transformers calls the encoder, such as ``bert``; `ignored` are patterns of the
    names that it leaves out itself; `buffers` are names of what is not learnt, such as scales that
    I-BERT sets as it runs.
    """

    kind: str
    base: str
    shapes: dict[str, tuple[int, ...]]
    head: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    buffers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kind: "type[torch.nn.Module]", config: "PreTrainedConfig") -> "Skeleton":
        """What a class makes of a config; nothing is allocated."""
        import copy

        import torch

        tables = []
        for labels in (2, 3):
            sized = copy.deepcopy(config)
            sized.num_labels = labels
            with torch.device("meta"):
                made = kind(sized)
            tables.append({key: tuple(value.shape) for key, value in made.state_dict().items()})
        two, three = tables
        head = tuple(key for key, shape in two.items() if three[key] != shape)
        ignored = getattr(kind, "_keys_to_ignore_on_load_unexpected", None) or ()
        base = str(getattr(kind, "base_model_prefix", ""))
        learnt = {name for name, _ in made.named_parameters(remove_duplicate=False)}
        return cls(kind.__name__, base, two, head, tuple(ignored), frozenset(two.keys() - learnt))


@dataclass(frozen=True)
class Fitted:
    """Weights under the names of a skeleton; what it has no place for keeps its own name.

    `dropped`: names of what was left out because it is known to be no part of the model.
    """

    weights: Tensors
    dropped: tuple[str, ...]


def stripped(weights: Tensors) -> Tensors:
    """Without the ``model.`` of the book's task, and without a buffer that models make anew."""
    return {
        key.removeprefix("model."): tensor
        for key, tensor in weights.items()
        if not key.endswith(".embeddings.position_ids")
    }


def fitted(weights: Tensors, skeleton: Skeleton, file: Path) -> Fitted:
    """Find what a skeleton needs in a table; raises `ModelError` for what needs another cure."""
    refuse_adapter(weights, file)
    table = {unwrapped(name): tensor for name, tensor in weights.items()}
    if len(table) < len(weights):  # two that differ by a wrapper alone: nobody knows which counts
        table = weights
    inside = f"{skeleton.base}."
    inner = [key.removeprefix(inside) for key in skeleton.shapes if key.startswith(inside)]
    front = prefix(inner, table, skeleton, file)
    places = {f"{front}{key}": f"{inside}{key}" for key in inner if f"{front}{key}" in table}
    for key in skeleton.shapes:
        if not key.startswith(inside) and (found := heads_of(key, table, skeleton)):
            places[nearest(found, front, key)] = key
    rest = [name for name in table if name not in places]
    wrapper = "model." if all(name.startswith("model.") for name in [front, *rest]) else ""
    dropped = {
        name for name in rest if no_part(name.removeprefix(wrapper), front, wrapper, skeleton)
    }
    others = {name: name.removeprefix(wrapper) for name in rest if name not in dropped}
    if twice := set(places.values()) & set(others.values()):
        refuse_several([name for name, key in (places | others).items() if key in twice], file)
    named = places | others
    return Fitted({key: table[name] for name, key in named.items()}, tuple(sorted(dropped)))


def unwrapped(name: str) -> str:
    """A name without what wrappers put into it, and with today's names of a norm's numbers."""
    parts = [part for part in name.split(".") if part not in WRAPPERS]
    if len(parts) > 1 and parts[-1] in ("gamma", "beta"):
        parts[-1] = "weight" if parts[-1] == "gamma" else "bias"
    return ".".join(parts)


def prefix(tails: Collection[str], names: Iterable[str], skeleton: Skeleton, file: Path) -> str:
    """What stands before most of the encoder's names, such as ``model.bert.``.

    Raises `ModelError` where two whole encoders are there, or one of another kind.
    """
    known = set(tails)
    counted: Counter[str] = Counter()
    for name in names:
        parts = name.split(".")
        for start in range(len(parts)):
            if ".".join(parts[start:]) in known:
                counted["".join(f"{part}." for part in parts[:start])] += 1
    whole = [front for front, count in counted.items() if count == len(known)]
    if len(whole) > 1:
        refuse_several(whole, file)
    if not counted:
        return f"{skeleton.base}."
    front = max(counted, key=lambda each: (counted[each], -len(each)))
    found = front.rstrip(".").rpartition(".")[2]
    if found in KINDS and found != skeleton.base:
        raise ModelError(
            "The weights in {path} are those of another kind of model ({found}) than the"
            " config.json beside them or in --pretrained ({kind}). Most likely --pretrained is not"
            " the model that was fine-tuned: set it to that one.",
            path=file,
            found=found,
            kind=skeleton.base,
        )
    return front


def refuse_several(names: list[str], file: Path) -> None:
    """Raise the `ModelError` for weights of which nobody knows which are the model."""
    raise ModelError(
        "{path} holds several models of this kind ({names}). Save the one that is meant with"
        " torch.save(task.NAME.state_dict(), 'weights.pt') and use that file.",
        path=file,
        names=some(names),
    )


def heads_of(key: str, table: Tensors, skeleton: Skeleton) -> list[str]:
    """Names that end in one of the head's, and have its shape but for the number of labels."""
    free = 1 if key in skeleton.head else 0
    shape = skeleton.shapes[key]
    return [
        name
        for name, tensor in table.items()
        if (name == key or name.endswith(f".{key}"))
        and tensor.ndim == len(shape)
        and tuple(tensor.shape[free:]) == shape[free:]
    ]


def nearest(found: list[str], front: str, key: str) -> str:
    """Of several the one whose prefix has most in common with the encoder's, then the shortest."""

    def likeness(name: str) -> tuple[int, int]:
        mine, theirs = name.removesuffix(key).split("."), front.split(".")
        same = [one == other for one, other in zip(mine, theirs, strict=False)]
        return (same.index(False) if False in same else len(same)), -len(name)

    return max(found, key=likeness)


def no_part(name: str, front: str, wrapper: str, skeleton: Skeleton) -> bool:
    """Whether a name that has no place is known to be of a loss, a metric or the pretraining."""
    inside = front.removeprefix(wrapper)
    parts = name.split(".")
    if parts[-1] in BUFFERS or PRETRAINING.search(name):
        return True
    if any(re.search(pattern, name) for pattern in skeleton.ignored):
        return True
    if name.startswith((f"{inside}pooler.", f"{skeleton.base}.pooler.")):
        return True  # the class of today has none, so its answer never went through one
    own = inside and name.startswith(inside)
    *modules, last = map(snake_case, parts)
    return not own and (any(map(MEASURES.search, modules)) or bool(SHARES.fullmatch(last)))


def snake_case(name: str) -> str:
    """``valF1Score`` as ``val_f1_score``."""
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name).lower()


def refuse_adapter(weights: Tensors, file: Path) -> None:
    """Raise `ModelError` for LoRA matrices without their scale, and for parts of FSDP."""
    lora = [name for name in weights if ".lora_" in name or ".modules_to_save." in name]
    if lora:
        raise ModelError(
            "{path} holds the matrices of a LoRA adapter (PEFT) beside the weights ({names}), and"
            " their scale is not in the file. Where it was trained, save"
            " model.merge_and_unload().state_dict(), or name the adapter's folder with --model.",
            path=file,
            names=some(lora),
        )
    flat = [name for name in weights if "flat_param" in name]
    if flat:
        raise ModelError(
            "{path} is a part of a model that FSDP cut up ({names}). Put it together with"
            " accelerate merge-weights FOLDER OUTPUT, and name OUTPUT with --model.",
            path=file,
            names=some(flat),
        )
