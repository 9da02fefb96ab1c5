"""``serve``: the web page, and with ``--share`` the tunnel to it."""

import sys
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import address_options, model_options, serve_options, share_options
from sentiment.commands.replicas import check
from sentiment.errors import SettingsError
from sentiment.settings import ALL_ADDRESSES, Settings

if TYPE_CHECKING:
    from sentiment.share.tunnel import Tunnel, TunnelStatus


@click.command(
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
def serve(debug: bool, open_browser: bool | None, **values: Any) -> None:
    """웹 페이지를 엽니다 · Serve the page."""
    from sentiment.model.loader import load
    from sentiment.notebook.places import here
    from sentiment.serving.engine import Engine
    from sentiment.serving.logs import write_json
    from sentiment.serving.server import Server, shown_host
    from sentiment.web.app import create_app
    from sentiment.web.guard import access
    from sentiment.web.kit.root import checked

    place = here()
    check(settings := Settings(**values))
    settings = place.adapted(with_password(settings))
    if settings.log_format == "json":
        write_json()
    with ExitStack() as cleanup, suppress(KeyboardInterrupt):
        server = Server(
            settings.host, settings.port, leaving=settings.leaving, proxied=settings.proxied
        )
        cleanup.enter_context(closing(server))
        click.echo(f"모델을 읽는 중입니다 · Loading {settings.model} …", err=True)
        classifier = load(**settings.of_model, say=say)
        engine = cleanup.enter_context(closing(Engine(classifier)))
        shares = bool(settings.share) and cleanup.enter_context(the_one(settings))
        tunnel = open_tunnel(server.port, settings) if shares else None
        app = create_app(engine, settings, tunnel)
        cleanup.enter_context(closing(app.extensions["worker"]))
        address = f"http://{shown_host(settings.host)}:{server.port}{checked(settings.root_path)}"
        click.echo(f"열렸습니다 · Ready: {address}  (Ctrl-C: 끝내기 · stop)")
        owner = app.extensions["owner"]
        owner.learns, owner.strangers = place.proxy, owner.strangers or place.proof
        place.show(server.port, owner.first_page("") or "/", click.echo)
        if not place.proof:
            owner.announce(address, click.echo)
        if owner.strangers or settings.log_format == "json":
            cleanup.enter_context(closing(access.keep(app, settings.data, settings.log_format)))
        by_itself = sys.stdout.isatty() and not place.is_notebook
        if by_itself if open_browser is None else open_browser:
            webbrowser.open(owner.first_page(address))
        if tunnel:
            cleanup.enter_context(closing(tunnel)).start()
        server.serve(app)
    click.echo("끝냈습니다 · Stopped.")


def with_password(settings: Settings) -> Settings:
    """Fill in the visitors' password; raises `SettingsError` where the options disagree."""
    if not settings.share:
        if settings.share_open or settings.share_password or settings.share_domain:
            raise SettingsError(
                "--share-password, --share-open and --share-domain only mean something together "
                "with --share. Add --share, or leave them out."
            )
        return settings
    if settings.share_open and settings.share_password:
        raise SettingsError("--share-open and --share-password exclude each other. Use one.")
    if settings.host not in ("localhost", "127.0.0.1", *ALL_ADDRESSES):
        raise SettingsError(
            "The tunnel leads to 127.0.0.1, where a page on {host} cannot be reached. "
            "Leave --host out, or use 0.0.0.0.",
            host=settings.host,
        )
    if settings.share_open:
        return settings
    from dataclasses import replace

    from sentiment.share.tokens import new_password  # with it comes YAML: 46 ms of a start

    password = settings.share_password or settings.password or new_password()
    return replace(settings, share_password=password)


@contextmanager
def the_one(settings: Settings) -> Iterator[bool]:
    """Whether this process opens the tunnel: of replicas only one does."""
    if not settings.shared:
        yield True
        return
    from sentiment.storage.lock import only_one

    with only_one(settings.store, "tunnel") as ours:
        if not ours:
            say("다른 서버가 공유하고 있습니다 · Another replica has the tunnel.")
        yield ours


def open_tunnel(port: int, settings: Settings) -> "Tunnel":
    """A tunnel that tells the terminal how it fares; asks for a token if there is none."""
    from sentiment.share.services import service_of
    from sentiment.share.telling import announce
    from sentiment.share.tunnel import Tunnel

    service = service_of(settings.share, settings.share_domain, ask if sys.stdin.isatty() else None)
    say(f"공유 · Sharing: {service}")

    def on_change(status: "TunnelStatus") -> None:
        click.echo(announce(status, settings.share_password))

    return Tunnel(port, service, on_change)


def ask() -> str:
    """Ask for a token; empty where the person has none."""
    click.echo(
        "ngrok 인증 토큰이 없습니다 · There is no ngrok authtoken: "
        "https://dashboard.ngrok.com/get-started/your-authtoken"
    )
    asked: str = click.prompt(
        "토큰 (Enter: 계정 없이 cloudflare로) · Token (Enter: without an account, by cloudflare)",
        default="",
        hide_input=True,
        show_default=False,
    )
    return asked
