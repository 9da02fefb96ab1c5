"""A drop-in for ``ratsnlp.nlpbook.classification`` in a notebook that follows the book's chapter.

Only the import line changes; codes 3 to 11 run as they are printed::

    from sentiment.nlpbook import ClassificationDeployArguments
    from sentiment.nlpbook import get_web_service_app
"""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment.errors import ModelError
from sentiment.labels import NEVER, PAIR
from sentiment.model.checkpoints.best import best_checkpoint
from sentiment.model.checkpoints.libraries import require_libraries
from sentiment.model.inference import Facts, Reading, Tokens
from sentiment.settings import Settings
from sentiment.texts.spelling import Form, aligned

if TYPE_CHECKING:
    from flask import Flask

InferenceFn = Callable[[str], Mapping[str, str]]
"""Code 10: a sentence to the six fields."""

PORT = 5000
"""Where Flask's ``app.run()`` listens, unless it is told otherwise."""


@dataclass
class ClassificationDeployArguments:
    """The settings of code 3; the checkpoint is the one with the lowest val_loss in its name.

    ratsnlp's own checkpoints are no longer taken by codes 5 and 8 as they are printed: then the
    path is that of a copy, which lasts as long as this object. Raises `ModelError`.
    """

    pretrained_model_name: str | None = None
    downstream_model_dir: str | None = None
    downstream_model_checkpoint_fpath: str | None = None
    max_seq_length: int = 128

    def __post_init__(self) -> None:
        """Choose the checkpoint."""
        require_libraries()
        from sentiment.model.checkpoints.copies import as_printed, readable_copy

        if self.downstream_model_checkpoint_fpath is not None:
            files = [Path(self.downstream_model_checkpoint_fpath)]
        elif self.downstream_model_dir is not None:
            files = list(Path(self.downstream_model_dir).glob("*.ckpt"))
        else:
            raise ModelError(
                "No checkpoint was named. Set downstream_model_dir to its folder, or "
                "downstream_model_checkpoint_fpath to the file."
            )
        files = [file for file in files if file.is_file()]
        if not files:
            raise ModelError(
                "There is no checkpoint at {path}. Check the path, and that the drive is mounted.",
                path=self.downstream_model_checkpoint_fpath or self.downstream_model_dir,
            )
        best = best_checkpoint(files)
        if not as_printed(best):
            folder = tempfile.mkdtemp()
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            best = readable_copy(best, Path(folder))
        self.downstream_model_checkpoint_fpath = str(best)


class Function:
    """Code 10's function as a `Predictor`; of its tokens nobody is told.

    What others take for token ids are the characters of the sentence.
    """

    labels = PAIR
    unsure = NEVER
    max_seq_length = 0
    form: Form = "as-typed"
    facts = Facts(runs="")

    def __init__(self, inference_fn: InferenceFn) -> None:
        self.name = self.id = getattr(inference_fn, "__name__", "inference_fn")
        self._ask = inference_fn

    def tokenize(self, sentence: str) -> Tokens:
        """The characters, and 0: how many tokens there are is not known."""
        return [ord(character) for character in sentence], 0

    def reading(self, sentence: str) -> Reading:
        """All of it, as far as anybody can tell."""
        return Reading(len(sentence), [], aligned(sentence, self.form).words())

    def unknown(self, sentence: str, ids: Sequence[int]) -> float:
        """None, as far as anybody can tell."""
        return 0.0

    def probabilities(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """What the function says of each sentence, shape (sentences, 2)."""
        answers = [self._ask("".join(map(chr, row))) for row in ids]
        return np.array([shares(answer) for answer in answers], np.float32)


def shares(answer: Mapping[str, str]) -> tuple[float, float]:
    """The probabilities of negative and positive in code 10's fields; raises `ModelError`."""
    try:
        negative, positive = (
            float(answer[field].split()[-1]) for field in ("negative_data", "positive_data")
        )
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise ModelError(
            "inference_fn answered {answer}, which are not the fields of the book's code 10. Let "
            'it return "positive_data": "긍정 0.94" and "negative_data": "부정 0.06" at least.',
            answer=repr(answer)[:200],
        ) from error
    return negative, positive


def get_web_service_app(inference_fn: InferenceFn, is_colab: bool = True) -> "Flask":
    """Code 11: this project's page over `inference_fn`; ``app.run()`` starts it.

    It opens under the notebook's cell; ``app.run(block=False)`` goes on to the next one, and
    ``app.stop()`` ends it. With `is_colab` the run opens a public address too, as the book's does,
    with a password, where there is a token (``NGROK_AUTHTOKEN``, a secret of Colab, ngrok's own
    file) or the program cloudflared. Raises `ModelError` where `inference_fn` does not answer as
    code 10 does.
    """
    from sentiment.notebook.places import here
    from sentiment.notebook.running import Page
    from sentiment.notebook.sharing import password_of, tunnel_of
    from sentiment.web.app import create_app

    shares(inference_fn("좋아요"))
    place, password = here(), password_of(is_colab)
    tunnel = tunnel_of(PORT, password)
    settings = Settings(port=PORT, share="auto" if is_colab else "", share_password=password)
    app = create_app(Function(inference_fn), place.adapted(settings), tunnel, background=False)
    app.extensions["owner"].strangers = False  # before it runs only the notebook itself can ask
    page = Page(app, place, tunnel)

    def run(
        host: str | None = None, port: int | None = None, *_more: Any, block: bool = True, **_: Any
    ) -> None:
        """Serve until stopped; what else Flask's own server can be told means nothing here."""
        page.run(host or settings.host, PORT if port is None else port, block=block)

    app.run = run  # type: ignore[method-assign]
    app.stop = page.stop  # type: ignore[attr-defined]
    return app
