"""``classify``: whole files, from the terminal."""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import column_options, model_options, options
from sentiment.errors import DataError
from sentiment.tables.writing import FORMATS

if TYPE_CHECKING:
    from sentiment.bulk.inputs import Task
    from sentiment.bulk.journal import Journal
    from sentiment.model.inference import Band, Classifier


HOW_IT_READS = ("backend", "max_seq_length")
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
    from sentiment.bulk.inputs import STREAM, Wanted, planned
    from sentiment.bulk.running import alone
    from sentiment.model.loader import load

    with tempfile.TemporaryDirectory() as folder, told_breaks(ctx):
        spool = Path(folder)
        tasks = planned(list(inputs), output, Wanted(kind, text_column, label_column), spool)
        classifier = load(**values, say=say)
        reading = {"model": classifier.id} | {name: values[name] for name in HOW_IT_READS}
        target = spool / "stdout" if output == STREAM else output
        with alone(target):
            judge_all(tasks, target, classifier, reading, overwrite)


@contextmanager
def told_breaks(ctx: click.Context) -> Iterator[None]:
    """What keeps a result from being written is told, and a break says how to go on."""
    try:
        yield
    except BrokenPipeError:  # whoever read standard output has seen enough
        raise
    except (OSError, sqlite3.OperationalError) as error:  # the latter of the lock
        raise DataError(
            "The result can't be written ({cause}). Make room, or name another place with -o.",
            cause=error,
        ) from error
    except KeyboardInterrupt:
        say("\n같은 명령으로 이어집니다 · The same command goes on from here.")
        ctx.exit(130)


def judge_all(
    tasks: "list[Task]",
    target: Path,
    classifier: "Classifier",
    reading: dict[str, object],
    overwrite: bool,
) -> None:
    """From the files to their results, by way of a journal beside `target`."""
    from sentiment.bulk.running import journal_of

    make_room(tasks, journal := journal_of(target, tasks, reading), overwrite)
    for number, task in enumerate(tasks):
        judge(task, number, journal, classifier)
    if not journal_of(target, tasks, reading).matches:
        raise DataError("A file was changed while it was judged. Run the command again.")
    for number, task in enumerate(tasks):
        finish(task, number, journal, classifier.unsure)
    journal.remove()


def make_room(tasks: "list[Task]", journal: "Journal", overwrite: bool) -> None:
    """Open the journal, unless results are in the way that are not of its own run."""
    taken = [task.target for task in tasks if task.target.exists()]
    if taken and not overwrite and not journal.matches:
        raise DataError(
            "{path} is there already. Name another result with -o, or add --overwrite.",
            path=taken[0],
        )
    if journal.matches:
        say("이어서 합니다 · Going on where it stopped.")
    journal.open()


def judge(task: "Task", number: int, journal: "Journal", classifier: "Classifier") -> None:
    """Judge what is left of a file; a terminal shows how far it is."""
    from sentiment.bulk.running import count, judge_rest

    steps = judge_rest(task, number, journal, classifier.judge)
    if not sys.stderr.isatty():
        for _ in steps:
            pass
        return
    left = count(task) - next(steps)
    begun = perf_counter()
    progress: Any = click.progressbar(
        length=left,
        label=task.name,
        show_pos=True,
        item_show_func=lambda rate: f"{rate:,.0f} 행 rows/s" if rate else "",
        file=sys.stderr,
    )
    with progress as bar:
        for size in steps:
            bar.update(size, (bar.pos + size) / (perf_counter() - begun))


def finish(task: "Task", number: int, journal: "Journal", band: "Band") -> None:
    """Write the result of a file, and say what it amounts to."""
    from sentiment.bulk.running import write_result
    from sentiment.bulk.tally import described

    tally = write_result(task, number, journal, band)
    say(f"{task.name} → {task.target}")
    say("\n".join(described(tally, task.label_name)))
