"""``evaluate``: how good a model is on a labelled file, and against another model."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.console import Command, examples, progress, say
from sentiment.commands.options import model_options, options, said, table_options
from sentiment.errors import SettingsError

if TYPE_CHECKING:
    from sentiment.evaluation.evaluate import Steps
    from sentiment.evaluation.result import Evaluation
    from sentiment.model.inference import Classifier

file_type = click.Path(path_type=Path)

evaluate_options = options(
    click.argument("file", type=file_type),
    click.option(
        "--against",
        metavar="PATH|NAME",
        help="견줄 다른 모델. Another model to compare with.",
    ),
    table_options,
    click.option(
        "--balanced",
        is_flag=True,
        help="라벨마다 같은 수로(늘 같은 문장). As many of each label, always the same ones.",
    ),
    click.option(
        "--robust",
        is_flag=True,
        help="띄어쓰기를 없애고, 오타를 내서도. Also without spaces, and with slips.",
    ),
    click.option(
        "--without",
        type=file_type,
        metavar="FILE",
        help="이 파일에 없는 문장만으로도(예: 학습 자료). "
        "Also on the texts alone that this file lacks, such as the training data.",
    ),
    click.option("--json", "as_json", is_flag=True, help="JSON으로. As JSON."),
    click.option(
        "--report",
        type=file_type,
        metavar="FILE",
        help="그림이 있는 HTML 한 장. One page of HTML with plots.",
    ),
    click.option(
        "--write",
        is_flag=True,
        help="모델 폴더의 measurements.json에 더합니다. /model이 보여 줍니다. "
        "Add the measures to measurements.json in the model's folder, which /model shows.",
    ),
    click.option(
        "--domain",
        default="",
        metavar="NAME",
        help="--write의 이름, 예: '영화 평 · film reviews'. "
        "What to call these sentences with --write.",
    ),
    click.option(
        "--source",
        default="",
        metavar="TEXT",
        help="--write의 출처(없으면 파일 이름). Where they come from (default: the file's name).",
    ),
)


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment evaluate reviews.csv --report report.html",
        "python -m sentiment evaluate dev.tsv.xz --balanced --robust --without train.tsv.xz",
        "python -m sentiment evaluate dev.tsv.xz --model new-model --against old-model",
        "python -m sentiment evaluate shop.csv --write --domain '쇼핑 후기 · shop reviews'",
    ),
)
@evaluate_options
@model_options
def evaluate(
    file: Path,
    against: str | None,
    balanced: bool,
    robust: bool,
    without: Path | None,
    as_json: bool,
    report: Path | None,
    write: bool,
    domain: str,
    source: str,
    model: str,
    debug: bool,
    **values: Any,
) -> None:
    """라벨이 있는 파일로 모델을 평가합니다 · Measure a model on the labelled sentences of FILE."""
    from sentiment.evaluation import table
    from sentiment.evaluation.evaluate import evaluate as measured
    from sentiment.model.loader import load
    from sentiment.tables.labelled import Scan
    from sentiment.tables.layout import Said

    if report:
        ready_for(report)
    scan = Scan.of(file, known := Said(**said(values)))
    scan.table(None)  # what is wrong is told before a model is loaded
    classifier = load(model, **values, say=say)
    made = measured(
        scan,
        classifier,
        load(against, **values, say=say) if against else None,
        said=known,
        balanced=balanced,
        robust=robust,
        without=without,
        follow=bar,
    )
    click.echo(json.dumps(asdict(made), ensure_ascii=False) if as_json else table.table(made))
    if report:
        say(f"썼습니다 · Written: {shown(made, report)}")
    if write:
        say(f"썼습니다 · Written: {keep(made, classifier, domain or file.name, source)}")


def shown(made: "Evaluation", report: Path) -> Path:
    """Write the page about an evaluation; the file."""
    from sentiment.evaluation import report as pages

    pages.write(made, report)
    return report


def keep(made: "Evaluation", classifier: "Classifier", domain: str, source: str) -> Path:
    """Add an evaluation to the measurements of its model; the file. Raises `ModelError`."""
    from sentiment.evaluation import measured
    from sentiment.model import measurements

    facts = classifier.facts
    kept = measured.domain(made, source, facts.precision)
    return measurements.add(facts.folder or Path(), classifier.id, domain, kept)


def ready_for(report: Path) -> None:
    """Raise `SettingsError` before the work if its page can't be made after it."""
    from sentiment.evaluation.plots import require_matplotlib

    require_matplotlib()
    if report.is_dir() or not report.absolute().parent.is_dir():
        raise SettingsError(
            "{path} can't be written: it is a folder, or its folder is not there. Name a file "
            "with --report.",
            path=report,
        )


def bar(steps: "Steps", total: int) -> "Steps":
    """Follow the sentences, with a bar where somebody is watching."""
    with progress("평가 · Evaluating", "문장 sentences", total) as shown:
        for chunk in steps:
            yield chunk
            shown.update(len(chunk))
