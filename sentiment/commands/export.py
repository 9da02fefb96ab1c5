"""``export``: a folder that serves a model fast, without torch."""

from pathlib import Path

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import export_options
from sentiment.errors import SettingsError


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment export checkpoint-doccls -o exported",
        "python -m sentiment serve --model exported",
    ),
)
@export_options
def export(
    model: str,
    pretrained: str,
    label_names: str,
    precision: str,
    output: Path,
    sentences: Path | None,
    int8_only: bool,
    exact_only: bool,
    debug: bool,
) -> None:
    """모델을 빠른 형태의 폴더로 만들어요 · Make a folder that serves MODEL fast, without torch."""
    if exact_only and (int8_only or precision == "fast"):
        raise SettingsError(
            "--exact-only makes no 8-bit form, which --int8-only and --precision fast ask for."
            " Leave one out."
        )
    from sentiment.model.checkpoints.libraries import require_libraries

    require_libraries()
    from sentiment.evaluation.sentences import read_sentences
    from sentiment.model.checkpoints.restore import restore
    from sentiment.model.export import writing as exporting
    from sentiment.model.export.manifest import FLOAT32, INT8
    from sentiment.model.loader import find

    texts = read_sentences(sentences)
    source = find(model, pretrained)
    exporting.refuse_foreign(output, source)
    graphs = (INT8,) if int8_only else (FLOAT32,) if exact_only else (FLOAT32, INT8)
    serve = INT8 if int8_only or precision == "fast" else FLOAT32
    manifest = exporting.export(
        *(source, restore(source, label_names), output, texts, say),
        exporting.Wanted(graphs, serve, as_given=len(graphs) == 1),
    )
    click.echo(f"만들었어요 · Exported: {output} ({manifest.serve})")
