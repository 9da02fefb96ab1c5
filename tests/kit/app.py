"""The app as the tests want it: files are answered when a test says so."""

from flask import Flask
from flask.testing import FlaskClient

from sentiment.model.inference import Predictor
from sentiment.settings import Settings
from sentiment.share.tunnel import Tunnel
from sentiment.web import app
from sentiment.web.kit.identity import Owner


def create_app(
    model: Predictor, settings: Settings | None = None, tunnel: Tunnel | None = None
) -> Flask:
    """The app without the thread that works in the background."""
    return app.create_app(model, settings or Settings(), tunnel, background=False)


def owners(page: Flask) -> FlaskClient:
    """The owner's browser: it has opened the link that the terminal shows."""
    browser = page.test_client()
    proof: Owner = page.extensions["owner"]
    assert browser.get(proof.link("")).status_code == 303
    return browser
