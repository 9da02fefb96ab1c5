"""What can be set: one frozen object, filled by the command line and ``SENTIMENT_*`` variables.

Options, variables, defaults and their help are declared here alone; `sentiment.commands.options`
makes click's options of them.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs

from sentiment.settings.declared import option
from sentiment.settings.replicas import Replicas

VERSION = "0.2.0"
"""The one place that says it; the build reads this line."""

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent
"""The project folder of a checkout."""


ASSETS = PACKAGE / "_assets"
"""What the wheel carries of the folders at the top of a checkout; in a checkout there is none."""


def resource(name: str) -> Path:
    """What lies at the top of a checkout, and in the package once that was built and installed."""
    return ASSETS / name if ASSETS.exists() else ROOT / name


def install_line(extra: str) -> str:
    """What to type to install an extra of the package, or the same in a checkout."""
    package = f'pip install "ko-sentiment[{extra}]"'
    return package if ASSETS.exists() else f"pip install -r requirements-{extra}.txt"


TEMPLATES, STATIC = resource("templates"), resource("static")

SHIPPED_MODEL = resource("models/ko-sentiment-small")
"""The model that is used when none is named; it needs no download."""

SHIPPED = {"small": SHIPPED_MODEL, "base": resource("models/ko-sentiment-base")}
"""Our own models by short names; the larger one lies in a checkout alone, not in the package."""

MAX_CHARACTERS = 10_000
"""Longest text that is judged at once, in characters."""

BackendName = Literal["auto", "onnx", "torch"]
"""``torch`` is the reference, ``onnx`` is fast, ``auto`` is fast wherever that works."""

PrecisionName = Literal["auto", "exact", "fast"]
"""``exact`` answers as the checkpoint itself does, ``fast`` in 8 bits; ``auto`` is exact, but for
an exported folder, which has a form of its own."""
TextForm = Literal["model", "as-typed", "cleaned"]
"""What is made of a text before it is read: what the model was made for, or the same for any."""

ShareWith = Literal["", "auto", "ngrok", "cloudflare"]
"""Who lends the public address; empty: the page is not shared."""

FeedbackFrom = Literal["off", "owner", "everyone"]
"""Who is asked whether an answer was right; nothing is kept of others."""

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Names of this machine for itself."""

ALL_ADDRESSES = ("", "0.0.0.0", "::")  # noqa: S104 - to compare with
"""Hosts that mean every address of this machine."""


def cache_folder() -> Path:
    """Where exports of models that were served before are kept; SENTIMENT_CACHE names another."""
    chosen = os.environ.get("SENTIMENT_CACHE")
    return Path(chosen or platformdirs.user_cache_dir("korean-sentiment", appauthor=False))


