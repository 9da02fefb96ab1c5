"""How much memory and time it takes to restore a checkpoint of kcbert-base's size.

    python -m benchmarks.restore_memory

Makes a checkpoint as Lightning writes it, with the moments of Adam (1.3 GB, random weights, in a
temporary folder), restores it in a fresh process, judges one sentence there, and prints what that
process needed beside what a bare import of the libraries needs. The goal is a peak under 1.0 GB.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 1000
"""Highest peak that is fine, in MB of 10^6 bytes."""


def make_checkpoint(folder: Path) -> Path:
    """Write config, vocabulary and a checkpoint with Adam's state; returns the checkpoint."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(vocab_size=30_000, max_position_embeddings=300)  # else as kcbert-base
    config.save_pretrained(folder)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += [f"w{number}" for number in range(config.vocab_size - len(words))]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    model = BertForSequenceClassification(config)
    adam = torch.optim.AdamW(model.parameters())
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    adam.step()
    file = folder / "epoch=0-val_loss=0.30.ckpt"
    state = {f"model.{key}": tensor for key, tensor in model.state_dict().items()}
    torch.save({"epoch": 0, "state_dict": state, "optimizer_states": [adam.state_dict()]}, file)
    return file


def restore(checkpoint: Path) -> None:
    """Restore and judge once, in this process, and print peak memory and time."""
    from sentiment.model import loader

    started = time.perf_counter()
    classifier = loader.load(str(checkpoint), str(checkpoint.parent), 128, "torch")
    restored = time.perf_counter() - started
    classifier.predict(["w1 w2 w3"])
    report("restored and judged", restored)


def import_only() -> None:
    """Import what a restore imports and print peak memory and time, to compare with."""
    started = time.perf_counter()
    importlib.import_module("transformers.models.bert.modeling_bert")
    report("libraries alone", time.perf_counter() - started)


def report(what: str, seconds: float) -> None:
    """Print one row of the table."""
    import psutil

    memory = psutil.Process().memory_info()
    peak = getattr(memory, "peak_wset", None) or peak_of_unix()
    print(f"{what:22} peak {peak / 1e6:6.0f} MB, now {memory.rss / 1e6:6.0f} MB, {seconds:5.1f} s")
    if peak / 1e6 > GOAL:
        sys.exit(f"over the goal of {GOAL} MB")


def peak_of_unix() -> int:
    """Largest resident set of this process so far, in bytes."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def fresh(*arguments: str) -> None:
    """Run this file in a new process: a peak is that of a whole process."""
    command = [sys.executable, "-m", "benchmarks.restore_memory", *arguments]
    subprocess.run(command, check=True)  # noqa: S603 its own file and words of its own


def main() -> None:
    """Make, restore and compare, each in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--restore", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--import-only", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.make:
        make_checkpoint(arguments.make)
    elif arguments.restore:
        restore(arguments.restore)
    elif arguments.import_only:
        import_only()
    else:
        with tempfile.TemporaryDirectory() as folder:
            fresh("--make", folder)
            [file] = Path(folder).glob("*.ckpt")
            print(f"checkpoint             {file.stat().st_size / 1e6:.0f} MB")
            fresh("--import-only")
            fresh("--restore", str(file))


if __name__ == "__main__":
    main()
