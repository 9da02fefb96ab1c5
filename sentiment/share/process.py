"""A tunnel's program: started in a private folder, its log followed, ended at any time."""

import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sentiment.errors import ShareError

UNREACHABLE = re.compile(
    r"no such host|dial (tcp|udp)|lookup |time(out|d out)|unreachable|connection re(fused|set)"
    r"|x509|TLS",
    re.IGNORECASE,
)
"""How these programs, written in Go, word that they cannot get through to their service."""


class Process:
    """Every method may be called from any thread; `ended` is set as soon as the program is gone."""

    def __init__(self, note: Callable[[str], None], failed: Callable[[], ShareError]) -> None:
        """`note` is handed each line of the log; `failed` makes the error where nothing starts."""
        self.ended = threading.Event()
        self._note, self._failed = note, failed
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def start(
        self, command: Callable[[Path], list[str]], environment: Mapping[str, str] | None = None
    ) -> None:
        """Run the command that is made for a folder which only this user can read.

        Raises `ShareError`, also after `stop`.
        """
        with self._lock:
            if self._stopped:
                raise self._failed()
            self._folder = tempfile.TemporaryDirectory(prefix="sentiment-")  # mode 700
            try:
                self._process = self._run(command(Path(self._folder.name)), environment)
            except OSError as error:
                self._folder.cleanup()
                raise self._failed() from error
            self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
            self._reader.start()

    def stop(self) -> None:
        """End the program, now or before it is started."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is None:
            return
        process.terminate()  # the service then frees the address for the next run
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join(timeout=1)
        if process.stdout and self.ended.is_set():
            process.stdout.close()
        self._folder.cleanup()

    def _run(
        self, command: list[str], environment: Mapping[str, str] | None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - the program is the person's own
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            encoding="utf-8",
            errors="replace",
            process_group=0,  # Ctrl-C is for us: we end the program then
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Follow the log to its end; a full pipe would stop the program."""
        for line in process.stdout or ():
            self._note(line)
        self.ended.set()
        self._note("")
