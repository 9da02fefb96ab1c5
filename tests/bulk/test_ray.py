"""`classify --engine ray` on a real cluster: the plain command's bytes, whoever dies meanwhile."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from sentiment.bulk.inputs import Wanted
from sentiment.bulk.sharding import on_ray as on_ray_module
from sentiment.bulk.sharding.on_ray import SET, on_ray
from sentiment.bulk.sharding.run import Run, order
from sentiment.commands.classify import classify
from sentiment.model.loader import load
from sentiment.settings import ROOT, Settings
from tests.kit.proxies import free_port

ray = pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PART = 256
ROWS = 12 * PART + 17
OPTIONS = Settings().of_model


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[Any, Any]]:
    """A cluster whose head does nothing and two computers have a core each; one of these."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SET, "PYTHONPATH": str(ROOT), "RAY_AUTH_MODE": "disabled"}.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=head)
        computers = [made.add_node(num_cpus=1) for _ in range(2)]
        try:
            yield made, computers[1]
        finally:
            ray.shutdown()
            made.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Reviews, and what the plain command makes of them."""
    lines = [
        f'{row},"영화 {row}\n정말 {"최고" if row % 3 else "지루했어요"}"\n' for row in range(ROWS)
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text("id,text\n" + "".join(lines), "utf-8")
    (tmp_path / "in/b.txt").write_text("최고의 영화\n\n", "utf-8")
    made = CliRunner().invoke(classify, [str(tmp_path / "in"), "-o", str(tmp_path / "plain")])
    assert made.exit_code == 0, made.output
    return tmp_path


def same(folder: Path) -> bool:
    """Whether the results are those of the plain command, and nothing else is there."""
    made = {path.name: path.read_bytes() for path in (folder / "ray").iterdir()}
    return made == {path.name: path.read_bytes() for path in (folder / "plain").iterdir()}


def workers() -> list[psutil.Process]:
    """Those that are doing a task."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.name().startswith("ray::work"):
                found.append(process)
    return found


def judged(folder: Path, cluster: tuple[Any, Any], at: dict[int, Callable[[], None]]) -> Run:
    """Judge the folder on the cluster; after so many parts something happens."""
    classifier = load(**OPTIONS)

    def follow(_total: int, steps: Iterator[int]) -> None:
        for number, _ in enumerate(steps):
            at.get(number, lambda: None)()

    place = (str(folder / "in"), str(folder / "ray"))
    with (
        order(place[:1], place[1], Wanted(), classifier, {}, PART) as made,
        on_ray(classifier, OPTIONS, cluster[0].address) as engine,
    ):
        assert engine.slots == 2
        run = Run(made, engine)
        run.judge(run.plan(), follow)
    return run


def kill() -> None:
    """End a worker as hard as can be while it works."""
    workers()[0].kill()


def test_the_command_makes_what_the_plain_one_makes(folder: Path, cluster: tuple[Any, Any]) -> None:
    """The same files and the same summaries, and one over all."""
    command = [str(folder / "in"), "-o", str(folder / "ray"), "--engine", "ray"]
    made = CliRunner().invoke(classify, [*command, "--address", cluster[0].address])
    assert made.exit_code == 0, made.output
    assert same(folder)
    assert f"행 rows {ROWS:,}:" in made.stderr
    assert f"행 rows {ROWS + 2:,}:" in made.stderr


def test_a_part_whose_worker_dies_for_good_is_named(
    folder: Path, cluster: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest goes on, and the next run judges that part."""
    monkeypatch.setattr(on_ray_module, "RETRIES", 0)
    run = judged(folder, cluster, {2: kill})
    [failure] = run.failures
    assert failure.what.startswith("a.csv ")
    assert "died" in str(failure.error) or "crash" in str(failure.error).casefold()
    assert [str(plan) for plan, _ in run.results] == ["b.txt"]
    assert not judged(folder, cluster, {}).failures
    assert same(folder)


def test_a_worker_and_a_computer_die(folder: Path, cluster: tuple[Any, Any]) -> None:
    """Nothing is lost and nothing there twice."""
    away = partial(cluster[0].remove_node, cluster[1], allow_graceful=False)
    run = judged(folder, cluster, {2: kill, 5: away})
    assert not run.failures
    assert same(folder)
    assert [tally.rows for _, tally in run.results] == [ROWS, 2]


def test_a_cluster_that_wants_a_token_is_shown_the_one_at_hand(folder: Path) -> None:
    """Where none is named: `ray start --head` asks for it as soon as one lies there."""
    (folder / ".ray").mkdir()
    (folder / ".ray" / "auth_token").write_text("0123456789abcdef" * 4)
    named = {"HOME": str(folder), "PYTHONPATH": str(ROOT), **SET}
    environment = {name: value for name, value in os.environ.items() if "RAY_" not in name} | named
    port, ray_command = free_port(), [sys.executable, "-m", "ray.scripts.scripts"]
    head = ["start", "--head", "--block", "--num-cpus=1", "--include-dashboard=false"]
    command = ["classify", str(folder / "in"), "-o", str(folder / "ray"), "--engine", "ray"]
    address = f"{ray.util.get_node_ip_address()}:{port}"
    started = subprocess.Popen(
        [*ray_command, *head, f"--port={port}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert started.stdout
        assert any("Ray runtime started" in line for line in started.stdout)
        made = subprocess.run(
            [sys.executable, "-m", "sentiment", *command, "--address", address],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        assert same(folder)
    finally:
        started.terminate()
        started.communicate()
