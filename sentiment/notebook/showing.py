"""``sentiment.show``: the page of a classifier under a notebook's cell."""

from typing import TYPE_CHECKING

from sentiment.settings import Settings

if TYPE_CHECKING:
    from sentiment.model.inference import Predictor
    from sentiment.notebook.running import Page


def show(
    classifier: "Predictor | None" = None,
    *,
    port: int = Settings.port,
    share: bool = False,
    block: bool = False,
) -> "Page":
    """Show the page under this cell, and go on; without a classifier that of the shipped model.

    In Colab it comes through Colab's own proxy, in Jupyter and VS Code by its address; nothing of
    it is public unless `share` says so, which prints a link and a password besides. Another call on
    the same `port` (0: any free one) replaces it; ``stop()`` of what is returned ends it, and with
    `block` the stop button. Raises `SettingsError` where another program has the port.
    """
    from sentiment.notebook.places import here
    from sentiment.notebook.running import Page
    from sentiment.notebook.sharing import password_of, tunnel_of
    from sentiment.web.app import create_app

    if classifier is None:
        from sentiment.model.loader import load

        classifier = load()
    place, password = here(), password_of(share)
    tunnel = tunnel_of(port, password)
    settings = Settings(port=port, share="auto" if share else "", share_password=password)
    app = create_app(classifier, place.adapted(settings), tunnel, background=False)
    page = Page(app, place, tunnel)
    page.run(settings.host, port, block=block)
    return page
