"""The model as a Model Context Protocol server, asked by the SDK's own client."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sentiment.settings import MAX_CHARACTERS, ROOT, SHIPPED_MODEL, Settings
from tests.kit.app import create_app
from tests.kit.browsing import serving
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

mcp = pytest.importorskip("mcp", reason="pip install mcp")
pytestmark = pytest.mark.filterwarnings("default")  # the SDK's own


Use = Callable[[Any], Awaitable[None]]


def with_client(server: Any, use: Use) -> None:
    """Let the SDK's client use a server; while a browser runs, asyncio is taken in this thread."""

    async def main() -> None:
        async with mcp.Client(server) as client:
            await use(client)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, main()).result()


async def use_all(client: Any) -> None:
    """Every tool, and what is refused."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert tools.keys() == {"classify_sentences", "explain", "compare", "model_card"}
    assert all(
        tool.description and tool.input_schema and tool.output_schema for tool in tools.values()
    )

    found = await client.call_tool("classify_sentences", {"sentences": [POSITIVE, NEGATIVE]})
    answers = found.structured_content["result"]
    assert [answer["label"] for answer in answers] == ["positive", "negative"]
    assert [answer["sentence"] for answer in answers] == [POSITIVE, NEGATIVE]
    assert all(sum(answer["probabilities"].values()) == pytest.approx(1) for answer in answers)

    found = await client.call_tool("explain", {"sentence": "연기는 최고지만 결말은 별로"})
    assert [word["text"] for word in found.structured_content["words"]]

    found = await client.call_tool("compare", {"first": NEGATIVE, "second": POSITIVE})
    assert found.structured_content["change"]["positive"] > 0

    found = await client.call_tool("model_card", {})
    assert found.structured_content["labels"] == ["negative", "positive"]

    for wrong in ([], [" "], ["가" * (MAX_CHARACTERS + 1)], ["가"] * 257):
        refused = await client.call_tool("classify_sentences", {"sentences": wrong})
        assert refused.is_error, wrong[:1]
    blank = await client.call_tool("explain", {"sentence": "  "})
    assert "There is no text" in blank.content[0].text


def test_over_standard_input_and_output() -> None:
    """The command as an assistant starts it, on the shipped model with its card."""
    from mcp import StdioServerParameters

    command = StdioServerParameters(
        command=sys.executable, args=["-m", "sentiment", "mcp"], cwd=str(ROOT)
    )

    async def use(client: Any) -> None:
        await use_all(client)
        card = await client.call_tool("model_card", {})
        assert f"# {SHIPPED_MODEL.name}\n" in card.structured_content["card"]

    with_client(command, use)


def test_over_http_at_the_page_that_was_asked_for_it(tmp_path: Path) -> None:
    """Beside the page, through the same engine; without the option there is no such address."""
    app = create_app(small_classifier(64), Settings(data=tmp_path, mcp=True))
    with serving(app) as address:
        with_client(f"{address}/mcp", use_all)
    without = create_app(small_classifier(), Settings(data=tmp_path)).test_client()
    assert without.post("/mcp", json={}).status_code == 404
