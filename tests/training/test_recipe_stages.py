"""The whole recipe from data to folders, on made-up sets and a model of a few numbers."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file
from transformers import BertForSequenceClassification

from sentiment.training.recipes import base, domains, larger, student, work
from sentiment.training.recipes.own import own_sentences


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One short block for every phase."""
    for module, names in (
        (base, ("STEADY", "FALLING")),
        (student, ("LABELS", "TAUGHT")),
        (larger, ("TAUGHT",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, replace(getattr(module, name), blocks=1, mask_id=4))
    monkeypatch.setattr(base, "Counts", lambda: SMALL)
    monkeypatch.setattr(base, "EXTRA", {"own": 8, "sentineg turned": 2})
    monkeypatch.setattr(student, "LABELS_COUNTS", SMALL)
    for module in (student, larger):
        kinds = {name: replace(kind, share=4) for name, kind in module.KINDS.items()}
        monkeypatch.setattr(module, "KINDS", kinds)
    monkeypatch.setattr(larger, "LAYERS", (1,))
    few = own_sentences(1).take(np.arange(40))
    monkeypatch.setattr(work, "own_sentences", lambda seed: few)
    monkeypatch.setattr(domains, "PIECE_LEAST", 1)
    monkeypatch.setattr(domains, "keep_freed_memory", lambda: None)


SMALL = base.Counts(8, 4, 4, 4, 8, 4, 4)


@pytest.mark.slow
@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("only_cc0", [False, True])
def test_the_recipe_runs_from_data_to_folders(
    data: Path, encoder: Path, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    only_cc0: bool,
) -> None:  # fmt: skip
    """Every stage leaves what the next one needs, and a second run changes nothing."""
    folder = tmp_path / "work"
    command = ["domains", "--data", str(data), "--work", str(folder), "--encoder", str(encoder)]
    command += ["--small", str(small), *(["--only-cc0"] if only_cc0 else [])]
    monkeypatch.setattr(sys, "argv", command)
    domains.main()
    students = ["student-labels", *([] if only_cc0 else ["student", "larger-again"])]
    assert (folder / "base").exists() is not only_cc0
    for name in students:
        model = BertForSequenceClassification.from_pretrained(folder / f"{name}-calibrated")
        assert len(model.config.unsure) == 2
        assert (folder / f"{name}-calibrated" / "tokenizer.json").exists()
    before = load_file(folder / students[-1] / "model.safetensors")
    domains.main()
    after = load_file(folder / students[-1] / "model.safetensors")
    assert all((before[name] == after[name]).all() for name in before)
