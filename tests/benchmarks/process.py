"""Start a job in a process: the right Python, a clean environment, a folder of its own.

A job is a function ``job(contender, folder, *options)`` of a benchmark. It runs in a fresh process
(``job.py``), with the contender's module and options that JSON can carry, and returns or yields
what JSON can carry. So a benchmark's file holds both: what is timed, and the course of the run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.contenders import PEERS

ROOT = Path(__file__).parents[2]
_OUR_OWN = ("MLFLOW_", "MLTRACK_", "TRACKIO_", "HF_", "PYTHON")
_QUIET = {
    "PYTHONPATH": str(ROOT),
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_COMPLAINTS = "stderr.txt"
_TOO_LONG_S = 900

Job = Callable[..., Any]


class WorkerError(RuntimeError):
    """A process failed; the message ends with what it wrote to stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Where and with which Python jobs run.

    ``peers_python`` is needed only when a peer takes part; ``stores`` is the folder
    their temporary stores are made in.
    """

    peers_python: Path | None = None
    stores: Path | None = None

    def start(
        self, folder: Path, contender: str, job: Job, *options: object
    ) -> subprocess.Popen[bytes]:
        """Start a job that keeps everything it writes in ``folder``."""
        name = f"{job.__module__}:{job.__name__}"
        words = ["-m", "tests.benchmarks.job", contender, name, str(folder)]
        return self._python(folder, contender, *words, *map(json.dumps, options))

    def ask(self, folder: Path, contender: str, job: Job, *options: object) -> Any:
        """Run a job to its end and return what it returned.

        Raises:
            WorkerError: If it ends with an error or not at all.
        """
        return finish(self.start(folder, contender, job, *options), folder, contender)

    def run(self, folder: Path, contender: str, code: str) -> Any:
        """Run a few lines of Python and return the JSON that they print."""
        return finish(self._python(folder, contender, "-c", code), folder, contender)

    def _python(self, folder: Path, contender: str, *words: str) -> subprocess.Popen[bytes]:
        python = self.peers_python if contender in PEERS else sys.executable
        with (folder / _COMPLAINTS).open("ab") as errors:
            return subprocess.Popen(
                [str(python), *words],
                cwd=folder,
                env=_environment(folder),
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    @contextmanager
    def store(self) -> Iterator[Path]:
        """Give a fresh folder for one store, removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="mltrack-bench-", dir=self.stores) as folder:
            yield Path(folder)


def finish(process: subprocess.Popen[bytes], folder: Path, contender: str) -> Any:
    """Wait for a process's end and return the JSON that it printed.

    Raises:
        WorkerError: If it ends with an error or not at all.
    """
    with process:
        try:
            out, _ = process.communicate(timeout=_TOO_LONG_S)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise WorkerError(complaint(folder, contender))
    return json.loads(out)


def complaint(folder: Path, contender: str) -> str:
    """Return the end of what a contender's processes wrote to stderr."""
    text = (folder / _COMPLAINTS).read_text(encoding="utf-8", errors="replace")
    return f"the worker of {contender} failed:\n{text[-1500:]}"


def size_of(folder: Path) -> int:
    """Return the bytes that a contender left in its folder."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != _COMPLAINTS
    )


def _environment(folder: Path) -> dict[str, str]:
    """Copy the environment without settings or tokens for a contender; nothing phones home."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OUR_OWN)}
    stores = {"HF_HOME": str(folder / "hf"), "TRACKIO_DIR": str(folder / "trackio-store")}
    return kept | _QUIET | stores
