"""One tone of Korean in everything people see: 해요체, as a person at a counter speaks."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

from sentiment.settings import ROOT

PO = ROOT / "sentiment/translations/ko/LC_MESSAGES/messages.po"

FORMAL = re.compile(r"(?:니다|십시오|니까)(?=[^가-힣]|$)")
"""The ends of 합니다체: a statement, a request, a question."""

ROOMS = ("commands", "settings", "notebook", "bulk", "evaluation", "serving", "share")
"""Whose strings are shown as they stand, Korean beside English."""


def korean() -> list[str]:
    """Every Korean text of the catalog, plural forms one by one."""
    with PO.open("rb") as file:
        catalog = read_po(file)
    texts = [message.string for message in catalog if message.id]
    return [form for text in texts for form in ([text] if isinstance(text, str) else text or [])]


def strings(path: Path) -> list[str]:
    """Every string literal of a source file, parts of f-strings and docstrings included."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [value for value in nodes if isinstance(value, str)]


def test_no_message_of_the_catalog_is_formal() -> None:
    """No sentence, wherever it stands in its message."""
    texts = korean()
    assert len(texts) > 500
    assert [text for text in texts if FORMAL.search(text)] == []


def test_no_help_or_status_line_is_formal() -> None:
    """What commands, options and notebooks say in both languages keeps the same tone.

    The slices' own sentence is a person's, written without spaces, and none of the page's.
    """
    found = [
        (path.name, text)
        for room in ROOMS
        for path in sorted((ROOT / "sentiment" / room).rglob("*.py"))
        if path.name != "slices.py"
        for text in strings(path)
        if FORMAL.search(text)
    ]
    assert found == []


def test_no_template_or_script_is_formal() -> None:
    """The report of `evaluate` has its Korean in its template."""
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static").glob("*.js"),
    ]
    assert [file.name for file in files if FORMAL.search(file.read_text("utf-8"))] == []
