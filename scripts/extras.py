"""What the package needs, read from the files that ``pip install -r`` reads: it is written once.

``requirements-base.txt`` are its dependencies, ``requirements-NAME.txt`` those of its extra NAME.
The build calls this; see ``[tool.hatch]`` in ``pyproject.toml``.
"""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

APART = ("base", "ratsnlp")
"""Files that are no extra: the plain install, and what only installs with ``--no-deps``."""


class Extras(MetadataHookInterface):
    """Fills in what ``pyproject.toml`` calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the dependencies and the extras."""
        base = requirements(Path(self.root, "requirements-base.txt"))
        metadata["dependencies"] = base
        metadata["optional-dependencies"] = {
            name: [line for line in requirements(file) if line not in base]
            for file in sorted(Path(self.root).glob("requirements-*.txt"))
            if (name := file.stem.removeprefix("requirements-")) not in APART
        }


def requirements(file: Path) -> list[str]:
    """The lines of a file without comments, those of files that it names by ``-r`` among them."""
    found: list[str] = []
    for line in file.read_text("utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement.startswith("-r "):
            found += requirements(file.parent / requirement[3:].strip())
        elif requirement:
            found.append(requirement)
    return list(dict.fromkeys(found))
