"""Collect the messages of code and templates, bring the Korean catalog up to date, compile it.

After a change of messages run ``python scripts/translations.py``, fill in what it names in
``messages.po``, and run it again. With ``--check`` it writes nothing; either way the exit code is
1 while a message lacks its Korean.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "sentiment/translations/ko/LC_MESSAGES/messages.po"
MO = PO.with_suffix(".mo")

sys.path.insert(0, str(ROOT))
from sentiment import errors  # noqa: E402 - found once the project folder is on the path

ERRORS = [
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.SentimentError)
]
KEYWORDS = {**DEFAULT_KEYWORDS, **dict.fromkeys([*ERRORS, "marked", "about"]), "numbered": (1, 2)}
"""Functions whose first argument is a message, or whose first two are its forms."""

Text = str | Sequence[str] | None
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+[^}]*\}")


def collected() -> Catalog:
    """Every message of the project, with the files where it stands."""
    catalog = Catalog(locale="ko", fuzzy=False)
    for folder in ("sentiment", "templates"):
        for name, _line, message, comments, _context in extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**.html", "jinja2")],
            keywords=KEYWORDS,
        ):
            # Without line numbers, so that the catalog changes only when a message does.
            catalog.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments)
    return catalog


def stored() -> Catalog:
    """The catalog as it lies in the project; an empty one before the first run."""
    if not PO.exists():
        return Catalog(locale="ko", project="sentiment", header_comment="# Korean.", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="ko")


def compiled(catalog: Catalog) -> bytes:
    """What gettext reads."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def problems() -> Iterator[str]:
    """What keeps the stored catalog from being complete, one line each."""
    catalog = stored()
    known = {message.id: message for message in catalog if message.id}
    for message in collected():
        if message.id:
            yield from faults(message, known.get(message.id))
    for stray in known.keys() - {message.id for message in collected()}:
        yield f"no longer used: {stray!r}"
    if not MO.exists() or MO.read_bytes() != compiled(catalog):
        yield f"{MO.name} is older than {PO.name}"


def faults(message: Message, translation: Message | None) -> Iterator[str]:
    """What is wrong with the translation of `message`."""
    if translation is None or not all(forms(translation.string)):
        yield f"no Korean: {message.id!r} ({message.locations[0][0]})"
    elif translation.fuzzy:
        yield f"fuzzy: {message.id!r}"
    elif placeholders(message.id) != placeholders(translation.string):
        yield f"placeholders differ: {message.id!r}"


def forms(text: Text) -> Sequence[str]:
    """A message's text, or those of its plural forms; one empty text when there is none."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def placeholders(text: Text) -> set[str]:
    """The names that a message fills in."""
    return set(PLACEHOLDER.findall(" ".join(forms(text))))


def update() -> None:
    """Write both files; Korean that is there stays, new messages wait for theirs."""
    catalog = stored()
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True)
    MO.write_bytes(compiled(stored()))


if __name__ == "__main__":
    check = sys.argv[1:] == ["--check"]
    if not check:
        update()
    found = list(problems())
    for problem in found:
        print(problem)
    if found:
        sys.exit("Fill in the Korean in messages.po, then run: python scripts/translations.py")
