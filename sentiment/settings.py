"""What can be set: one frozen object, filled by the command line and ``SENTIMENT_*`` variables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

VERSION = "0.1.0"
"""The one place that says it."""

ROOT = Path(__file__).resolve().parent.parent
"""The project folder, with ``templates/``, ``static/`` and ``models/``."""

SHIPPED_MODEL = ROOT / "models" / "ko-review-small"
"""The model that is used when none is named; it needs no download."""

MAX_CHARACTERS = 10_000
"""Longest text that is judged at once, in characters."""

BackendName = Literal["auto", "onnx", "torch"]
"""``torch`` is the reference, ``onnx`` is fast, ``auto`` is fast wherever that works."""

FeedbackFrom = Literal["off", "owner", "everyone"]
"""Who is asked whether an answer was right; nothing is kept of others."""

DATA = Path(platformdirs.user_data_dir("korean-sentiment", appauthor=False))
"""Where what must survive a restart is kept, unless SENTIMENT_DATA names another folder."""

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Names of this machine for itself."""

ALL_ADDRESSES = ("", "0.0.0.0", "::")  # noqa: S104 - to compare with
"""Hosts that mean every address of this machine."""


@dataclass(frozen=True)
class Settings:
    """Everything a run of the server depends on.

    `model`: checkpoint, folder of checkpoints, Hugging Face folder or hub name.
    `pretrained`: hub name or folder with the config and tokenizer of a ``.ckpt``.
    `max_seq_length`: tokens read of one sentence, ``[CLS]`` and ``[SEP]`` included.
    `backend`: what runs the model; see `sentiment.model.loader.load`.
    `trusted_hosts`: further names under which the page may be asked for, beside the local
    ones and the tunnel's; a leading dot takes in all subdomains.
    `data`: folder of the SQLite file, uploads and results.
    `keep_hours`: after how many hours uploads and their results are removed.
    `feedback`: who is asked whether an answer was right.
    `share_password`: what visitors through the tunnel must know; None leaves it open.
    """

    model: str = str(SHIPPED_MODEL)
    pretrained: str = "beomi/kcbert-base"
    max_seq_length: int = 128
    backend: BackendName = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_hosts: tuple[str, ...] = ()
    share: bool = False
    share_domain: str | None = None
    share_password: str | None = None
    data: Path = DATA
    keep_hours: int = 24
    feedback: FeedbackFrom = "off"

    @property
    def keep_seconds(self) -> float:
        """`keep_hours` in seconds."""
        return self.keep_hours * 3600.0
