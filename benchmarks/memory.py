"""Whether memory stays flat while a server judges 100,000 sentences, and where it peaks.

    python -m benchmarks.memory --data ../shared/data/naver-movie-reviews/dev.tsv.xz

Starts ``app.py`` with the shipped model, sends the sentences in lists of 256, no two lists alike,
and prints the resident memory of the server's process along the way.
"""

import argparse
import http.client
import itertools
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.load import our_server, running, sentences
from sentiment.settings import SHIPPED_MODEL

SENTENCES, TOGETHER, ROWS = 100_000, 256, 10


def main() -> None:
    """Send and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="file of reviews")
    texts = sentences(parser.parse_args().data)
    with (
        tempfile.TemporaryDirectory() as cache,
        running(our_server(str(SHIPPED_MODEL), ""), Path(cache)) as address,
        closing(http.client.HTTPConnection(urlsplit(address).netloc)) as connection,
    ):
        [server] = psutil.Process().children()
        print("| sentences | memory |\n|---:|---:|")
        lists = SENTENCES // TOGETHER + 1
        for number in range(lists + 1):
            if number % (lists // ROWS) == 0:
                megabytes = server.memory_info().rss / 1e6
                print(f"| {number * TOGETHER:,} | {megabytes:.0f} MB |", flush=True)
            body = json.dumps({"sentences": list(itertools.islice(texts, TOGETHER))})
            connection.request(
                "POST", "/api/v1/predict", body, {"Content-Type": "application/json"}
            )
            reply = connection.getresponse()
            if reply.status != 200:
                sys.exit(reply.read().decode())
            reply.read()


if __name__ == "__main__":
    main()
