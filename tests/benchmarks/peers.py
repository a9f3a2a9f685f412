"""The virtual environment the other tools live in, made once and then used again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PACKAGES = ("mlflow", "trackio", "tensorboardX")
DEFAULT_FOLDER = Path.home() / ".cache" / "jupyter-mltrack-peers"
_MARKER = "complete.json"


class PeersError(RuntimeError):
    """The peers' environment could not be made; the message carries pip's last words."""


def interpreter(folder: Path) -> Path:
    """Return the Python of the peers' environment in ``folder``, making it if need be.

    Raises:
        PeersError: If venv or pip fails, or ``folder`` holds something else.
    """
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not _is_complete(folder):
        _refuse_a_stranger(folder)
        print(f"making the peers' environment in {folder} (once, some minutes) ...", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES])
        (folder / _MARKER).write_text(json.dumps(_wanted()), encoding="utf-8")
    return python


def _wanted() -> dict[str, object]:
    return {"python": sys.version, "packages": list(PACKAGES)}


def _is_complete(folder: Path) -> bool:
    """Say whether an earlier run finished this environment for this Python."""
    marker = folder / _MARKER
    return marker.exists() and json.loads(marker.read_text(encoding="utf-8")) == _wanted()


def _refuse_a_stranger(folder: Path) -> None:
    """Stop before ``venv --clear`` empties a folder that is not an environment."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        msg = f"{folder} is neither empty nor a virtual environment; choose another --peers-venv"
        raise PeersError(msg)


def _run(command: list[str]) -> None:
    """Run a command quietly: pip warns a lot, so its output is shown only on failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last_words = (done.stdout + done.stderr)[-2000:]
        msg = f"{' '.join(command)} ended with code {done.returncode}:\n{last_words}"
        raise PeersError(msg)
