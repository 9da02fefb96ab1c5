"""What lies in deploy/ and compose.yaml knows the page that it is for."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from sentiment.settings import ROOT, Settings
from tests.kit.app import create_app, owners
from tests.kit.small import POSITIVE, small_classifier

VARIABLES = {f"SENTIMENT_{each.name.upper()}" for each in fields(Settings)}


def test_the_composition_sets_what_there_is_to_set() -> None:
    """By the names of today; and nothing that replicas need is left out."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    page = services["page"]
    assert page["environment"].keys() <= VARIABLES
    values = {name.removeprefix("SENTIMENT_").lower() for name in page["environment"]}
    assert {"database", "redis", "files", "secret_key", "proxy_hops"} <= values
    assert page["deploy"]["replicas"] == 2
    template = re.search(
        r"server-template page (\d+) page:(\d+)",
        (ROOT / "deploy" / "haproxy.cfg").read_text("utf-8"),
    )
    assert template
    assert template.groups() == ("2", str(Settings.port))


def test_the_dashboard_asks_for_figures_that_there_are(tmp_path: Path) -> None:
    """By the names and labels that replicas give."""
    app = create_app(small_classifier(), Settings(data=tmp_path, files=str(tmp_path)))
    browser = owners(app)
    browser.post("/api", json=POSITIVE)
    told = browser.get("/metrics").text
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    for name in re.findall(r"sentiment_\w+", " ".join(asked)):
        assert re.search(rf"^{name}\{{.*replica=", told, re.MULTILINE), name


@pytest.mark.parametrize("file", ["docs/replicas.md", "compose.yaml", "deploy/haproxy.cfg"])
def test_what_is_named_is_there(file: str) -> None:
    """Variables and files of the project."""
    text = (ROOT / file).read_text("utf-8")
    assert set(re.findall(r"SENTIMENT_[A-Z_]*[A-Z]", text)) <= VARIABLES
    for path in re.findall(r"\b(?:deploy|docs|benchmarks|tests)/[\w./-]+\w", text):
        assert (ROOT / path).exists(), path
