"""``calibrate``: a temperature, and the band where a model is unsure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import debug_option
from sentiment.settings import SHIPPED_MODEL, Settings

if TYPE_CHECKING:
    from sentiment.evaluation.calibration import Fit


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment calibrate --data dev.tsv.xz",
        "python -m sentiment calibrate --data dev.tsv.xz --model my-model --write",
    ),
)
@click.option("--model", default=str(SHIPPED_MODEL), show_default=SHIPPED_MODEL.name)
@click.option("--data", required=True, type=click.Path(path_type=Path), metavar="FILE")
@click.option("--write", is_flag=True, help="모델 폴더를 고칩니다. Change the model's folder.")
@debug_option
def calibrate(model: str, data: Path, write: bool, debug: bool) -> None:
    """모델의 확률을 보정합니다 · Fit a model's probabilities to labelled sentences."""
    import numpy as np

    from sentiment.evaluation.calibration import fit, logits_of
    from sentiment.evaluation.table import aligned
    from sentiment.model.loader import load
    from sentiment.tables.labelled import Scan

    scan = Scan.of(data)
    scan.table(None).balanced()  # what is wrong is told before a model is loaded
    classifier = load(model, Settings.pretrained, Settings.max_seq_length, "torch", say)
    table = scan.table(classifier.labels)
    sentences = list(table.sentences(table.balanced()))
    logits = logits_of(classifier, [text for text, _ in sentences])
    right = np.array([classifier.labels.names.index(label) for _, label in sentences])
    found = fit(logits, right, classifier.labels.is_pair)
    click.echo("\n".join(aligned(described(found))))
    if write:
        from sentiment.model.checkpoints.calibrated import bake

        bake(Path(model), found.temperature, found.band)
        click.echo(
            "썼습니다 · Written. 다시 내보내세요 · Export again: "
            f"python -m sentiment export {model} -o {model} --int8-only --sentences {data}"
        )


def described(found: "Fit") -> Iterator[Sequence[str]]:
    """What was found, as rows of a table."""
    from sentiment.evaluation.table import number, percent, shown

    yield "온도 · Temperature", f"{found.temperature:.4f}"
    yield "보정 오차 전 · Calibration error before", number(found.error_before)
    yield "보정 오차 후 · Calibration error after", number(found.error_after)
    yield "애매한 구간 · Unsure between", f"{found.band[0]:g} – {found.band[1]:g}"
    yield "애매한 문장 · Unsure sentences", percent(found.part)
    yield "그 안의 정확도 · Accuracy inside", shown(found.inside)
    yield "그 밖의 정확도 · Accuracy outside", shown(found.outside)
