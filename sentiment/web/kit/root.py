"""Below which path of a site the page lies: links, forms, redirects and cookies begin with it.

A proxy may strip that path from what it passes on, or keep it: both are understood.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask, Request, Response, request, url_for

from sentiment.errors import SettingsError
from sentiment.settings import Settings
from sentiment.web.kit.identity import is_loopback

PATH = re.compile(r"(/(?!\.{1,2}(/|$))[^/\\?#%;\x00-\x20\x7f]+)+")
"""Folders one after the other, as WSGI has them; never ``//``, which begins another host."""


def init_app(app: Flask, settings: Settings) -> None:
    """Have every request of `app` know the path; call it when all routes are there.

    Raises `SettingsError` for a path that is none, or that is one of the page's own: of what
    begins so nobody could tell whether it was stripped.
    """
    fixed = checked(settings.root_path)
    if fixed and any(f"{rule.rule}/".startswith(f"{fixed}/") for rule in app.url_map.iter_rules()):
        raise SettingsError(
            "The page has a path {path} of its own. Choose another one for --root-path.", path=fixed
        )

    class Placed(Request):
        """A request whose environment says below which path the page lies."""

        def __init__(self, environ: dict[str, Any], *more: Any, **named: Any) -> None:
            place(environ, fixed or (forwarded(environ) if believed(environ, settings) else ""))
            super().__init__(environ, *more, **named)

    app.request_class = Placed
    if not fixed:
        app.after_request(from_here)


def checked(said: str) -> str:
    """What somebody said of the path as it is used: ``sentiment/`` -> ``/sentiment``.

    Raises `SettingsError`.
    """
    path = f"/{said.strip().strip('/')}"
    if path == "/":
        return ""
    if not (path.isascii() and PATH.fullmatch(path)):
        raise SettingsError(
            "{path} is not a path below which a page can lie. Write it as it begins in an "
            "address: --root-path /sentiment",
            path=said,
        )
    return path


def believed(environ: dict[str, Any], settings: Settings) -> bool:
    """Whether a request comes from a proxy that we were told of."""
    here = settings.proxy and is_loopback(environ.get("REMOTE_ADDR", ""))
    return bool(settings.proxy_hops) or here


def forwarded(environ: dict[str, Any]) -> str:
    """What the last proxy says in ``X-Forwarded-Prefix``."""
    last = environ.get("HTTP_X_FORWARDED_PREFIX", "").rpartition(",")[2].strip().rstrip("/")
    path = unquote_to_bytes(last).decode("latin-1")
    return path if PATH.fullmatch(path) else ""


def place(environ: dict[str, Any], path: str) -> None:
    """Divide the address of a request into `path` and what lies below it.

    A WSGI server that has done so itself is believed.
    """
    if not path or environ.get("SCRIPT_NAME"):
        return
    environ["SCRIPT_NAME"] = path
    asked: str = environ["PATH_INFO"]
    if f"{asked}/".startswith(f"{path}/"):
        environ["PATH_INFO"] = asked[len(path) :] or "/"


def from_here(response: Response) -> Response:
    """Redirect from where the request was sent to, where a proxy has told the path.

    Jupyter's puts its path before a ``Location`` that begins with a slash, in newer versions alone.
    """
    location, path = response.headers.get("Location", ""), root()
    if path and location.startswith(f"{path}/"):
        up = "../" * (request.path.count("/") - 1) or "./"
        response.headers["Location"] = up + location[len(path) + 1 :]
    return response


def root() -> str:
    """The path as it begins links: empty, or without a slash at its end."""
    return url_for("pages.index").rstrip("/")
