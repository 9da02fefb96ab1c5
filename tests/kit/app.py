"""The app as the tests want it: files are answered when a test says so."""

from flask import Flask

from sentiment.model.inference import Predictor
from sentiment.settings import Settings
from sentiment.share.tunnel import Tunnel
from sentiment.web import app


def create_app(
    model: Predictor, settings: Settings | None = None, tunnel: Tunnel | None = None
) -> Flask:
    """The app without the thread that works in the background."""
    return app.create_app(model, settings or Settings(), tunnel, background=False)
