"""``train``: fine-tune a pretrained model on labelled sentences, as the book does."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import debug_option, options, said, table_options
from sentiment.errors import SettingsError
from sentiment.settings import Settings, install_line

file_type = click.Path(path_type=Path)

train_options = options(
    click.option(
        "--pretrained",
        default=Settings.pretrained,
        show_default=True,
        metavar="PATH|NAME",
        help="미세조정할 모델: 가중치가 있는 폴더나 허브 이름. "
        "What to fine-tune: a folder with weights, or a hub name.",
    ),
    click.option(
        "--corpus",
        required=True,
        type=file_type,
        metavar="DIR|FILE",
        help="NSMC 폴더, prepare가 만든 폴더, 또는 표 파일. "
        "NSMC's folder, a folder that prepare made, or a table.",
    ),
    click.option(
        "--valid",
        type=file_type,
        metavar="FILE",
        help="검증할 파일. 표 파일에 없으면 10분의 1을 떼어 둬요. "
        "What to validate on; without it a tenth of a table is held out.",
    ),
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="체크포인트를 둘 폴더. The folder of the checkpoint.",
    ),
    table_options,
    click.option(
        "--max-seq-length",
        type=click.IntRange(3, 512),
        default=128,
        show_default=True,
        help="한 문장에서 읽는 토큰 수. Tokens read of one sentence.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(1),
        default=32,
        show_default=True,
        help="한 번에 배우는 문장 수(모든 장치 합). Sentences a step, of all devices.",
    ),
    click.option(
        "--learning-rate",
        type=click.FloatRange(0, min_open=True),
        default=5e-5,
        show_default=True,
        help="학습률. 에포크마다 0.9배. Each epoch has 0.9 times that of the one before.",
    ),
    click.option(
        "--epochs",
        type=click.IntRange(1),
        default=3,
        show_default=True,
        help="몇 번 되풀이할지. Passes over the sentences.",
    ),
    click.option(
        "--patience",
        type=click.IntRange(1),
        metavar="N",
        help="val_loss가 N번 이어서 나아지지 않으면 멈춰요. "
        "Stop after N epochs in a row without a lower val_loss.",
    ),
    click.option(
        "--clip",
        type=click.FloatRange(0),
        default=1.0,
        show_default=True,
        help="기울기의 최대 크기(0: 그대로). Largest norm of the gradient (0: any).",
    ),
    click.option(
        "--precision",
        type=click.Choice(["auto", "32", "bf16", "16"]),
        default="auto",
        show_default=True,
        help="계산 정밀도. auto: 빨라지면 16비트. auto: 16 bits where that is faster.",
    ),
    click.option(
        "--seed", type=click.IntRange(0), default=7, show_default=True, help="난수. Seed."
    ),
    click.option(
        "--resume",
        is_flag=True,
        help="끊긴 학습을 이어 가요(같은 옵션으로). Go on with a run that was cut off, "
        "with the same options.",
    ),
    debug_option,
)


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment train --corpus nsmc --output checkpoint-doccls",
        "python -m sentiment train --corpus nsmc --output checkpoint-doccls --resume",
        "python -m sentiment train --corpus shop.csv --label-column stars --output shop",
    ),
)
@train_options
def train(
    corpus: Path,
    valid: Path | None,
    output: Path,
    resume: bool,
    debug: bool,
    **values: Any,
) -> None:
    """라벨이 있는 문장으로 모델을 미세조정해요 · Fine-tune a model on labelled sentences."""
    if find_spec("pytorch_lightning") is None:
        raise SettingsError(
            "Training needs PyTorch Lightning, which is not installed. Install it with: {line}",
            line=install_line("train"),
        )
    from sentiment.model.loader import silent
    from sentiment.tables.layout import Said
    from sentiment.training.examples import read_corpus
    from sentiment.training.finetune import finetune
    from sentiment.training.plan import STATE, Plan
    from sentiment.training.trainer import is_first_process

    known = Said(**said(values))
    plan = Plan(**values)
    tell = say if is_first_process() else silent
    split = read_corpus(corpus, valid, known, plan.seed, tell)
    try:
        best = finetune(plan, split, output, resume, tell)
    except SystemExit:  # what Lightning makes of Ctrl-C
        if (output / STATE).is_file():
            tell("\n--resume을 붙이면 이어져요 · The same command with --resume goes on.")
        raise
    if is_first_process():
        click.echo(best)
    tell(f"띄우기 · To serve it: python -m sentiment serve --model {output}")
