"""``classify``: whole files, from the terminal."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands import classify_parts
from sentiment.commands.console import Command, examples, progress, say
from sentiment.commands.options import model_options, options, said, table_options
from sentiment.tables.writing import FORMATS

if TYPE_CHECKING:
    from sentiment.bulk.inputs import Input, Wanted


ENGINES = ("here", "ray")

HOW_IT_READS = ("backend", "max_seq_length", "precision", "text_form")
"""Options that the answers of a model depend on."""

classify_options = options(
    click.argument("inputs", nargs=-1, required=True, metavar="IN..."),
    click.option(
        "-o",
        "--output",
        metavar="OUT",
        help="결과 파일, 입력이 여럿이면 폴더, -: 표준 출력. "
        "The result; a folder for several inputs; -: standard output.",
    ),
    table_options,
    click.option(
        "--format",
        "kind",
        type=click.Choice(FORMATS),
        help="결과의 형식(없으면 이름대로). The result's format (default: by the name).",
    ),
    click.option(
        "--plan",
        is_flag=True,
        help="판단하지 않고 어떻게 읽는지만. Only show how the files are read.",
    ),
    click.option("--json", "as_json", is_flag=True, help="--plan을 JSON으로. The plan as JSON."),
    click.option(
        "--overwrite", is_flag=True, help="있는 결과를 바꿉니다. Replace results that are there."
    ),
    click.option(
        "--engine",
        type=click.Choice(ENGINES),
        default=ENGINES[0],
        show_default=True,
        help="here: 이 컴퓨터의 이 프로세스, ray: 레이 클러스터. "
        "What judges: this process, or a Ray cluster.",
    ),
    click.option(
        "--address",
        metavar="ADDR",
        help="레이 클러스터의 주소(없으면 있는 것, 아니면 이 컴퓨터에서 시작합니다). "
        "Of the Ray cluster (default: the one at hand, else one started here).",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1),
        metavar="N",
        help="레이에서 함께 일하는 수(없으면 코어마다 하나). "
        "How many work at once on Ray (default: one for each core).",
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
    inputs: tuple[str, ...],
    output: str | None,
    kind: str | None,
    plan: bool,
    as_json: bool,
    overwrite: bool,
    engine: str,
    address: str | None,
    workers: int | None,
    debug: bool,
    **values: Any,
) -> None:
    """CSV, TSV, XLSX, JSONL, TXT, Parquet 파일을 통째로 판단합니다 · Judge whole files.

    결과는 원래 열에 label, 라벨마다 열 하나(positive, negative), problem, notice, model을 더한
    것입니다. 끊겼으면 같은 명령으로 이어집니다. The result has these columns beside its own, one
    for each label of the model; the same command goes on after a break.
    """
    from sentiment.bulk.inputs import Wanted
    from sentiment.bulk.sharding.places import is_remote

    if engine != "ray" and (address or workers):
        raise click.UsageError("--address, --workers: add --engine ray.")
    wanted = Wanted(**said(values), kind=kind)
    if plan:
        show(inputs, wanted, as_json)
        return
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    reading = {name: values[name] for name in HOW_IT_READS}
    try:
        if engine == "ray" or any(map(is_remote, [output, *inputs])):
            where = (engine, address, workers)
            classify_parts.judge(inputs, output, wanted, overwrite, (values, reading), where)
        else:
            judge([Path(each) for each in inputs], Path(output), wanted, overwrite, values)
    except KeyboardInterrupt:
        say("\n같은 명령으로 이어집니다 · The same command goes on from here.")
        ctx.exit(130)


def judge(
    inputs: list[Path],
    output: Path,
    wanted: "Wanted",
    overwrite: bool,
    values: dict[str, Any],
) -> None:
    """Say how the files are read, judge them, and say what came out."""
    from sentiment.bulk.classify import carry_out, order
    from sentiment.bulk.tally import described
    from sentiment.model.loader import load
    from sentiment.tables.telling import labels, lines

    with order(inputs, output, wanted) as made:
        for file in made.files:
            say("\n".join(lines(file.name, file.layout)))
        results = carry_out(
            made,
            load(**values, say=say),
            overwrite=overwrite,
            reading={name: values[name] for name in HOW_IT_READS},
            say=say,
            follow=bar,
        )
    for result in results:
        say(f"{result.input.name} → {result.input.target}")
        say("\n".join(described(result.tally, labels(result.input.layout))))


def show(inputs: tuple[str, ...], wanted: "Wanted", as_json: bool) -> None:
    """Print how the files are read; one object of JSON for one file, a list for several."""
    from sentiment.bulk.inputs import plans
    from sentiment.bulk.sharding.places import fetched
    from sentiment.tables.telling import as_json as plan_of
    from sentiment.tables.telling import lines

    with TemporaryDirectory() as folder:
        paths = [path for each in inputs for path in fetched(each, Path(folder))]
        found = list(plans(paths, wanted.said, Path(folder)))
    if as_json:
        made = [{"file": name, **plan_of(layout)} for name, layout in found]
        click.echo(json.dumps(made[0] if len(made) == 1 else made, ensure_ascii=False))
    else:
        click.echo("\n".join(line for each in found for line in lines(*each)))


def bar(file: "Input", steps: Iterator[int]) -> None:
    """Follow the steps of a file; a terminal shows how far it is."""
    with progress(file.name, "행 rows", file.layout.rows, next(steps)) as shown:
        for size in steps:
            shown.update(size)
