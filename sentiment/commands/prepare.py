"""``prepare``: training, dev and held-out reviews from the raw files of NSMC."""

from collections.abc import Iterator
from pathlib import Path

import click

from sentiment.commands.console import Command, examples, progress
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
    """NSMC의 원본 JSON을 영화별로 나눠요 · Split the raw JSON files in RAW by movie, into OUT."""
    from sentiment.training import prepare as splits

    files = splits.raw_files(raw)
    with progress("나누기 · Splitting", "영화 movies", len(files)) as bar:

        def watched() -> Iterator[Path]:
            for file in files:
                yield file
                bar.update()

        counts = splits.prepare(watched(), out)
    for split, count in counts.items():
        click.echo(f"{out / split}.tsv.xz: {count:,}")
