"""The options of the command line, in groups that commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from sentiment.settings import SHIPPED_MODEL, BackendName, FeedbackFrom, Settings


def options(*chosen: Callable[..., Any]) -> Callable[..., Any]:
    """Several click options as one decorator, in the order given."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(chosen):
            command = option(command)
        return command

    return decorate


pretrained_option = click.option(
    "--pretrained",
    envvar="SENTIMENT_PRETRAINED",
    default=Settings.pretrained,
    show_default=True,
    metavar="PATH|NAME",
    help=".ckpt의 설정과 토크나이저가 있는 곳. Where a .ckpt's config and tokenizer come from.",
)

debug_option = click.option(
    "--debug", is_flag=True, help="오류의 자세한 내용. Show tracebacks and logs."
)

model_options = options(
    click.option(
        "--model",
        envvar="SENTIMENT_MODEL",
        default=str(SHIPPED_MODEL),
        show_default=SHIPPED_MODEL.name,
        metavar="PATH|NAME",
        help="모델: 체크포인트(.ckpt), 그 폴더, 허깅페이스 폴더나 이름. "
        "Checkpoint, folder of checkpoints, Hugging Face folder or hub name.",
    ),
    pretrained_option,
    click.option(
        "--max-seq-length",
        envvar="SENTIMENT_MAX_SEQ_LENGTH",
        type=click.IntRange(3, 512),
        default=Settings.max_seq_length,
        show_default=True,
        help="한 문장에서 읽는 토큰 수. Tokens read of one sentence.",
    ),
    click.option(
        "--backend",
        envvar="SENTIMENT_BACKEND",
        type=click.Choice(get_args(BackendName)),
        default=Settings.backend,
        show_default=True,
        help="계산 방법. auto: 될 수 있으면 빠르게(onnx), 아니면 torch. "
        "What runs the model; auto: onnx, which is fast, or else torch.",
    ),
    debug_option,
)

column_options = options(
    click.option(
        "--text-column",
        default="",
        metavar="NAME",
        help="문장의 열(없으면 찾습니다). The column of the texts (default: it is found).",
    ),
    click.option(
        "--label-column",
        default="",
        metavar="NAME",
        help="정답의 열(없으면 찾습니다). The column of the right answers (default: it is found).",
    ),
)

address_options = options(
    click.option(
        "--host",
        envvar="SENTIMENT_HOST",
        default=Settings.host,
        show_default=True,
        help="기다릴 주소. 0.0.0.0: 같은 네트워크에 공개. "
        "Address to listen on; 0.0.0.0 opens it to your network.",
    ),
    click.option(
        "--port",
        envvar="SENTIMENT_PORT",
        type=click.IntRange(0, 65535),
        default=Settings.port,
        show_default=True,
        help="포트(0: 빈 포트). Port (0: any free one).",
    ),
)

share_options = options(
    click.option(
        "--share",
        is_flag=True,
        envvar="SENTIMENT_SHARE",
        help="ngrok으로 공개 주소를 만듭니다. Open a public address through ngrok.",
    ),
    click.option(
        "--share-password",
        envvar="SENTIMENT_SHARE_PASSWORD",
        metavar="TEXT",
        help="방문자 비밀번호(없으면 만듭니다). Visitors' password (default: a generated one).",
    ),
    click.option(
        "--share-open",
        is_flag=True,
        envvar="SENTIMENT_SHARE_OPEN",
        help="비밀번호 없이 공개합니다. Let everyone with the address in.",
    ),
    click.option(
        "--share-domain",
        envvar="SENTIMENT_SHARE_DOMAIN",
        metavar="NAME",
        help="예약한 ngrok 도메인. A domain reserved at ngrok.",
    ),
)

serve_options = options(
    click.option(
        "--data",
        envvar="SENTIMENT_DATA",
        type=click.Path(path_type=Path, file_okay=False),
        default=Settings.data,
        show_default="사용자 폴더 · the user's own",
        metavar="DIR",
        help="올린 파일, 결과, 의견을 두는 곳. Where uploads, results and feedback are kept.",
    ),
    click.option(
        "--keep-hours",
        envvar="SENTIMENT_KEEP_HOURS",
        type=click.IntRange(1, 24 * 365),
        default=Settings.keep_hours,
        show_default=True,
        metavar="N",
        help="올린 파일과 결과를 지우기까지의 시간. Hours until uploads and results are removed.",
    ),
    click.option(
        "--feedback",
        envvar="SENTIMENT_FEEDBACK",
        type=click.Choice(get_args(FeedbackFrom)),
        default=Settings.feedback,
        show_default=True,
        help="누구에게 '맞아요 · 아니에요'를 물을지. 누르면 문장과 답을 저장합니다. "
        "Whom to ask whether an answer was right; their sentences and answers are kept.",
    ),
    click.option(
        "--trusted-host",
        "trusted_hosts",
        multiple=True,
        envvar="SENTIMENT_TRUSTED_HOSTS",
        metavar="NAME",
        help="이 이름으로 온 요청도 받습니다(.example.com: 하위 도메인까지). "
        "Answer under this name too (.example.com: subdomains as well).",
    ),
    click.option(
        "--open/--no-open",
        "open_browser",
        default=None,
        help="브라우저를 엽니다. Open the browser (default: when run in a terminal).",
    ),
)

export_options = options(
    click.argument("model", metavar="MODEL"),
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="만들 폴더. The folder to make.",
    ),
    pretrained_option,
    click.option(
        "--sentences",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="원래 모델과 견줄 문장: 한 줄에 하나, 또는 리뷰 파일(.tsv, .tsv.xz). "
        "What to compare with the original on: a sentence a line, or a review file.",
    ),
    click.option(
        "--int8-only",
        is_flag=True,
        help="작게: 8비트 모델과 받은 그대로의 가중치만. "
        "Small: the 8-bit model, and the weights as they were given.",
    ),
    debug_option,
)
