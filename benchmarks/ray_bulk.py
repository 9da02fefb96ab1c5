"""`classify` beside `classify --engine ray` on this computer: seconds, their ratio, and the bytes.

    python -m benchmarks.ray_bulk [ROWS [RUNS]]

Both run as commands, one after the other, so that the start of Python and of Ray counts. Nothing
else should run beside them; a ratio of one run in which the load changed says nothing.
"""

import os
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sentiment.model.everyday import everyday
from sentiment.settings import ROOT

ENGINES = ("here", "ray")


def reviews(file: Path, rows: int) -> None:
    """Sentences of every day, each with a number so that no two rows are the same."""
    with file.open("w", encoding="utf-8") as out:
        out.write("id,text\n")
        for row, sentence in enumerate(islice(cycle(everyday()), rows)):
            text = sentence.replace('"', "'")
            out.write(f'{row},"{text} {row}"\n')


def seconds(folder: Path, engine: str) -> float:
    """How long the command takes."""
    command = ["classify", "in.csv", "-o", f"{engine}.csv", "--engine", engine, "--overwrite"]
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - the project's own command
        [sys.executable, "-m", "sentiment", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began


def main() -> None:
    """Print a line for each run."""
    rows, runs = map(int, [*sys.argv[1:], *("200000", "3")[len(sys.argv) - 1 :]])
    with TemporaryDirectory() as name:
        folder = Path(name)
        reviews(folder / "in.csv", rows)
        for _ in range(runs):
            here, ray = (seconds(folder, engine) for engine in ENGINES)
            made = [(folder / f"{engine}.csv").read_bytes() for engine in ENGINES]
            print(
                f"{rows:,} rows: {here:.1f} s here ({rows / here:,.0f}/s), {ray:.1f} s on Ray "
                f"({rows / ray:,.0f}/s), ratio {here / ray:.2f}; "
                f"{'the same bytes' if made[0] == made[1] else 'OTHER BYTES'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
