"""Fixtures for the tests of the tour: `mltrack demo` is run once."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab import ROOT, chromium, lab, open_notebook

__all__ = ["chromium", "lab", "open_notebook"]


@dataclass(frozen=True, slots=True)
class Demo:
    """What `mltrack demo` left."""

    folder: Path
    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The command, run in an empty folder with a store of its own above it in the environment."""
    home = tmp_path_factory.mktemp("demo")
    code = "import sys; from jupyter_mltrack.cli import main; sys.exit(main())"
    variables = {
        "IPYTHONDIR": str(home / ".ipython"),
        "MLTRACK_TRACKING_URI": str(home / "another.duckdb"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "my demo"],
        cwd=home,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Demo(home / "my demo", done.returncode, done.stdout, done.stderr)