@dataclass(frozen=True)
class Settings(Replicas):
    """Everything a run of the server depends on.

    `model`: checkpoint, folder of checkpoints, Hugging Face folder, hub name, or `SHIPPED` one.
    `pretrained`: hub name or folder with the config and tokenizer of a ``.ckpt``.
    `max_seq_length`: tokens read of one sentence, ``[CLS]`` and ``[SEP]`` included.
    `precision`, `label_names`: see `sentiment.model.loader.load`.
    `backend`: what runs the model; see `sentiment.model.loader.load`.
    `text_form`: in which form it reads a text; see `sentiment.texts.spelling`.
    `trusted_hosts`: further names under which the page may be asked for, beside the local
    ones and the tunnel's; a leading dot takes in all subdomains.
    `root_path`: below which path of the site it lies, whether a proxy passes that on or not.
    `allow_frames`: origins whose pages may show this one in a frame.
    `allow_origins`: origins whose scripts may ask ``/api``, without anybody's cookies.
    `keep_hours`: after how many hours uploads and their results are removed.
    `feedback`: who is asked whether an answer was right.
    `visitor_rate`: requests to the model that are taken from one visitor in a minute.
    `visitor_uploads`: files that are taken from one visitor in an hour.
    `share_password`: what visitors through the tunnel must know; None leaves it open.
    """

    model: str = option(
        str(SHIPPED_MODEL),
        "모델: 체크포인트(.ckpt), 그 폴더, 허깅페이스 폴더나 이름, 또는 base(느리지만 더 정확). "
        "Checkpoint, folder of checkpoints, Hugging Face folder or hub name; or base, the larger "
        "of our own.",
        metavar="PATH|NAME",
        shown=SHIPPED_MODEL.name,
    )
    pretrained: str = option(
        "beomi/kcbert-base",
        ".ckpt의 설정과 토크나이저가 있는 곳. Where a .ckpt's config and tokenizer come from.",
        metavar="PATH|NAME",
    )
    max_seq_length: int = option(
        128, "한 문장에서 읽는 토큰 수. Tokens read of one sentence.", least=3, most=512
    )
    backend: BackendName = option(
        "auto",
        "계산 방법. auto: 될 수 있으면 빠르게(onnx), 아니면 torch. "
        "What runs the model; auto: onnx, which is fast, or else torch.",
    )
    precision: PrecisionName = option(
        "auto",
        "정밀도. auto: 체크포인트 그대로(exact). fast: 8비트로 빠르게, 확률이 조금 달라져요. "
        "exact (what auto means for a checkpoint) answers as the checkpoint itself; fast is in 8 "
        "bits, and probabilities shift a little.",
    )
    label_names: str = option(
        "",
        "모델의 라벨 이름을 순서대로(예: 부정,긍정). "
        "Names of the model's labels in their order, such as negative,positive.",
        metavar="NAME,NAME",
        shown="모델의 것 · the model's own",
    )
    text_form: TextForm = option(
        "model",
        "글자 모양. model: 모델이 배운 대로, as-typed: 쓴 그대로(NFC), "
        "cleaned: 정리해서(HTML 기호, 특수한 빈칸과 글자). "
        "What is read of a text; model: what the model was made for, as-typed: every character, "
        "cleaned: HTML entities, odd blanks and letters made ordinary.",
    )
    host: str = option(
        "127.0.0.1",
        "기다릴 주소. 0.0.0.0: 같은 네트워크에 공개. "
        "Address to listen on; 0.0.0.0 opens it to your network.",
    )
    port: int = option(8000, "포트(0: 빈 포트). Port (0: any free one).", least=0, most=65535)
    keep_hours: int = option(
        24,
        "올린 파일과 결과를 지우기까지의 시간. Hours until uploads and results are removed.",
        metavar="N",
        least=1,
        most=24 * 365,
    )
    feedback: FeedbackFrom = option(
        "off",
        "누구에게 '맞아요 · 아니에요'를 물을지. 누르면 문장과 답을 저장해요. "
        "Whom to ask whether an answer was right; their sentences and answers are kept.",
    )
    trusted_hosts: tuple[str, ...] = option(
        (),
        "이 이름으로 온 요청도 받아요(.example.com: 하위 도메인까지). "
        "Answer under this name too (.example.com: subdomains as well).",
        metavar="NAME",
        flag="--trusted-host",
    )
    root_path: str = option(
        "",
        "페이지가 놓인 하위 경로(예: /sentiment). The path below which the page lies at a proxy.",
        metavar="PATH",
    )
    allow_frames: tuple[str, ...] = option(
        (),
        "이 사이트가 페이지를 틀(iframe) 안에 보여도 돼요. Sites that may frame the page.",
        metavar="ORIGIN",
        flag="--allow-frame",
    )
    allow_origins: tuple[str, ...] = option(
        (),
        "이 사이트의 스크립트가 /api에 물어도 돼요(CORS). Sites whose scripts may ask /api.",
        metavar="ORIGIN",
        flag="--allow-origin",
    )
    visitor_rate: int = option(
        120,
        "방문자 한 명이 1분에 모델에 물을 수 있는 횟수. "
        "Requests to the model from a visitor, a minute.",
        metavar="N",
        least=1,
        most=1_000_000,
    )
    visitor_uploads: int = option(
        20,
        "방문자 한 명이 한 시간에 올릴 수 있는 파일 수. Files taken from a visitor, an hour.",
        metavar="N",
        least=1,
        most=1_000_000,
    )
    mcp: bool = option(
        False,
        "/mcp에서 MCP도 답해요. Answer the Model Context Protocol at /mcp too.",
    )
    share: ShareWith = option(
        "",
        "공개 주소를 만들어요. auto: ngrok 토큰이 있으면 ngrok, 없으면 계정 없이 cloudflare. "
        "Open a public address; auto: through ngrok where a token is found, else through "
        "cloudflare, which needs no account.",
        metavar="[auto|ngrok|cloudflare]",
        alone="auto",
    )
    share_password: str | None = option(
        None,
        "방문자 비밀번호(없으면 만들어요). Visitors' password (default: a generated one).",
        metavar="TEXT",
    )
    share_open: bool = option(False, "비밀번호 없이 공개해요. Let everyone with the address in.")
    share_domain: str | None = option(
        None, "예약한 ngrok 도메인. A domain reserved at ngrok.", metavar="NAME"
    )

    @property
    def of_model(self) -> dict[str, Any]:
        """What `sentiment.model.loader.load` takes of these, by name."""
        how = ("max_seq_length", "backend", "precision", "label_names", "text_form", "threads")
        names = ("model", "pretrained", *how)
        return {name: getattr(self, name) for name in names}

    @property
    def keep_seconds(self) -> float:
        """`keep_hours` in seconds."""
        return self.keep_hours * 3600.0

    @property
    def gate(self) -> str | None:
        """What visitors must know, if anything."""
        return self.share_password if self.share else self.password or None
