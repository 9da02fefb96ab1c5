"""Parts of files judged by the workers of a Ray cluster: a task for each, retried where one dies.

The model travels through Ray's object store and is opened once in each worker process; it brings
the digests of its files along, so that all have the same.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sentiment.bulk.sharding.tasks import Done, Failure, Task, broken, done
from sentiment.errors import ModelError, SettingsError
from sentiment.model.backends import limit
from sentiment.model.backends.onnx import OnnxBackend
from sentiment.model.export.manifest import MANIFEST, read_manifest
from sentiment.model.export.reading import open_export
from sentiment.model.inference import Classifier
from sentiment.model.loader import load
from sentiment.settings import VERSION, install_line

RETRIES = 3
"""How often a task is tried again whose worker or computer died."""

SET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
"""Variables of a Ray that is started here: it does not call home, and does not work at the lowest
priority, as it does by default: beside any other load the workers would stand still."""

TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
"""Variables that say the token of a cluster; without them it lies in ~/.ray/auth_token."""

MODELS: dict[str, Classifier] = {}
"""Of a worker: the model that it has opened, by its id."""


@dataclass(frozen=True)
class Carried:
    """A model on its way to the workers.

    `options` are those of `load`, `threads` how many run it in each worker, `form` what it reads.
    `folder`: what an exported folder holds, in Ray's object store; None: every worker has it
    under the same name. `version` is that of this program.
    """

    id: str
    options: Mapping[str, Any]
    threads: int
    form: Any
    precision: Any
    folder: Any = None
    name: str = ""
    version: str = VERSION

    def opened(self) -> Classifier:
        """The model in a worker; raises `ModelError` where it is another than the one meant."""
        if self.id not in MODELS:
            MODELS.clear()
            limit(self.threads)
            MODELS[self.id] = self._open() if self.folder else self._load()
        return MODELS[self.id]

    def _open(self) -> Classifier:
        import ray

        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name, content in ray.get(self.folder).items():
                Path(folder, name).write_bytes(content)
            about = (self.options["max_seq_length"], self.precision, self.options["label_names"])
            found = open_export(Path(folder), self.name, *about)
        found.form = self.form
        return found

    def _load(self) -> Classifier:
        found = load(**self.options)
        if found.id != self.id:
            raise ModelError(
                "The model {model} of a worker is another than here ({there}, not {here}). Put the "
                "same files on every computer, or export the model and name the export.",
                model=self.options["model"],
                there=found.id,
                here=self.id,
            )
        return found


def work(task: Task, carried: Carried) -> Any:
    """Do a task in a worker."""
    if carried.version != VERSION:
        error = SettingsError(
            "A worker has version {there} of this program, and this is {here}. Install the same "
            "everywhere.",
            there=VERSION,
            here=carried.version,
        )
        return Failure.of(task.subject, error)
    return done(task, carried.opened)


class OnRay:
    """Does tasks on a cluster, so many at once."""

    def __init__(self, slots: int, cores: int, carried: Carried) -> None:
        """Each task takes so many `cores` of one computer."""
        import ray

        self.slots = slots
        self._carried = ray.put(carried)
        self._work = ray.remote(max_retries=RETRIES, num_cpus=cores)(work)
        self._running: dict[Any, Task] = {}

    def start(self, task: Task) -> None:
        """Hand a task to the cluster."""
        self._running[self._work.remote(task, self._carried)] = task

    def finished(self) -> Done:
        """Wait for any task."""
        import ray

        [first], _ = ray.wait(list(self._running))
        task = self._running.pop(first)
        try:
            return task, ray.get(first)
        except ray.exceptions.RayError as error:
            return task, broken(task.subject, error)


@contextmanager
def on_ray(
    classifier: Classifier,
    options: Mapping[str, Any],
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[OnRay]:
    """The cluster at an address, or the one that is at hand, or else one of this computer alone.

    `options` are those that the classifier was loaded with. At most so many `workers` work at
    once, by default one for each core; with fewer of them each has as many cores as that leaves.
    Raises `SettingsError` where there is no such cluster.
    """
    with connected(address) as ray:
        computers = [int(each["Resources"].get("CPU", 0)) for each in ray.nodes() if each["Alive"]]
        slots = workers or sum(computers)
        if not slots:
            raise SettingsError(
                "The cluster has no cores to work with. Add a computer to it: ray start --address "
                "HOST:6379"
            )
        cores = max(1, min(sum(computers) // slots, max(computers)))
        yield OnRay(slots, cores, carried(ray, classifier, options, cores))


def carried(ray: Any, classifier: Classifier, options: Mapping[str, Any], cores: int) -> Carried:
    """Put a model where workers can take it; one that has no exported folder stays in its place."""
    form, precision = classifier.form, classifier.facts.precision
    place = Path(str(options["model"])).expanduser()
    model = str(place.absolute()) if place.exists() else options["model"]
    made = Carried(classifier.id, {**options, "model": model}, cores, form, precision)
    backend = classifier._backend
    if not isinstance(backend, OnnxBackend):
        return made
    import numpy

    folder = backend.file.parent
    names = [MANIFEST, *read_manifest(folder).needed(backend.file.name)]
    # Of arrays Ray hands every worker of a computer the same memory, of bytes copies.
    files = {name: numpy.fromfile(folder / name, numpy.uint8) for name in names}
    return replace(made, folder=ray.put(files), name=classifier.name)


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Ray, connected to a cluster; what was connected before stays so."""
    for name, value in SET.items():
        os.environ.setdefault(name, value)
    if address and has_token():
        # ``ray start --head`` asks for the token where one is at hand, but Ray does not send it by
        # itself; a cluster that asks for none takes it all the same.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "--engine ray needs Ray. Install it with: {line}", line=install_line("ray")
        ) from error
    if ray.is_initialized():
        yield ray
        return
    try:
        ray.init(address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        raise SettingsError(
            "There is no Ray cluster at {address}, or it wants another token ({cause}). Start one "
            "with: ray start --head; or leave --address out, and one is started on this computer. "
            "A token goes into RAY_AUTH_TOKEN, or ~/.ray/auth_token.",
            address=address or "-",
            cause=error,
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def has_token() -> bool:
    """Whether there is a token to show to a cluster."""
    return any(map(os.environ.get, TOKENS)) or (Path.home() / ".ray" / "auth_token").is_file()
