"""The web application: one factory, handed what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from sentiment.errors import SettingsError
from sentiment.model.inference import Predictor
from sentiment.serving.engine import Engine
from sentiment.settings import STATIC, TEMPLATES, Settings, install_line
from sentiment.texts.notices import NOTICES, SHORT
from sentiment.web.api import book, docs, operations, v1
from sentiment.web.guard import access, bodies, gate, headers, origins, owner, proxies, rates
from sentiment.web.kit import assets, failures, language, looks, navigation, root
from sentiment.web.kit.counts import COUNTS, counts
from sentiment.web.pages import compare, feedback, files, install, sentence
from sentiment.web.pages import model as about

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel

MAX_BODY = 256 * 1024
"""Bytes taken of a request: 10,000 emoji are 120,000 bytes when they are escaped."""


class App(Flask):
    """Flask, but the page that refuses a name which can be none (``a..b``) has its links."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What makes addresses; of a malformed name relative ones. It is refused anyway."""
        try:
            return super().create_url_adapter(request)
        except HTTPException:
            if request is None:
                raise
            return self.url_map.bind(
                "localhost", path_info=request.path, default_method=request.method
            )


def create_app(
    model: Predictor,
    settings: Settings = Settings(),
    tunnel: Tunnel | None = None,
    *,
    background: bool = True,
) -> Flask:
    """The WSGI application that answers with `model`.

    Anything but an engine gets one of its own; who wants to close it hands one over. With
    `background` a thread answers uploaded files, until ``app.extensions["worker"].close()``.

    What runs before a request runs in the order of the calls: a name that is not trusted is
    refused before anything else is looked at.
    """
    app = App(__name__, template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["engine"] = model if isinstance(model, Engine) else Engine(model)
    app.extensions["tunnel"] = tunnel
    app.extensions["settings"] = settings
    app.extensions[COUNTS] = counts(settings.redis)
    app.jinja_env.globals.update(NOTICES=NOTICES, SHORT=SHORT, text_form=settings.text_form)
    assets.init_app(app)
    language.init_app(app)
    navigation.init_app(app)
    looks.init_app(app)
    failures.init_app(app)
    guard(app, settings, tunnel)
    about.init_app(app)
    for part in (sentence, compare, install, book, v1, docs, feedback):
        app.register_blueprint(part.blueprint)
    files.init_app(app, settings)
    operations.init_app(app, settings)
    if settings.mcp:
        add_mcp(app, settings.model)
    root.init_app(app, settings)
    if background:
        app.extensions["worker"].start()
    return app


def guard(app: Flask, settings: Settings, tunnel: Tunnel | None) -> None:
    """Put what stands before every request there, in its order."""
    proxies.init_app(app, settings)
    access.init_app(app)
    headers.init_app(app, settings, tunnel)
    origins.init_app(app, settings)
    owner.init_app(app, settings)
    gate.init_app(app, settings, tunnel)
    rates.init_app(app, settings)
    bodies.init_app(app, MAX_BODY)


def add_mcp(app: Flask, model: str) -> None:
    """Answer at ``/mcp``; raises `SettingsError` without the SDK."""
    try:
        from sentiment.web.api import mcp
    except ImportError as error:
        raise no_sdk() from error
    mcp.init_app(app, model)


def no_sdk() -> SettingsError:
    """What to do about a missing SDK."""
    return SettingsError(
        "The Model Context Protocol needs its SDK, which is not installed. Install it with: {line}",
        line=install_line("mcp"),
    )
