"""Imports point one way: from the commands down to the ground floor, and never in a circle.

Every import counts, those inside functions and for types alone too.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "sentiment"

GROUND = ("errors", "settings", "labels", "i18n", "chunks")
"""Modules that everybody may import; they import none but one another."""

BELOW: dict[str, tuple[str, ...]] = {
    "texts": (),
    "tables": ("texts",),
    "model": ("texts",),
    "serving": ("model", "texts"),
    "storage": ("model", "tables", "texts"),
    "bulk": ("serving", "storage", "model", "tables", "texts"),
    "evaluation": ("model", "tables", "texts"),
    "training": ("model", "tables", "texts"),
    "share": (),
    "web": ("bulk", "serving", "storage", "model", "tables", "texts", "share"),
    "commands": (
        *("notebook", "web", "share", "bulk", "serving", "storage", "evaluation", "training"),
        *("model", "tables", "texts"),
    ),
    "notebook": ("web", "share", "serving", "model"),
    "nlpbook": ("notebook", "web", "model", "texts"),
    "__main__": ("commands",),
    "__init__": ("notebook", "web", "bulk", "evaluation", "model"),
}
"""The rooms that each room may import from, beside itself and the ground floor."""

TORCH = ("model.backends.torch", "model.checkpoints", "model.export.traced", "training")
"""Where torch and transformers may be imported."""


@dataclass(frozen=True)
class Import:
    """Line `line` of the module `where` imports `what`, both without ``sentiment.``."""

    where: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"sentiment/{self.where.replace('.', '/')}.py:{self.line} imports {self.what}"


def modules() -> dict[str, Path]:
    """Every module of the package by its name in it; a package by that of its folder."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and parts[:-1] else parts)] = path
    return found


MODULES = modules()


def imports(where: str) -> Iterator[Import]:
    """All imports of a module, of ours by the module meant."""
    for node in ast.walk(ast.parse(MODULES[where].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(where, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}".removeprefix("sentiment.")
                is_module = node.module and node.module.startswith("sentiment")
                yield Import(
                    where,
                    node.lineno,
                    whole
                    if is_module and whole in MODULES
                    else str(node.module).removeprefix("sentiment."),
                )


OURS = [each for where in MODULES for each in imports(where) if each.what in MODULES]


def room(module: str) -> str:
    """The folder of a module, or the module itself in the hall."""
    return module.partition(".")[0]


def test_imports_point_down() -> None:
    """A room imports from those below it alone; the message names the line that does not."""
    wrong = [
        str(each)
        for each in OURS
        if (here := room(each.where)) != (there := room(each.what))
        and there not in GROUND
        and there not in BELOW.get(here, ())
    ]
    assert not wrong, "\n".join(wrong)


def test_no_circle_between_files() -> None:
    """Whoever follows imports from a file never comes back to it."""
    graph: dict[str, set[str]] = {}
    for each in OURS:
        if each.where != each.what:
            graph.setdefault(each.where, set()).add(each.what)

    def circle(module: str, path: tuple[str, ...]) -> tuple[str, ...] | None:
        if module in path:
            return (*path[path.index(module) :], module)
        if module in done:
            return None
        for following in sorted(graph.get(module, ())):
            if found := circle(following, (*path, module)):
                return found
        done.add(module)
        return None

    done: set[str] = set()
    for module in sorted(graph):
        found = circle(module, ())
        assert found is None, " -> ".join(found or ())


def test_torch_stays_in_its_rooms() -> None:
    """Whatever else imports torch or transformers would make every start slow."""
    wrong = [
        str(each)
        for where in MODULES
        for each in imports(where)
        if room(each.what) in ("torch", "transformers", "pytorch_lightning")
        and not where.startswith(TORCH)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_hall_is_small() -> None:
    """At most eight modules lie beside the rooms."""
    assert len(list(PACKAGE.glob("*.py"))) <= 8


LONG_FILE, LONG_FUNCTION = 260, 45


@pytest.mark.parametrize("where", sorted(MODULES))
def test_files_and_functions_are_short(where: str) -> None:
    """What does not fit has a second subject; a function's options may be as many as they are."""
    text = MODULES[where].read_text("utf-8")
    assert len(text.splitlines()) <= LONG_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONG_FUNCTION, node.name


def test_style_sheets_are_short() -> None:
    """One for each part of the site."""
    for sheet in (PACKAGE.parent / "static").rglob("*.css"):
        assert len(sheet.read_text("utf-8").splitlines()) <= 600, sheet.name
