"""``classify s3://... -o s3://...`` over a stand-in of S3 that speaks its protocol."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import s3fs
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from sentiment.commands.classify import classify
from sentiment.model import loader
from tests.kit.small import NEGATIVE, POSITIVE, small_classifier

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A file system with an empty bucket ``reviews``; the environment says where it is."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "stand-in",
        "AWS_SECRET_ACCESS_KEY": "stand-in",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        s3fs.S3FileSystem.clear_instance_cache()
        files = s3fs.S3FileSystem(use_listings_cache=False)
        files.mkdir("reviews")
        yield files
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()


def test_s3_to_s3(bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder there, whose larger file is judged in parts; nothing but the results stays."""
    monkeypatch.setattr(loader, "load", lambda *_, **__: small_classifier())
    lines = [f'{row},"{POSITIVE if row % 3 else NEGATIVE},\n정말"\n' for row in range(9000)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text("id,text\n" + "".join(lines), "utf-8")
    (tmp_path / "in/b.txt").write_text(f"{POSITIVE}\n\n", "utf-8")
    for file in (tmp_path / "in").iterdir():
        bucket.put_file(str(file), f"reviews/in/{file.name}")
    for inputs, output in (
        (str(tmp_path / "in"), str(tmp_path / "out")),
        ("s3://reviews/in", "s3://reviews/out"),
    ):
        made = CliRunner().invoke(classify, [inputs, "-o", output])
        assert made.exit_code == 0, made.output[-1500:]
    assert sorted(bucket.find("reviews/out")) == ["reviews/out/a.csv", "reviews/out/b.csv"]
    for file in (tmp_path / "out").iterdir():
        assert bucket.cat_file(f"reviews/out/{file.name}") == file.read_bytes()
    with (tmp_path / "out/a.csv").open(encoding="utf-8-sig", newline="") as result:
        assert len(list(csv.reader(result))) == 9001

    again = CliRunner().invoke(classify, ["s3://reviews/in", "-o", "s3://reviews/out"])
    assert again.exit_code == 2
    assert "a.csv is there already" in again.stderr
    plan = CliRunner().invoke(classify, ["s3://reviews/in/a.csv", "--plan", "--json"])
    assert '"rows": 9000' in plan.stdout
