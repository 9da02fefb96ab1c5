"""The error tree. Library code raises these; the command line and the pages translate once.

SentimentError                what a person can act on; the message ends with the next step
├── ModelError                a model could not be found, read or trusted
│   ├── NotANumberError       ... because it answers NaN or infinity
│   └── UntraceableError      ... into a fast form; torch still runs it
├── DataError                 a data file is missing or not what it should be
├── SettingsError             an option or variable has a value that cannot work
├── StoreError                the file that keeps things can't be used
│   └── FullError             ... because its disk is full
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

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


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

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it under a cell, where a traceback would help nobody."""
        from sentiment.i18n import both

        return [f"{type(self).__name__}:", *both(self.translated).splitlines()]

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


class UntraceableError(ModelError):
    """A model can't be brought into a fast form."""


class DataError(SentimentError):
    """A data file is missing or not what it should be."""


class SettingsError(SentimentError):
    """An option or environment variable has a value that cannot work."""


class StoreError(SentimentError):
    """The file that keeps feedback and jobs can't be used."""


class FullError(StoreError):
    """There is no room on the disk; whoever raises it has removed what was half written."""


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


FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}

SAID = ("os error 28", "os error 112", "No space left")
"""How libraries in Rust say it that have no number for it; 112 is Windows'."""


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind an error, or behind what led to it."""
    while error is not None:
        if isinstance(error, FullError):
            return True
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if isinstance(error, sqlite3.Error):
            code = getattr(error, "sqlite_errorcode", None)  # none where Python itself complains
            if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE):
                return True
        if any(words in str(error) for words in SAID):
            return True
        error = error.__cause__ or error.__context__
    return False


def full(folder: Path) -> FullError:
    """What to do about it."""
    return FullError(
        "The disk of {folder} is full, so nothing was kept of this. Make room on it by deleting "
        "files that are not needed, and try again.",
        folder=folder,
    )


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Raise `FullError` where what is written to `folder` finds no room."""
    try:
        yield
    except SentimentError:
        raise
    except Exception as error:
        if is_full(error):
            raise full(folder) from error
        raise
