"""``prepare``: training, dev and held-out reviews from the raw files of NSMC."""

import sys
from pathlib import Path

import click

from sentiment.commands.console import Command, examples
from sentiment.commands.options import debug_option


@click.command(
    cls=Command,
    epilog=examples(
        "git clone https://github.com/e9t/nsmc",
        "python -m sentiment prepare nsmc/raw reviews",
        "python -m sentiment train --corpus reviews --output checkpoint-doccls",
    ),
)
@click.argument("raw", type=click.Path(path_type=Path, file_okay=False))
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@debug_option
def prepare(raw: Path, out: Path, debug: bool) -> None:
    """NSMC의 원본 JSON을 영화별로 나눕니다 · Split the raw JSON files in RAW by movie, into OUT."""
    from sentiment.training import prepare as splits

    files = splits.raw_files(raw)
    with click.progressbar(
        files, label="영화 · Movies", file=sys.stderr, show_pos=True, hidden=not sys.stderr.isatty()
    ) as bar:
        counts = splits.prepare(bar, out)
    for split, count in counts.items():
        click.echo(f"{out / split}.tsv.xz: {count:,}")
