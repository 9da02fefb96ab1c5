"""Answers that outlive the process: who is killed and started again goes on where it was.

A journal is a folder with one text file for each input, a line for each row: the probability, or
``!`` and the problem. Only whole chunks count after a kill; the line `END` says that a file is
done.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sentiment.bulk.judging import CHUNK, Judged

IDENTITY = "run.json"
END = "end"


class Journal:
    """The answers of a run in `folder`, which is made at the first answer."""

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        """`identity` says all that the answers depend on, as JSON can hold it."""
        self.folder = folder
        self._identity = json.dumps(identity, sort_keys=True, ensure_ascii=False)

    @property
    def matches(self) -> bool:
        """Whether there are answers of a run with this very identity."""
        try:
            return (self.folder / IDENTITY).read_text("utf-8") == self._identity
        except (OSError, UnicodeDecodeError):
            return False

    def open(self) -> None:
        """Keep what matches, and make room for new answers where nothing does."""
        if not self.matches:
            self.remove()
            self.folder.mkdir(parents=True)
            (self.folder / IDENTITY).write_text(self._identity, "utf-8")

    def remove(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, number: int) -> Path:
        """Where the answers to input `number` are."""
        return self.folder / f"{number}.answers"

    def resume(self, number: int) -> tuple[int, bool]:
        """How many rows have answers, and whether all have; what a kill left half is cut off."""
        rows = size = whole = 0
        with self.file(number).open("ab+") as file:
            file.seek(0)
            for line in file:
                if line == f"{END}\n".encode():
                    return rows, True
                size += len(line)
                if line.endswith(b"\n"):
                    rows += 1
                    whole = whole if rows % CHUNK else size
            file.truncate(whole)
        return rows // CHUNK * CHUNK, False

    def record(self, number: int, chunks: Iterable[list[Judged]]) -> Iterator[int]:
        """Write the answers to the rows that follow; yields the size of each chunk once kept."""
        with self.file(number).open("a", encoding="utf-8", newline="\n") as file:
            for chunk in chunks:
                file.write("".join(map(as_line, chunk)))
                file.flush()
                yield len(chunk)
            file.write(f"{END}\n")

    def answers(self, number: int) -> Iterator[Judged]:
        """All answers in the order of the rows."""
        with self.file(number).open(encoding="utf-8") as file:
            for line in file:
                if (text := line.rstrip("\n")) != END:
                    yield Judged(None, text[1:]) if text[0] == "!" else Judged(float(text))


def as_line(answer: Judged) -> str:
    """An answer at full precision."""
    return f"!{answer.problem}\n" if answer.positive is None else f"{answer.positive!r}\n"
