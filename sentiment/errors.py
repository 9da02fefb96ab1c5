"""The error tree. Library code raises these; the command line and the pages translate once.

SentimentError                what a person can act on; the message ends with the next step
├── ModelError                a model could not be found, read or trusted
│   └── NotANumberError       ... because it answers NaN or infinity
├── DataError                 a data file is missing or not what it should be
├── SettingsError             an option or variable has a value that cannot work
├── StoreError                the file that keeps things can't be used
├── InputError                a sentence cannot be judged
│   └── TooLongError          ... because it is longer than is taken at once
├── UnavailableError          the model cannot answer now, but may soon
│   └── BusyError             ... because too many wait for it already
└── ShareError                the tunnel could not be opened; it is tried again
    └── RefusedError          ... and it is not, until the person changes something

Messages are catalog keys: write them in English with ``{names}``, hand the values over by
keyword, and ``translations/`` holds the Korean. The first argument must be a literal, so that
``scripts/translations.py`` finds it.
"""

from collections.abc import Callable


class Part(str):
    """A value of a message that is a catalog key itself, and translated with it."""


class SentimentError(Exception):
    """Base class of every error of this package; its text is written for the person.

    `message` is the English text and catalog key; `values` fill its ``{names}``.
    """

    def __init__(self, message: str, **values: object) -> None:
        """Keep the message apart from its values, so that it can be translated later."""
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.translated(str)

    def translated(self, gettext: Callable[[str], str]) -> str:
        """The text in the language of a catalog's `gettext`."""
        values = {
            name: gettext(value) if isinstance(value, Part) else value
            for name, value in self.values.items()
        }
        return gettext(self.message).format(**values)


class ModelError(SentimentError):
    """A model could not be found, read or trusted."""


class NotANumberError(ModelError):
    """A model answers NaN or infinity."""


class DataError(SentimentError):
    """A data file is missing or not what it should be."""


class SettingsError(SentimentError):
    """An option or environment variable has a value that cannot work."""


class StoreError(SentimentError):
    """The file that keeps feedback and jobs can't be used."""


class InputError(SentimentError):
    """A sentence cannot be judged."""


class TooLongError(InputError):
    """More text than is taken at once."""


class UnavailableError(SentimentError):
    """The model cannot answer now; `retry_after` seconds later it may."""

    retry_after = 5


class BusyError(UnavailableError):
    """Too many wait for the model already."""

    retry_after = 2


class ShareError(SentimentError):
    """The tunnel could not be opened; trying again later may help."""


class RefusedError(ShareError):
    """Trying again is of no use before the person has done what the message says."""
