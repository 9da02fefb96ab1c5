"""How long it takes from Enter to the painted answer, in a real Chromium on this machine.

    python -m benchmarks.painted

Starts ``app.py`` on the shipped model and types one sentence after the other, each its own, into
the start page; nothing is answered before Enter. The time runs in the page, from the key's event to
the frame after the one in which the answer was laid out, and holds the request, the model, and the
browser's work. Prints the median and the 95th of 100, in milliseconds, on a desktop's and on a
phone's window. Needs chromium and Playwright; run it on an idle machine.
"""

import argparse
import itertools
import statistics
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.load import running
from sentiment.model.everyday import everyday
from tests.kit.browsing import chromium, playwright, visiting

WINDOWS = {"desktop, 1280 px": (1280, 800), "phone, 360 px": (360, 740)}

WATCH = """
() => {
  let begun = 0;
  let tell = null;
  const box = document.getElementById("judge").elements.sentence;
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    begun = event.timeStamp;
    window.painted = new Promise((resolve) => (tell = resolve));
  });
  new MutationObserver(() => {
    if (!begun || !document.querySelector("#answer meter")) return;
    const since = begun;
    begun = 0;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => tell(performance.now() - since);
      channel.port2.postMessage(0);
    });
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
}
"""
"""A message sent in a frame is delivered once that frame is painted."""


def painted(page: playwright.Page, texts: Iterator[str], count: int) -> list[float]:
    """Milliseconds from Enter to the painted answer, of as many sentences."""
    page.goto("/")
    page.evaluate(WATCH)
    box = page.get_by_role("textbox").first
    times = []
    for text in itertools.islice(texts, count):
        box.fill(text)
        box.press("Enter")
        times.append(page.evaluate("() => window.painted"))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100, help="sentences")
    count = parser.parse_args().count
    texts = (f"{text} {number}" for number, text in enumerate(itertools.cycle(everyday())))
    with (
        TemporaryDirectory() as cache,
        running(["app.py", "--port=0", "--no-open"], Path(cache)) as address,
        chromium() as browser,
    ):
        for name, (width, height) in WINDOWS.items():
            with visiting(browser, address, viewport={"width": width, "height": height}) as page:
                painted(page, texts, 10)  # warm
                times = sorted(painted(page, texts, count))
            late = times[int(0.95 * len(times))]
            print(f"{name}: median {statistics.median(times):.0f} ms, p95 {late:.0f} ms")


if __name__ == "__main__":
    main()
