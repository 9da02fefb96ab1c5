"""How long the pages of a judged file's rows take: a table of milliseconds.

    python benchmarks/rows.py [--rows 1000000]

The answers are drawn, no model runs; all else is what the page does. A page is a request to the
whole app, from address to HTML; of each kind the first is told, median and slowest of ten more,
and the processor's time of those, which other work on the computer does not lengthen.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sentiment.chunks import chunks  # noqa: E402
from sentiment.serving.engine import Engine  # noqa: E402
from sentiment.settings import Settings  # noqa: E402
from sentiment.storage import answers, jobs, leases, retention, steering  # noqa: E402
from sentiment.storage.database import opened  # noqa: E402
from sentiment.tables.answers import RowAnswer  # noqa: E402
from sentiment.tables.apart import examine  # noqa: E402
from tests.kit.app import create_app  # noqa: E402
from tests.kit.small import small_classifier  # noqa: E402

WORDS = (
    "정말",
    "좋아요",
    "배송이",
    "빠르고",
    "포장도",
    "별로",
    "실망",
    "최고예요",
    "품질이",
    "환불",
)

PAGES: dict[str, dict[str, object]] = {
    "file order": {},
    "file order, in the middle": {"page": 10_000},
    "most positive": {"sort": "positive"},
    "most negative, in the middle": {"sort": "negative", "page": 10_000},
    "most unsure": {"sort": "unsure"},
    "label, most unsure": {"label": "negative", "sort": "unsure"},
    "group": {"group": "shop 3"},
    "group, label, most positive": {"group": "shop 3", "label": "positive", "sort": "positive"},
    "without an answer": {"only": "problems"},
    "label differs, surest": {"only": "wrong", "sort": "sure"},
    "a bar of the plot": {"bin": 3},
    "text in one row": {"q": "번째 글 777,"},
    "text in half of the rows": {"q": "환불"},
    "that, its last page": {"q": "환불", "page": 10**9},
    "that, label, most positive": {"q": "환불", "label": "positive", "sort": "positive"},
    "that, label, most negative": {"q": "환불", "label": "negative", "sort": "negative"},
    "that, most unsure, last page": {"q": "환불", "sort": "unsure", "page": 10**9},
    "that, group": {"q": "환불", "group": "shop 3"},
    "text, label, group, unsure": {
        "q": "배송", "label": "negative", "group": "shop 3", "sort": "unsure"
    },
    "one letter of most rows": {"q": "이"},
    "one letter of no row": {"q": "없"},
    "text in no row": {"q": "없는 말"},
    "words of common letters": {"q": "정말 좋아요 배송이 빠르고"},
    "an ending of every row": {"q": "번째 글"},
    "a letter with two cases": {"q": "e"},
    "letters apart (NFD)": {"q": "\u1112\u116a\u11ab\u1107\u116e\u11af"},
    "signs": {"q": "\"100%_'"},
}  # fmt: skip


def write(path: Path, rows: int) -> None:
    """A table of made-up reviews, of 45 letters on average."""
    drawn = random.Random(1)  # noqa: S311 - no secret
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label,shop\n")
        for row in range(rows):
            text = " ".join(drawn.choices(WORDS, k=10))
            file.write(f'"{text} {row}번째 글 {row},",{row % 2},shop {drawn.randrange(12)}\n')


def judged(data: Path, rows: int) -> str:
    """The id of a job whose rows have drawn answers."""
    job_id, drawn = retention.new_id(), random.Random(2)  # noqa: S311
    path = retention.source(data, job_id)
    path.parent.mkdir(parents=True)
    write(path, rows)
    with opened(data) as connection:
        jobs.add(connection, job_id, "reviews.csv", path.stat().st_size, examine(path, "r.csv"))
        job = jobs.find(connection, job_id)
        assert job  # noqa: S101
        steering.start(connection, job, "text", "label", "shop")
        model = Engine(small_classifier()).digest
        taken = leases.take(connection, "drawn", model)
        assert taken  # noqa: S101
        job = jobs.run(connection, taken, model)
        jobs.counted(connection, job, rows)
        for numbers in chunks(iter(range(rows)), 5_000):
            shares = [drawn.betavariate(0.4, 0.4) for _ in numbers]
            found = [
                RowAnswer(None, "too long") if number % 997 == 0 else RowAnswer((1 - share, share))
                for number, share in zip(numbers, shares, strict=True)
            ]
            answers.record(connection, job, numbers[0], found, 0.0)
        leases.release(connection, job)
    return job_id


def main() -> None:
    """Make the file, ask for its pages, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        job_id = judged(data, rows)
        app = create_app(Engine(small_classifier()), Settings(data=data))
        begun = time.perf_counter()
        app.extensions["worker"].work()
        index = next(retention.folder(data, job_id).glob("index.*")).stat().st_size
        print(f"{rows:,} rows summed up in {time.perf_counter() - begun:.0f} s; ", end="")
        print(f"{retention.source(data, job_id).stat().st_size / 1e6:.0f} MB, ", end="")
        print(f"{index / 1e6:.0f} MB beside them\n\n{'':32} first median slowest processor (ms)")
        client = app.test_client()
        for name, query in PAGES.items():
            taken, before = [], 0.0
            for attempt in range(11):
                if attempt == 1:
                    before = time.process_time()
                begun = time.perf_counter()
                response = client.get(f"/files/{job_id}/rows?{urlencode(query)}")
                taken.append((time.perf_counter() - begun) * 1000)
                assert response.status_code == 200, response.text  # noqa: S101
            first, *rest = taken
            spent = (time.process_time() - before) * 1000 / len(rest)
            print(f"{name:32} {first:5.0f} {median(rest):6.0f} {max(rest):7.0f} {spent:9.0f}")


if __name__ == "__main__":
    main()
