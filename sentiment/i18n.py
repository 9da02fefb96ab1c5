"""Languages: gettext catalogs in ``translations/``; the source text is English."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.support import NullTranslations

LANGUAGES = {"ko": "한국어", "en": "English"}
"""Languages of the pages by code, in the language itself; the first is the default."""

FOLDER = Path(__file__).parent / "translations"


@cache
def catalog(language: str) -> "NullTranslations":
    """The catalog of a language of `LANGUAGES`; English is the source and needs none."""
    from babel.support import Translations  # which whoever only marks messages does not need

    return Translations.load(FOLDER, [language])


def both(translated: Callable[[Callable[[str], str]], str]) -> str:
    """A text in Korean and, on the next line, English: what a terminal shows.

    `translated` makes the text with the gettext function of a language.
    """
    return "\n".join(translated(catalog(language).gettext) for language in LANGUAGES)


def marked(message: str) -> str:
    """The message itself; marks a literal for ``scripts/translations.py`` to collect."""
    return message
