"""How long honest tables take to be read apart, and what files made to harm cost: a table.

    python benchmarks/reading.py [--before CHECKOUT] [--only honest|NAME]

`--before` is a checkout of an earlier version, whose reading of the same honest files is timed in
turn. Peak memory is that of all processes that read, in MB (Linux and macOS).
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import xlsxwriter  # noqa: E402

from benchmarks.bombs import BOMBS  # noqa: E402

WORDS = ("정말", "좋아요", "배송이", "빠르고", "포장도", "별로", "실망", "다시는", "최고예요")

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from sentiment.errors import DataError
try:
    from sentiment.tables.apart import examine, rows
except ImportError:
    from sentiment.tables.plan import examine
    from sentiment.tables.reading import rows
path, count, said, begun = Path(sys.argv[1]), 0, "", time.perf_counter()
try:
    layout = examine(path)
    if not hasattr(layout, "meanings") and layout.label:  # which was a reading of its own before
        from sentiment.tables.scales import scale_of_column
        place = layout.columns.index(layout.label)
        scale_of_column(row.values[place] for row in rows(path, layout))
    for count, _ in enumerate(rows(path, layout), 1):
        pass
except (DataError, MemoryError) as error:
    said = str(error) or "MemoryError"
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "seconds": time.perf_counter() - begun,
    "cpu": sum(each.ru_utime + each.ru_stime for each in used),
    "peak": max(each.ru_maxrss for each in used) / 1024,
    "rows": count,
    "said": said,
}))
"""


def measured(path: Path, checkout: Path) -> dict[str, float | str]:
    """What reading a file costs with a checkout, in a process of its own."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, float | str] = json.loads(done.stdout or "{}")
    return found or {"seconds": 0.0, "cpu": 0.0, "peak": 0.0, "rows": 0, "said": "it died"}


def honest(folder: Path) -> list[Path]:
    """A CSV of a million rows, and a workbook of about 4 MB."""
    draw = random.Random(1)  # noqa: S311
    table, book = folder / "million.csv", folder / "honest.xlsx"
    with table.open("w", encoding="utf-8") as file:
        file.write("id,review,rating,date\n")
        for number in range(1_000_000):
            text = " ".join(draw.choices(WORDS, k=9))
            file.write(f'{number},"{text}, 끝",{draw.randint(1, 10)},2024-03-01\n')
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["id", "review", "rating", "date"])
        for number in range(1, 110_000):
            text = f"{' '.join(draw.choices(WORDS, k=9))} {number}"
            sheet.write_row(number, 0, [number, text, draw.randint(1, 10), "2024-03-01"])
    return [table, book]


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser()
    options.add_argument("--before", type=Path)
    options.add_argument("--only", default="")
    options.add_argument("--times", type=int, default=3)
    chosen = options.parse_args()
    line = "{:20} {:>9} {:>9} {:>9} {:>9}  {}"
    print(line.format("file", "KB", "seconds", "CPU s", "peak MB", "what was said"))

    def show(name: str, path: Path, runs: list[dict[str, float | str]]) -> None:
        figures = [median(float(run[key]) for run in runs) for key in ("seconds", "cpu", "peak")]
        size = f"{path.stat().st_size / 1000:,.0f}"
        said = str(runs[-1]["said"]) or f"{runs[-1]['rows']:,} rows"
        print(line.format(name, size, *(f"{each:.1f}" for each in figures), said), flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in honest(folder) if chosen.only in ("", "honest") else []:
            checkouts = {"now": ROOT} | ({"before": chosen.before} if chosen.before else {})
            runs: dict[str, list[dict[str, float | str]]] = {each: [] for each in checkouts}
            for _ in range(chosen.times):
                for which, checkout in checkouts.items():
                    runs[which].append(measured(path, checkout))
            for which, found in runs.items():
                show(f"{path.name} {which}", path, found)
        for bomb, make in BOMBS.items():
            if chosen.only in bomb:
                make(folder / bomb)
                show(bomb, folder / bomb, [measured(folder / bomb, ROOT)])
                (folder / bomb).unlink()


if __name__ == "__main__":
    main()
