"""``mcp``: the model as a Model Context Protocol server on standard input and output."""

from contextlib import closing
from typing import Any

import click

from sentiment.commands.console import Command, examples, say
from sentiment.commands.options import model_options


@click.command(
    cls=Command,
    epilog=examples(
        "python -m sentiment mcp",
        "python -m sentiment mcp --model checkpoint-doccls",
    ),
)
@model_options
def mcp(model: str, debug: bool, **values: Any) -> None:
    """표준 입출력으로 MCP 서버가 돼요 · Be an MCP server on stdin and stdout."""
    from sentiment.model.loader import load
    from sentiment.serving.engine import Engine
    from sentiment.web.app import no_sdk

    try:
        from sentiment.web.api.mcp_tools import mcp_server
    except ImportError as error:
        raise no_sdk() from error
    with closing(Engine(load(model, **values, say=say))) as engine:
        mcp_server(engine, model).run("stdio")
