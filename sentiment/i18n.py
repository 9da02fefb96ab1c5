"""Languages: gettext catalogs in ``translations/``; the source text is English.

Babel makes the catalogs; to read them the standard library is enough, and 31 MB smaller.
"""

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

LANGUAGES = {"ko": "한국어", "en": "English"}
"""Languages of the pages by code, in the language itself; the first is the default."""

FOLDER = Path(__file__).parent / "translations"


@cache
def catalog(language: str) -> NullTranslations:
    """The catalog of a language of `LANGUAGES`; English is the source and needs none."""
    return translation("messages", FOLDER, [language], fallback=True)


def both(translated: Callable[[Callable[[str], str]], str]) -> str:
    """A text in Korean and, on the next line, English: what a terminal shows.

    `translated` makes the text with the gettext function of a language.
    """
    return "\n".join(translated(catalog(language).gettext) for language in LANGUAGES)


def marked(message: str) -> str:
    """The message itself; marks a literal for ``scripts/translations.py`` to collect."""
    return message


def numbered(singular: str, plural: str) -> tuple[str, str]:
    """The two forms themselves; marks literals that `ngettext` will be given."""
    return singular, plural
