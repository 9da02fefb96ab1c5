"""The card of a model: the ``README.md`` of its folder, as the hub has them.

Its licence stands between dashes at the beginning, or under a heading; what it was trained on and
where it errs, under headings.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FILE = "README.md"

LARGEST = 200_000
"""Characters of a card that are read."""

FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
LICENCE = re.compile(r"^license(?:_name)?:\s*(\S.*?)\s*$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)

TOPICS = {
    "licence": r"licen[cs]e|라이[선센]스|이용\s*허락",
    "data": r"(?:training )?data(?:sets?)?|학습\s*데이터|데이터|자료",
    "limits": r"limit(?:ation)?s?|bias|한계|주의",
}
"""What is looked for, and how headings begin that are about it."""


@dataclass(frozen=True)
class Card:
    """The text of a card."""

    text: str

    @property
    def licence(self) -> str | None:
        """What it says of its licence, in a line."""
        front = FRONT.match(self.text)
        if front and (named := LICENCE.search(front[1])):
            return named[1].strip("\"'")
        under = self.section("licence")
        return under.partition("\n\n")[0] if under else None

    def section(self, topic: str) -> str | None:
        """What stands under the first heading about one of `TOPICS`, without Markdown's marks."""
        headings = list(HEADING.finditer(self.text))
        for index, heading in enumerate(headings):
            if re.match(rf"(?:{TOPICS[topic]})\b", heading[1], re.IGNORECASE):
                following = headings[index + 1 : index + 2]
                end = following[0].start() if following else len(self.text)
                return plain(self.text[heading.end() : end]) or None
        return None


def plain(markdown: str) -> str:
    """Words without the marks of Markdown, in paragraphs; lines of one are joined."""
    text = re.sub(r"(?s:```.*?```)|^\s*\|.*$", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*{1,3}|`|(?<!\w)_|_(?!\w)", "", text)
    parts = re.split(r"\n\s*\n|\n(?=\s*- )", text.strip())
    return "\n\n".join(" ".join(part.split()) for part in parts if part.strip())


def read(folder: Path | None) -> Card | None:
    """The card in a folder, if there is one."""
    try:
        text = (folder / FILE).read_text("utf-8")[:LARGEST] if folder else ""
    except (OSError, UnicodeDecodeError):
        return None
    return Card(text) if text.strip() else None
