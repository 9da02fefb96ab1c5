"""``classify``: whole files, from the terminal."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.console import Command, examples, progress, say
from sentiment.commands.options import column_options, model_options, options
from sentiment.tables.writing import FORMATS

if TYPE_CHECKING:
    from sentiment.bulk.inputs import Input


HOW_IT_READS = ("backend", "max_seq_length", "precision")
"""Options that the answers of a model depend on."""

classify_options = options(
    click.argument(
        "inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="IN..."
    ),
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path),
        metavar="OUT",
        help="결과 파일, 입력이 여럿이면 폴더, -: 표준 출력. "
        "The result; a folder for several inputs; -: standard output.",
    ),
    column_options,
    click.option(
        "--format",
        "kind",
        type=click.Choice(FORMATS),
        help="결과의 형식(없으면 이름대로). The result's format (default: by the name).",
    ),
    click.option(
        "--overwrite", is_flag=True, help="있는 결과를 바꿉니다. Replace results that are there."
    ),
)


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment classify reviews.csv -o judged.xlsx",
        "python -m sentiment classify reviews/ more.tsv.xz -o judged --format csv",
        "cat reviews.txt | python -m sentiment classify - -o - > judged.jsonl",
    ),
)
@classify_options
@model_options
@click.pass_context
def classify(
    ctx: click.Context,
    /,
    inputs: tuple[Path, ...],
    output: Path,
    text_column: str,
    label_column: str,
    kind: str | None,
    overwrite: bool,
    debug: bool,
    **values: Any,
) -> None:
    """CSV, TSV, XLSX, JSONL, TXT, Parquet 파일을 통째로 판단합니다 · Judge whole files.

    결과는 원래 열에 label, positive, negative, problem을 더한 것입니다. 끊겼으면 같은 명령으로
    이어집니다. The result has these columns beside its own; the same command goes on after a break.
    """
    from sentiment.bulk.classify import carry_out, order
    from sentiment.bulk.inputs import Wanted
    from sentiment.bulk.tally import described
    from sentiment.model.loader import load

    try:
        with order(inputs, output, Wanted(kind, text_column, label_column)) as made:
            results = carry_out(
                made,
                load(**values, say=say),
                overwrite=overwrite,
                reading={name: values[name] for name in HOW_IT_READS},
                say=say,
                follow=bar,
            )
    except KeyboardInterrupt:
        say("\n같은 명령으로 이어집니다 · The same command goes on from here.")
        ctx.exit(130)
    for result in results:
        say(f"{result.input.name} → {result.input.target}")
        say("\n".join(described(result.tally, result.input.label or "")))


def bar(file: "Input", steps: Iterator[int]) -> None:
    """Follow the steps of a file; a terminal shows how far it is."""
    from sentiment.bulk.classify import count_rows

    total = count_rows(file) if sys.stderr.isatty() else None
    with progress(file.name, "행 rows", total, next(steps)) as shown:
        for size in steps:
            shown.update(size)
