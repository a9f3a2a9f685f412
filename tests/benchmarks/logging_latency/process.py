"""Start a worker process: the right Python, a clean environment, a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.logging_latency.contenders import PEERS

ROOT = Path(__file__).parents[3]
_OUR_OWN = ("MLFLOW_", "MLTRACK_", "TRACKIO_", "HF_", "PYTHON")
_QUIET = {
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_TOO_LONG_S = 600


class WorkerError(RuntimeError):
    """A worker failed; the message ends with what it wrote to stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Where and with which Python workers run.

    ``peers_python`` is needed only when a peer takes part; ``stores`` is the folder
    their temporary stores are made in.
    """

    peers_python: Path | None = None
    stores: Path | None = None

    def start(self, folder: Path, contender: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a worker that keeps everything it writes in ``folder``."""
        python = self.peers_python if contender in PEERS else sys.executable
        verb, *options = words
        module = "tests.benchmarks.logging_latency.worker"
        with (folder / "stderr.txt").open("ab") as errors:
            return subprocess.Popen(
                [str(python), "-m", module, contender, verb, str(folder), *options],
                cwd=folder,
                env=_environment(folder),
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def ask(self, folder: Path, contender: str, *words: str) -> Any:
        """Run a worker to its end and return the JSON it printed.

        Raises:
            WorkerError: If it ends with an error or not at all.
        """
        with self.start(folder, contender, *words) as worker:
            try:
                out, _ = worker.communicate(timeout=_TOO_LONG_S)
            except BaseException:
                worker.kill()
                raise
        if worker.returncode:
            raise WorkerError(complaint(folder, contender))
        return json.loads(out)

    @contextmanager
    def store(self) -> Iterator[Path]:
        """Give a fresh folder for one store, removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="mltrack-bench-", dir=self.stores) as folder:
            yield Path(folder)


def complaint(folder: Path, contender: str) -> str:
    """Return the end of what a worker wrote to stderr."""
    text = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace")
    return f"the worker of {contender} failed:\n{text[-1500:]}"


def _environment(folder: Path) -> dict[str, str]:
    """Copy the environment without settings or tokens for a contender; nothing phones home."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OUR_OWN)}
    stores = {"HF_HOME": str(folder / "hf"), "TRACKIO_DIR": str(folder / "trackio-store")}
    return kept | _QUIET | stores
