"""What a config says of the labels of a model; kinds of answers that are no labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentiment.errors import ModelError, SettingsError
from sentiment.labels import Labels, labels_of, unnamed


def named_labels(names: Sequence[str], path: object) -> Labels:
    """The labels of these names; raises `ModelError` where they can't be told apart."""
    try:
        return labels_of(names)
    except ValueError as error:
        raise ModelError(
            "The labels of the model in {path} can't be told apart: {names}. Name them in their"
            " order with --label-names NAME,NAME.",
            path=path,
            names=", ".join(names),
        ) from error


def asked_labels(asked: str, count: int) -> list[str]:
    """The names that ``--label-names`` gives; raises `SettingsError` where they are not `count`."""
    names = [name.strip() for name in asked.split(",")]
    if len(names) != count:
        raise SettingsError(
            "--label-names gives {given} names ({names}), but the model has {labels} labels. Give"
            " one name for each, in the order of the model.",
            given=len(names),
            names=asked,
            labels=count,
        )
    return names


def config_names(config: dict[str, Any]) -> list[str]:
    """The names in a config.json, in the order of the logits; empty where it has none."""
    table = config.get("id2label")
    if isinstance(table, list):
        table = dict(enumerate(table))
    if not isinstance(table, dict):
        other = config.get("label2id")
        table = {index: name for name, index in other.items()} if isinstance(other, dict) else {}
    try:
        return [str(table[key]) for key in sorted(table, key=int)]
    except (TypeError, ValueError):
        return []


def labels_from(
    config: dict[str, Any], count: int, folder: Path, asked: str, borrowed: bool
) -> tuple[Labels, str]:
    """The labels of a model with `count` of them, and who says so.

    `borrowed`: the config is that of the base model, whose labels may be others. Raises
    `ModelError` for a regression and for several labels at once.
    """
    refuse_no_labels(config, count, folder)
    if asked:
        return named_labels(asked_labels(asked, count), folder), "--label-names"
    names = config_names(config)
    if len(names) != count:
        if names and not unnamed(names) and not borrowed:
            raise ModelError(
                "The weights of the model have {labels} labels, but the config.json in {folder}"
                " names {named} ({names}). Correct its id2label, or name them with --label-names.",
                labels=count,
                folder=folder,
                named=len(names),
                names=", ".join(names),
            )
        names = [f"LABEL_{index}" for index in range(count)]
    said = "-" if unnamed(names) else "config.json (id2label)"
    return named_labels(names, folder), said


def refuse_no_labels(config: dict[str, Any], count: int, folder: Path) -> None:
    """Raise `ModelError` for a model whose answer is no label."""
    kind = config.get("problem_type")
    if count == 1 or kind == "regression":
        raise ModelError(
            "The model in {folder} answers with a number (regression, {labels} label): it has no"
            " labels to choose from. Name a classifier with two labels or more.",
            folder=folder,
            labels=count,
        )
    if kind == "multi_label_classification":
        raise ModelError(
            "The model in {folder} is a multi-label one (problem_type {kind}): several of its"
            " labels may hold at once, which is not supported. Name a model that chooses one.",
            folder=folder,
            kind=kind,
        )
