"""For whoever runs the page: signs of life and figures. None of them waits for the model."""

from __future__ import annotations

import socket

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from sentiment.serving.engine import never
from sentiment.serving.metrics import CONTENT_TYPE
from sentiment.serving.server import LEAVING
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
        """Whether the model has answered once and still can, and the page is not about to end."""
        ready = engine().ready and not app.extensions.get(LEAVING, never)()
        return reply(Readiness("ready")) if ready else reply(Readiness("not ready"), 503)

    @app.get("/metrics")
    def metrics() -> Response:
        """Times, batches, queue and rejections for Prometheus."""
        if (settings.share or settings.proxy) and not is_owner():
            raise NotFound
        replica = f"{socket.gethostname()}:{request.environ['SERVER_PORT']}"
        figures = engine().metrics.text(replica if settings.shared else "")
        return Response(figures, content_type=CONTENT_TYPE)
