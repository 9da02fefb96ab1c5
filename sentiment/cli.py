"""The command line: thin commands over the library; what is heavy is imported where it is used.

Errors of the library become one clear message here, in Korean and English, and exit code 2.
"""

import json
import logging
import sys
import webbrowser
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from itertools import islice
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

import click

from sentiment import __version__
from sentiment.errors import InputError, SentimentError, SettingsError
from sentiment.options import (
    address_options,
    export_options,
    model_options,
    serve_options,
    share_options,
)
from sentiment.settings import ALL_ADDRESSES, Settings

if TYPE_CHECKING:
    from sentiment.inference import Classifier, Prediction
    from sentiment.share import Tunnel, TunnelStatus

CHUNK = 64
"""Lines judged together when they come from a file or a pipe."""


class Command(click.Command):
    """A command whose library errors end in one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with ``--debug`` errors keep their traceback."""
        logging.basicConfig(
            level=logging.DEBUG if ctx.params["debug"] else logging.WARNING,
            format="%(levelname)s %(name)s: %(message)s",
        )
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # consoles that lack a character
        try:
            return super().invoke(ctx)
        except SentimentError as error:
            if ctx.params["debug"]:
                raise
            tell(error)
            ctx.exit(2)


def tell(error: SentimentError, where: str = "") -> None:
    """Print an error in Korean and English."""
    from sentiment.i18n import both

    click.echo(f"{where}{click.style('오류 · Error', fg='red', bold=True)}", err=True)
    click.echo(both(error.translated), err=True)


def say(message: str) -> None:
    """Tell what takes a while, beside the answers."""
    click.echo(message, err=True)


def examples(*lines: str) -> str:
    """The end of a command's help; the backspace keeps click from joining the lines."""
    return "\n".join(["\b", "예 · Examples:", *(f"  {line}" for line in lines)])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sentiment")
def main() -> None:
    """한국어 문장의 긍정·부정을 판단합니다 · Judge Korean sentences: positive or negative."""


@main.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment serve",
        "python -m sentiment serve --model checkpoint-doccls --pretrained beomi/kcbert-base",
        "python -m sentiment serve --share",
    ),
)
@model_options
@address_options
@serve_options
@share_options
def serve(debug: bool, open_browser: bool | None, share_open: bool, **values: Any) -> None:
    """웹 페이지를 엽니다 · Serve the page."""
    settings = with_password(Settings(**values), share_open)
    from sentiment.engine import Engine
    from sentiment.loader import load
    from sentiment.server import Server, shown_host
    from sentiment.web import create_app

    with ExitStack() as cleanup, suppress(KeyboardInterrupt):
        server = cleanup.enter_context(closing(Server(settings.host, settings.port)))
        click.echo(f"모델을 읽는 중입니다 · Loading {settings.model} …", err=True)
        classifier = load(
            settings.model, settings.pretrained, settings.max_seq_length, settings.backend, say
        )
        engine = cleanup.enter_context(closing(Engine(classifier)))
        tunnel = open_tunnel(server.port, settings) if settings.share else None
        app = create_app(engine, settings, tunnel)
        address = f"http://{shown_host(settings.host)}:{server.port}"
        click.echo(f"열렸습니다 · Ready: {address}  (Ctrl-C: 끝내기 · stop)")
        if sys.stdout.isatty() if open_browser is None else open_browser:
            webbrowser.open(address)
        if tunnel:
            cleanup.enter_context(closing(tunnel)).start()
        server.serve(app)
    click.echo("끝냈습니다 · Stopped.")


def with_password(settings: Settings, share_open: bool) -> Settings:
    """Fill in the visitors' password; raises `SettingsError` where the options disagree."""
    from dataclasses import replace

    from sentiment.share import new_password

    if not settings.share:
        if share_open or settings.share_password or settings.share_domain:
            raise SettingsError(
                "--share-password, --share-open and --share-domain only mean something together "
                "with --share. Add --share, or leave them out."
            )
        return settings
    if share_open and settings.share_password:
        raise SettingsError("--share-open and --share-password exclude each other. Use one.")
    if settings.host not in ("localhost", "127.0.0.1", *ALL_ADDRESSES):
        raise SettingsError(
            "The tunnel leads to 127.0.0.1, where a page on {host} cannot be reached. "
            "Leave --host out, or use 0.0.0.0.",
            host=settings.host,
        )
    if share_open:
        return settings
    return replace(settings, share_password=settings.share_password or new_password())


def open_tunnel(port: int, settings: Settings) -> "Tunnel":
    """A tunnel that tells the terminal how it fares; asks for a token if there is none."""
    from sentiment.share import Tunnel, announce, find_token

    token = find_token()
    if token is None and sys.stdin.isatty():
        click.echo(
            "ngrok 인증 토큰이 필요합니다 · An ngrok authtoken is needed: "
            "https://dashboard.ngrok.com/get-started/your-authtoken"
        )
        asked = click.prompt(
            "토큰 · Token (Enter: 공유 안 함 · skip)",
            default="",
            hide_input=True,
            show_default=False,
        )
        token = asked.strip() or None

    def on_change(status: "TunnelStatus") -> None:
        click.echo(announce(status, settings.share_password))

    return Tunnel(port, settings.share_domain, token, on_change)


