"""A full disk: what is said, and that nothing half written is left."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from sentiment.errors import FullError, is_full, room
from sentiment.serving.bodies import Upload
from sentiment.settings import Settings
from sentiment.storage import database, retention
from tests.kit.app import create_app
from tests.kit.small import small_classifier

resource = pytest.importorskip("resource", reason="needs a limit on the size of files")

TABLE = "text\n" + "정말 재미있네요\n" * 5000


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The app with a store of its own."""
    return create_app(small_classifier(), Settings(data=tmp_path))


@contextmanager
def no_file_larger(most: int) -> Iterator[None]:
    """The system refuses what is written beyond so many bytes of a file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sent(app: Flask) -> tuple[int, str]:
    """The status of an upload, and the page or where it leads."""
    form = {"file": (BytesIO(TABLE.encode()), "a.csv")}
    reply = app.test_client().post("/files", data=form)
    return reply.status_code, reply.location or reply.text


def test_an_upload_without_room_leaves_nothing(app: Flask, tmp_path: Path) -> None:
    """It says what to do, and works once there is room."""
    with no_file_larger(30_000):
        status, page = sent(app)
    assert status == 507
    assert "디스크가 가득" in page
    assert 'id="problem"' in page  # on the page with the form, which can be sent again
    assert list(retention.uploads(tmp_path).glob("*")) == []
    assert sent(app)[0] == 303


def test_a_result_without_room_leaves_nothing(app: Flask, tmp_path: Path) -> None:
    """In any format; the file itself stays, and its result can be had later."""
    _, address = sent(app)
    client = app.test_client()
    client.post(f"{address}/start", data={"text": "text"})
    app.extensions["worker"].work()
    for kind in ("csv", "xlsx", "jsonl"):
        with no_file_larger(20_000):
            reply = client.get(f"{address}/result.{kind}")
        assert reply.status_code == 507, kind
        [place] = retention.uploads(tmp_path).iterdir()
        kept = [path.name for path in place.iterdir() if not path.name.startswith("index.")]
        assert kept == ["input"]
        with client.get(f"{address}/result.{kind}") as again:
            assert again.status_code == 200
        [result] = place.glob(f"result*.{kind}")
        result.unlink()


def test_a_store_without_room_says_so(app: Flask, tmp_path: Path) -> None:
    """SQLite's own word for it, and no traceback."""
    with database.opened(tmp_path) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000) AS x")
    assert is_full(caught.value)
    assert isinstance(database.unusable(tmp_path, caught.value), FullError)

    def fails() -> str:
        raise caught.value

    app.add_url_rule("/fails", "fails", fails)
    reply = app.test_client().get("/fails")
    assert reply.status_code == 507
    assert "디스크가 가득" in reply.text


def test_other_faults_stay_what_they_are(app: Flask, tmp_path: Path) -> None:
    """They are ours to mend, and are told as such."""
    with pytest.raises(OSError, match="denied"), room(tmp_path):
        raise PermissionError(errno.EACCES, "denied")

    def fails() -> str:
        raise FileNotFoundError(errno.ENOENT, "gone")

    app.add_url_rule("/fails", "fails", fails)
    assert app.test_client().get("/fails").status_code == 500


def test_a_streamed_upload_without_room_leaves_nothing(tmp_path: Path) -> None:
    """The rest of the form is passed over, and the app finds out what happened."""
    path = tmp_path / "id" / "input"
    upload = Upload("multipart/form-data; boundary=x", path)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    with closing(upload), no_file_larger(30_000):
        for piece in (head, *[bytes(10_000)] * 10, b"\r\n--x--\r\n"):
            upload.append(piece)
        upload.getfile()
        assert is_full(upload.failure)
    assert list(tmp_path.iterdir()) == []


def test_a_file_can_be_removed_where_there_is_no_room(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even to look it up: its own bytes make room for that."""
    _, address = sent(app)
    [place] = retention.uploads(tmp_path).iterdir()
    prepare = database.prepare

    def full(connection: sqlite3.Connection, folder: Path) -> None:
        if place.exists():
            raise FullError("Full.")
        prepare(connection, folder)

    monkeypatch.setattr(database, "prepare", full)
    assert app.test_client().post(f"{address}/remove").status_code == 303
    assert not place.exists()
    for name in ("..", ".", "x" * 31):
        retention.discard(tmp_path, name)
    assert tmp_path.exists()
