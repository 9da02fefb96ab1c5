"""Where people have put what proves their ngrok account, and the password for visitors."""

import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from sentiment.errors import Part, RefusedError
from sentiment.i18n import marked

VARIABLE = "NGROK_AUTHTOKEN"

FAULTS: dict[str, str] = {
    "blank": marked("there must be a blank behind the colon, as in `authtoken: 2ab...`"),
    "tab": marked("a tab stands there, where YAML wants blanks"),
    "quotes": marked("quotes stand around the token that do not belong there; leave them out"),
    "twice": marked("the token stands there twice; leave one of them out"),
    "command": marked("a command was pasted; the token alone belongs there"),
    "example": marked("this is the example of the instructions, not a token of yours"),
    "blanks": marked("there are blanks in the token"),
    "yaml": marked("it can't be read as YAML"),
}
"""What can be wrong with a token, or with the line that holds it."""


@dataclass(frozen=True)
class Token:
    """A token and where it was found; never shown."""

    value: str = field(repr=False)
    source: str


def find_token() -> Token | None:
    """The first ngrok authtoken in the places where people put it; None where there is none.

    In order: the variable NGROK_AUTHTOKEN, Colab's secrets, ngrok's own files, old ones too.
    Raises `RefusedError`, which names place and line, where the only ones found are malformed.
    """
    return _first((_variable, _colab, _files))


def _first(looks: Iterable[Callable[[], Token | None]]) -> Token | None:
    """The first token found; raises the first `RefusedError` where no other look finds one."""
    wrong: RefusedError | None = None
    for look in looks:
        try:
            if token := look():
                return token
        except RefusedError as error:
            wrong = wrong or error
    if wrong:
        raise wrong
    return None


def _variable() -> Token | None:
    return checked_token(os.environ.get(VARIABLE, ""), VARIABLE)


def _colab() -> Token | None:
    """The secret of a Colab notebook; reading it asks the person for leave the first time.

    It is the notebook's kernel alone that can ask; absence and refusal are no token.
    """
    if "google.colab" not in sys.modules:
        return None
    try:
        from google.colab import userdata  # type: ignore[import-untyped, import-not-found, unused-ignore]

        found = userdata.get(VARIABLE)
    except Exception:  # SecretNotFoundError, NotebookAccessError, or a Colab without secrets
        return None
    return checked_token(str(found or ""), "Colab secrets")


def config_files() -> Iterator[Path]:
    """Where ngrok's configuration lies, of every version and system, the current one first."""
    from pyngrok import conf

    yield Path(conf.get_config_path(conf.PyngrokConfig()))
    home = Path.home()
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "ngrok" / "ngrok.yml"
    yield home / "Library" / "Application Support" / "ngrok" / "ngrok.yml"
    if local := os.environ.get("LOCALAPPDATA"):
        yield Path(local) / "ngrok" / "ngrok.yml"
    yield home / ".ngrok2" / "ngrok.yml"  # version 2, and the book's notebook


def _files() -> Token | None:
    return _first(partial(_file, path) for path in dict.fromkeys(config_files()))


def _file(path: Path) -> Token | None:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return checked_token(token_of(text, path), str(path))


def token_of(text: str, path: Path) -> str:
    """The token in a configuration; empty where it names none. Raises `RefusedError`."""
    try:
        config: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        number = mark.line + 1 if mark else 1
        raise _malformed_line(text, path, number, "yaml") from error
    if isinstance(config, dict):
        agent = config.get("agent")
        found = (agent if isinstance(agent, dict) else config).get("authtoken") or ""
        return str(found)
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*authtoken:\S", line):
            raise _malformed(path, number, "blank")
        if "add-authtoken" in line or line.lstrip().startswith("ngrok "):
            raise _malformed(path, number, "command")
    return ""


def _malformed_line(text: str, path: Path, number: int, fault: str) -> RefusedError:
    """What is wrong in a file that is no YAML: near the place that the parser names."""
    lines = text.splitlines()
    for place in (number, number - 1):
        line = lines[place - 1] if 0 < place <= len(lines) else ""
        if "\t" in line:
            return _malformed(path, place, "tab")
        if re.match(r"\s*authtoken:\S", line):
            return _malformed(path, place, "blank")
        if line.count('"') == 1 or line.count("'") == 1:
            return _malformed(path, place, "quotes")
    return _malformed(path, number, fault)


def _malformed(path: Path, line: int, fault: str) -> RefusedError:
    return RefusedError(
        "In {path}, line {line}: {fault}. Correct it, or set NGROK_AUTHTOKEN, and start again.",
        path=path,
        line=line,
        fault=Part(FAULTS[fault]),
    )


def checked_token(found: str, source: str) -> Token | None:
    """A token from `source`, or None for an empty one; raises `RefusedError`."""
    value = found.strip()
    if not value:
        return None
    if fault := fault_of(value):
        raise RefusedError(
            "The ngrok authtoken in {source} is malformed: {fault}. Copy it from "
            "https://dashboard.ngrok.com/get-started/your-authtoken and start again.",
            source=source,
            fault=Part(FAULTS[fault]),
        )
    return Token(value, source)


def fault_of(token: str) -> str | None:
    """Which of `FAULTS` a token has."""
    if "add-authtoken" in token or token.startswith(("ngrok ", "authtoken")):
        return "command"
    if any(mark in token for mark in "\"'“”‘’`"):
        return "quotes"
    if token.startswith(("$", "<", "{")) or "YOUR" in token.upper().replace("-", "_").split("_"):
        return "example"
    half = len(token) // 2
    first, _, rest = token.partition(" ")
    if first == rest.strip() or (len(token) > 20 and token[:half] == token[half:]):
        return "twice"
    return "blanks" if re.search(r"\s", token) else None


def new_password() -> str:
    """Twelve digits: easy to say in any language and to type on a phone.

    40 bits: with five tries before pauses that double, no number of addresses gets through them.
    """
    digits = f"{secrets.randbelow(10**12):012}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))
