"""Reading what a request says, strictly: broken text is an error, never silently another text."""

import json
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from sentiment.errors import InputError


def body() -> bytes:
    """The body of this request, whole; raises `RequestEntityTooLarge` where it is too large."""
    data = request.get_data()
    # Without a Content-Length the reader stops at the limit as if the body ended there.
    if request.max_content_length is not None and len(data) >= request.max_content_length:
        raise RequestEntityTooLarge
    return data


def json_body(example: str) -> Any:
    """What the JSON body of this request holds; where it is broken, `example` shows a right one.

    Raises `UnsupportedMediaType`, `RequestEntityTooLarge` or `InputError`.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        return json.loads(body().decode())
    except UnicodeDecodeError:
        raise InputError(
            "The text is not valid UTF-8. Send it encoded as UTF-8 and try again."
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            "The body is not valid JSON. Send it like this: {example}", example=example
        ) from None


def field(encoded: bytes, name: str, errors: str = "strict") -> str | None:
    """The first value of `name` in a query string or URL-encoded form; None when absent.

    Flask's own parser puts stand-ins where UTF-8 is broken; this raises `InputError` unless
    `errors` asks for stand-ins. Line ends become LF: forms are sent with CRLF.
    """
    try:
        text = encoded.decode(errors=errors)
        pairs = parse_qsl(text, keep_blank_values=True, errors=errors)
    except UnicodeDecodeError:
        raise InputError(
            "The text is not valid UTF-8. Send it encoded as UTF-8 and try again."
        ) from None
    return next((value.replace("\r\n", "\n") for key, value in pairs if key == name), None)