@main.command(
    cls=Command,
    epilog=examples(
        'python -m sentiment predict "배우들 연기가 정말 좋았어요"',
        "python -m sentiment predict --json < reviews.txt",
    ),
)
@model_options
@click.option("--json", "as_json", is_flag=True, help="한 줄에 JSON 하나. One JSON object a line.")
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
def predict(
    texts: tuple[str, ...],
    as_json: bool,
    debug: bool,
    **values: Any,
) -> None:
    """문장이나 표준 입력의 줄을 판단합니다 · Judge sentences, or lines of standard input."""
    from sentiment.loader import load

    classifier = load(**values, say=say)
    show = as_json_line if as_json else as_line
    failed = False
    for number, (text, answer) in enumerate(judge(classifier, texts or stdin_lines()), start=1):
        if isinstance(answer, InputError):
            failed = True
            tell(answer, f"{number}: ")
            if as_json:
                click.echo(json.dumps({"sentence": text, "error": str(answer)}, ensure_ascii=False))
        else:
            click.echo(show(answer))
    if failed:
        sys.exit(2)


def stdin_lines() -> Iterator[str]:
    """Lines of standard input without their ends."""
    if sys.stdin.isatty():
        click.echo("한 줄에 한 문장씩 · One sentence a line (Ctrl-D: 끝 · end)", err=True)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="strict")  # some locales let broken text through
    try:
        for line in sys.stdin:
            yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            "Standard input is not {encoding} text. Convert it, for example with: "
            "iconv -f CP949 -t UTF-8 reviews.txt",
            encoding=error.encoding.upper(),
        ) from error


def judge(
    classifier: "Classifier", texts: Iterable[str]
) -> Iterator[tuple[str, "Prediction | InputError"]]:
    """Each text with its answer or what is wrong with it; many are judged together."""
    from sentiment.inference import problem

    rest = iter(texts)
    while chunk := list(islice(rest, 1 if sys.stdin.isatty() else CHUNK)):
        problems = [problem(text) for text in chunk]
        good = [text for text, wrong in zip(chunk, problems, strict=True) if wrong is None]
        answers = iter(classifier.predict(good))
        for text, wrong in zip(chunk, problems, strict=True):
            yield text, wrong or next(answers)


def as_line(answer: "Prediction") -> str:
    """An answer for people: label, probability, sentence."""
    word, colour = (
        ("긍정 positive", "blue") if answer.label == "positive" else ("부정 negative", "yellow")
    )
    share = max(answer.positive, answer.negative)
    return f"{click.style(word, fg=colour)} {share:6.1%}  {answer.sentence}"


def as_json_line(answer: "Prediction") -> str:
    """An answer for programs, at full precision."""
    fields = {
        "sentence": answer.sentence,
        "label": answer.label,
        "positive": answer.positive,
        "negative": answer.negative,
    }
    return json.dumps(fields, ensure_ascii=False)


@main.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment export checkpoint-doccls -o exported",
        "python -m sentiment serve --model exported",
    ),
)
@export_options
def export(
    model: str,
    pretrained: str,
    output: Path,
    sentences: Path | None,
    int8_only: bool,
    debug: bool,
) -> None:
    """모델을 빠른 형태의 폴더로 만듭니다 · Make a folder that serves MODEL fast, without torch."""
    from sentiment import export as exporting
    from sentiment.agreement import read_sentences
    from sentiment.loader import find
    from sentiment.restore import restore

    texts = read_sentences(sentences)
    source = find(model, pretrained)
    exporting.refuse_foreign(output, source)
    manifest = exporting.export(source, restore(source), output, texts, say, int8_only)
    click.echo(f"만들었습니다 · Exported: {output} ({manifest.serve})")


@main.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment doctor",
        "python -m sentiment doctor --model checkpoint-doccls --port 8080",
    ),
)
@model_options
@address_options
def doctor(debug: bool, **values: Any) -> None:
    """무엇이 빠졌고 어떻게 고치는지 알려 줍니다 · Check what a start needs, with cures."""
    from sentiment.doctor import examine
    from sentiment.i18n import both

    healthy = True
    for check in examine(Settings(**values)):
        if check.problem is None:
            click.echo(f"{click.style('✓', fg='green')} {check.name}: {check.found}")
            continue
        healthy = healthy and not check.needed
        sign = click.style("✗", fg="red") if check.needed else click.style("–", fg="yellow")
        click.echo(f"{sign} {check.name}:\n{indent(both(check.problem.translated), '    ')}")
    if not healthy:
        sys.exit(2)
