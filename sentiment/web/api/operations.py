"""For whoever runs the page: signs of life and figures. None of them waits for the model."""

from __future__ import annotations

from flask import Flask, Response
from werkzeug.exceptions import NotFound

from sentiment.serving.metrics import CONTENT_TYPE
from sentiment.settings import Settings
from sentiment.web.api.schema import Health, Readiness, reply
from sentiment.web.kit.asking import engine
from sentiment.web.kit.identity import is_owner


def init_app(app: Flask, settings: Settings) -> None:
    """Add the routes; its figures are for the owner alone where strangers come from anywhere."""

    @app.get("/healthz")
    def health() -> Response:
        """Say that the server answers, and which model with."""
        return reply(Health("ok", engine().name))

    @app.get("/readyz")
    def readiness() -> Response:
        """Whether the model has answered once and still can."""
        return reply(Readiness("ready")) if engine().ready else reply(Readiness("not ready"), 503)

    @app.get("/metrics")
    def metrics() -> Response:
        """Times, batches, queue and rejections for Prometheus."""
        if (settings.share or settings.proxy) and not is_owner():
            raise NotFound
        return Response(engine().metrics.text(), content_type=CONTENT_TYPE)
