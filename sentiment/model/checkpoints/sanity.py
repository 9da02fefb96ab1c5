"""Whether weights can be those of a trained model; what a disk or a download made of them."""

from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.errors import ModelError

if TYPE_CHECKING:
    import torch

HOLE, ROWS = 10, 2
"""No trained matrix has a tenth of its rows, and so many, of zeros one after another; one row may
be that of the padding."""


def refuse_insane(
    weights: Mapping[str, "torch.Tensor"], file: Path, untouched: Collection[str] = ()
) -> None:
    """Raise `ModelError` for what no training leaves: NaN, infinity, matrices or norms of zeros.

    `untouched`: names of what training may leave as it began, and that may be zeros.
    """
    not_numbers, zeros = [], []
    for name, tensor in weights.items():
        if tensor.numel() == 0 or not tensor.is_floating_point():
            continue
        low, high = (float(end) for end in tensor.aminmax())
        if not (abs(low) < float("inf") and abs(high) < float("inf")):  # false for NaN, too
            not_numbers.append(name)
        elif name in untouched or may_be_zero(name, tensor):
            continue
        elif low == high == 0 or has_hole(tensor):
            zeros.append(name)
    if not_numbers:
        raise ModelError(
            "The weights in {path} hold NaN or infinity ({names}), so every answer would be no"
            " number. The training went wrong or the file is damaged: use an earlier checkpoint,"
            " or copy the file again.",
            path=file,
            names=some(not_numbers),
        )
    if zeros:
        raise ModelError(
            "The weights in {path} are damaged: {names} is nothing but zeros, as where a download"
            " stopped. Copy the file again from where it was trained.",
            path=file,
            names=some(zeros),
        )


def may_be_zero(name: str, tensor: "torch.Tensor") -> bool:
    """Whether a tensor of zeros is no damage: a bias, and RoBERTa's token types, never learnt."""
    if tensor.ndim >= 2:
        return "token_type" in name or name.endswith("bias")
    return not name.endswith((".weight", ".gamma"))


def has_hole(tensor: "torch.Tensor") -> bool:
    """Whether as many rows of a matrix as a tenth of them, one after another, are zero."""
    if tensor.ndim < 2:
        return False
    rows, least = tensor.flatten(1), max(ROWS, len(tensor) // HOLE)
    if int((rows[:, 0] == 0).sum()) < least:  # nearly always: the rest needs no look
        return False
    places = (rows != 0).any(1).nonzero().flatten().tolist()
    return any(after - before > least for before, after in pairwise((-1, *places, len(rows))))


def quantized(weights: Mapping[str, "torch.Tensor"]) -> list[str]:
    """Names that only weights of bitsandbytes, GPTQ and AWQ have, and matrices of few bits."""
    last = ("SCB", "absmax", "quant_map", "qweight", "qzeros", "g_idx")
    return [
        name
        for name, tensor in weights.items()
        if name.rpartition(".")[2] in last
        or (tensor.ndim > 1 and name.endswith(".weight") and is_small(tensor))
    ]


def is_small(tensor: "torch.Tensor") -> bool:
    """Whether the numbers of a tensor are whole ones or of 8 bits, which mean nothing alone."""
    return not tensor.is_floating_point() or tensor.element_size() < 2


def some(names: list[str], most: int = 3) -> str:
    """The first names in order, and how many more there are."""
    names = sorted(names)
    more = f" (+{len(names) - most})" if len(names) > most else ""
    return ", ".join(names[:most]) + more or "-"
