"""Tokens are found where people have put them, and a malformed one is named with its place."""

import sys
import types
from pathlib import Path

import pytest
from pyngrok import conf

from sentiment.errors import RefusedError
from sentiment.i18n import catalog
from sentiment.share import tokens
from sentiment.share.cloudflare import Cloudflare
from sentiment.share.ngrok_agent import Ngrok
from sentiment.share.services import service_of

TOKEN = "2abcdefghijklmnopqrstuvwxyz_5ABCDEFGHIJKLMNOPQRST"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home folder without anything in it."""
    for name in ("NGROK_AUTHTOKEN", "XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(
        conf, "DEFAULT_NGROK_CONFIG_PATH", str(tmp_path / ".config/ngrok/ngrok.yml")
    )
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    return tmp_path


def put(home: Path, place: str, text: str) -> Path:
    """A file of ngrok's."""
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A stand-in for Colab's module with its secrets; a missing one raises, as there."""
    secrets: dict[str, str] = {}

    class SecretNotFoundError(Exception):
        """As Colab's."""

    def get(name: str) -> str:
        if name not in secrets:
            raise SecretNotFoundError(name)
        return secrets[name]

    module = types.ModuleType("google.colab")
    userdata = types.ModuleType("google.colab.userdata")
    userdata.get = get  # type: ignore[attr-defined]
    module.userdata = userdata  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", module)
    monkeypatch.setitem(sys.modules, "google.colab.userdata", userdata)
    return secrets


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (".config/ngrok/ngrok.yml", f"version: 3\nagent:\n  authtoken: {TOKEN}\n"),
        (".config/ngrok/ngrok.yml", f"version: '2'\nauthtoken: {TOKEN}\n"),
        ("Library/Application Support/ngrok/ngrok.yml", f"authtoken: {TOKEN}\n"),
        (".ngrok2/ngrok.yml", f"authtoken: {TOKEN}\n"),
        (".ngrok2/ngrok.yml", f'\ufeffauthtoken: "{TOKEN}"\r\n'),
    ],
)
def test_a_token_is_found_in_every_place_and_version(home: Path, place: str, text: str) -> None:
    """And where it was found is said, never the token."""
    path = put(home, place, text)
    found = tokens.find_token()
    assert found
    assert (found.value, found.source) == (TOKEN, str(path))
    assert TOKEN not in repr(found)
    assert TOKEN not in str(Ngrok(found))


def test_the_order_is_variable_secret_file(
    home: Path, colab: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A nearer place wins; absence and refusal are no error."""
    assert tokens.find_token() is None
    put(home, ".ngrok2/ngrok.yml", "authtoken: of-the-file\n")
    assert tokens.find_token() == tokens.Token("of-the-file", str(home / ".ngrok2/ngrok.yml"))
    colab["NGROK_AUTHTOKEN"] = "of-the-secret"
    assert tokens.find_token() == tokens.Token("of-the-secret", "Colab secrets")
    monkeypatch.setenv("NGROK_AUTHTOKEN", " of-the-variable\n")
    assert tokens.find_token() == tokens.Token("of-the-variable", "NGROK_AUTHTOKEN")
    monkeypatch.setenv("NGROK_AUTHTOKEN", "")
    assert tokens.find_token() == tokens.Token("of-the-secret", "Colab secrets")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"authtoken:{TOKEN}\n", "line 1: there must be a blank"),
        (f"version: '2'\nauthtoken:{TOKEN}\n", "line 2: there must be a blank"),
        (f"version: 3\nagent:\n\tauthtoken: {TOKEN}\n", "line 3: a tab"),
        (f'authtoken: "{TOKEN}\n', "line 1: quotes"),
        (f"authtoken: “{TOKEN}”\n", "malformed: quotes"),
        (f"authtoken: {TOKEN} {TOKEN}\n", "malformed: the token stands there twice"),
        (f"authtoken: {TOKEN}{TOKEN}\n", "malformed: the token stands there twice"),
        (f"authtoken: ngrok config add-authtoken {TOKEN}\n", "malformed: a command"),
        (f"ngrok config add-authtoken {TOKEN}\n", "line 1: a command"),
        ("authtoken: <YOUR_AUTHTOKEN>\n", "malformed: this is the example"),
        ("authtoken: $YOUR_AUTHTOKEN\n", "malformed: this is the example"),
        ("agent: [broken", "can't be read as YAML"),
    ],
)
def test_a_malformed_file_is_named_with_the_line_and_what_is_wrong(
    home: Path, text: str, said: str
) -> None:
    """In both languages, without the token."""
    path = put(home, ".ngrok2/ngrok.yml", text)
    with pytest.raises(RefusedError) as caught:
        tokens.find_token()
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)
    korean = caught.value.translated(catalog("ko").gettext)
    assert said.rpartition(": ")[2] not in korean


def test_a_good_token_elsewhere_makes_up_for_a_malformed_file(home: Path) -> None:
    """Somebody who mended it with the current program does not hear of the old file."""
    put(home, ".ngrok2/ngrok.yml", f"authtoken:{TOKEN}\n")
    put(home, ".config/ngrok/ngrok.yml", "version: 3\nagent:\n  authtoken: good\n")
    found = tokens.find_token()
    assert found
    assert found.value == "good"


@pytest.mark.parametrize("text", ["", "version: 3\n", "version: 3\nagent:\n", "- no\n- mapping\n"])
def test_a_file_without_a_token_has_none(home: Path, text: str) -> None:
    """Ngrok writes such files by itself."""
    put(home, ".config/ngrok/ngrok.yml", text)
    assert tokens.find_token() is None


def test_who_has_a_token_gets_ngrok_and_who_has_none_cloudflare(home: Path) -> None:
    """Unless one of them is named, or a reserved domain wants ngrok."""
    assert service_of("auto", None) == Cloudflare(instead=True)
    assert service_of("cloudflare", None) == Cloudflare()
    assert service_of("ngrok", None) == Ngrok(None)
    assert service_of("auto", "mine.ngrok.app") == Ngrok(None, "mine.ngrok.app")
    assert service_of("auto", None, lambda: TOKEN) == Ngrok(tokens.Token(TOKEN, ""))
    assert service_of("auto", None, lambda: " ") == Cloudflare(instead=True)
    put(home, ".ngrok2/ngrok.yml", f"authtoken: {TOKEN}\n")
    assert service_of("auto", None) == Ngrok(tokens.Token(TOKEN, str(home / ".ngrok2/ngrok.yml")))
