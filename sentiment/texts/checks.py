"""What no model is asked: texts that are none."""

from sentiment.errors import InputError, TooLongError
from sentiment.settings import MAX_CHARACTERS


def checked(sentence: str) -> str:
    """The sentence as it is, or an `InputError` that says what is wrong with it."""
    if not sentence.strip():
        raise InputError("There is no text to judge. Type a sentence and try again.")
    if "\0" in sentence:
        raise InputError(
            "The text holds a NUL character, which no sentence has. Remove it and try again."
        )
    if any("\ud800" <= character <= "\udfff" for character in sentence):
        raise InputError(
            "The text holds half a character (a lone surrogate). Send it as UTF-8 and try again."
        )
    if len(sentence) > MAX_CHARACTERS:
        raise TooLongError(
            "The text has {count:,} characters; at most {most:,} are taken. Shorten it.",
            count=len(sentence),
            most=MAX_CHARACTERS,
        )
    return sentence


def problem(sentence: str) -> InputError | None:
    """What is wrong with a sentence, for callers that go on with the others."""
    try:
        checked(sentence)
    except InputError as error:
        return error
    return None
