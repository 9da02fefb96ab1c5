"""What the READMEs promise is there, and both promise the same."""

import re

import click
import pytest
from flask import Flask

from sentiment.commands.cli import main
from sentiment.model.inference import Classifier
from sentiment.settings import ROOT, Settings
from tests.kit.app import create_app

ENGLISH = (ROOT / "README.md").read_text("utf-8")
KOREAN = (ROOT / "README.ko.md").read_text("utf-8")

OPTIONS = [
    option
    for command in main.commands.values()
    for option in command.params
    if isinstance(option, click.Option)
]


@pytest.fixture(scope="module")
def app(made_classifier: Classifier) -> Flask:
    """The application, for its routes."""
    return create_app(made_classifier, Settings())


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_described(command: str) -> None:
    """A command that the README does not name is not found."""
    assert f"`python -m sentiment {command}" in ENGLISH


@pytest.mark.parametrize("name", sorted({option.opts[0] for option in OPTIONS}))
def test_every_option_is_described(name: str) -> None:
    """With its dashes, in a table or beside its command."""
    assert re.search(rf"[` ]{re.escape(name)}(?![\w-])", ENGLISH)


def test_every_variable_is_described_and_real() -> None:
    """The variables of the README are those that the options and the cache read."""
    real = {str(option.envvar) for option in OPTIONS if option.envvar} | {"SENTIMENT_CACHE"}
    assert set(re.findall(r"SENTIMENT_[A-Z_]+", ENGLISH)) == real


def test_every_route_in_the_readme_exists(app: Flask) -> None:
    """Routes are written with their method."""
    rules = {
        (method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()
    }
    named = re.findall(r"`(GET|POST) (/[\w./]*)`", ENGLISH)
    assert named
    assert set(named) <= rules


def test_both_editions_have_the_same_parts() -> None:
    """Headings, code and tables of the Korean edition are those of the English one."""

    def parts(text: str) -> list[str]:
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        return re.findall(r"^#+(?= )|^```.*?^```|^\|(?= )|^!\[", text, re.DOTALL | re.MULTILINE)

    english, korean = parts(ENGLISH), parts(KOREAN)
    assert korean == english


@pytest.mark.parametrize("text", [ENGLISH, KOREAN])
def test_every_file_that_is_linked_exists(text: str) -> None:
    """Pictures and pages beside the README."""
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
