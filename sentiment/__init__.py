"""Put a Korean text classifier in front of people.

    import sentiment

    classifier = sentiment.load()                                  # the shipped model
    classifier = sentiment.load("checkpoint-doccls", pretrained="beomi/kcbert-base")
    classifier.predict(["정말 좋았어요"])[0].label                 # 'positive'
    sentiment.explain(classifier, "연기는 좋은데 결말이 아쉬워요")
    sentiment.classify("reviews.csv", "judged.xlsx", classifier)   # what the command does
    sentiment.evaluate("labelled.csv", classifier).accuracy
    app = sentiment.create_app(classifier)                         # a WSGI app
    sentiment.show(classifier)                                     # the page under this cell

Importing it costs nothing: each name is fetched where it lives when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentiment.bulk.classify import classify
    from sentiment.bulk.inputs import Wanted
    from sentiment.errors import (
        BusyError,
        DataError,
        FullError,
        InputError,
        ModelError,
        NotANumberError,
        RefusedError,
        SentimentError,
        SettingsError,
        ShareError,
        StoreError,
        TooLongError,
        UnavailableError,
        UntraceableError,
    )
    from sentiment.evaluation.evaluate import evaluate
    from sentiment.evaluation.result import Evaluation
    from sentiment.labels import Label, Labels
    from sentiment.model.explain import Explanation, explain
    from sentiment.model.inference import Classifier, Prediction, Predictor
    from sentiment.model.loader import load
    from sentiment.notebook.showing import show
    from sentiment.settings import Settings
    from sentiment.web.app import create_app

    __version__: str

__all__ = [
    "BusyError",
    "Classifier",
    "DataError",
    "Evaluation",
    "Explanation",
    "FullError",
    "InputError",
    "Label",
    "Labels",
    "ModelError",
    "NotANumberError",
    "Prediction",
    "Predictor",
    "RefusedError",
    "SentimentError",
    "Settings",
    "SettingsError",
    "ShareError",
    "StoreError",
    "TooLongError",
    "UnavailableError",
    "UntraceableError",
    "Wanted",
    "__version__",
    "classify",
    "create_app",
    "evaluate",
    "explain",
    "load",
    "show",
]

HOMES = {
    "bulk.classify": ("classify",),
    "bulk.inputs": ("Wanted",),
    "evaluation.evaluate": ("evaluate",),
    "evaluation.result": ("Evaluation",),
    "labels": ("Label", "Labels"),
    "model.explain": ("Explanation", "explain"),
    "model.inference": ("Classifier", "Prediction", "Predictor"),
    "model.loader": ("load",),
    "notebook.showing": ("show",),
    "settings": ("Settings",),
    "web.app": ("create_app",),
}
"""Where the public names live; the errors are all in `sentiment.errors`."""


def __getattr__(name: str) -> Any:
    """Fetch a public name (PEP 562)."""
    if name == "__version__":
        return import_module("sentiment.settings").VERSION
    for module, names in HOMES.items():
        if name in names:
            return getattr(import_module(f"sentiment.{module}"), name)
    if name.endswith("Error") and name in __all__:
        return getattr(import_module("sentiment.errors"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return __all__
