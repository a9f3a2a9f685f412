"""A process as it is when it has just been started, for tests of the tracking API.

A `conftest.py` imports the fixture; a test file asks for it with
`pytestmark = pytest.mark.usefixtures("fresh")`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.tracking import active

ROOT = Path(__file__).parents[1]
OURS = ("MLTRACK_", "MLFLOW_")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, no variables of ours, no store, no experiment, no open run."""
    monkeypatch.chdir(tmp_path)
    for name in our_variables():
        monkeypatch.delenv(name)
    for name, value in untouched().items():
        monkeypatch.setattr(active, name, value)
    active._own.set(None)
    active._own_model.set(None)
    yield tmp_path
    active._own.set(None)
    active._own_model.set(None)
    for path in list(active._stores):
        active.store_at(path).finish_sealing()
        with suppress(StoreError):  # it may be a store that cannot be written
            active.forget_store(path)
    for name in our_variables():
        del os.environ[name]


def untouched() -> dict[str, object]:
    """The state of `tracking.active` after its import."""
    return {
        "_cell_task": None,
        "_chosen": None,
        "_clients": {},
        "_experiments": {},
        "_foreground": (),
        "_foreground_model": None,
        "_inherited": (),
        "_known": {},
        "_last_model": None,
        "_last_run": None,
        "_made": {},
        "_notebook_experiment": None,
        "_noticed": set(),
        "_stores": {},
        "_unended": [],
        "sampling": active.Sampling(),
    }


def our_variables() -> list[str]:
    """Variables of the environment that change how the package works."""
    return [name for name in os.environ if name.startswith(OURS)]


def start(script: str, **variables: str) -> subprocess.Popen[str]:
    """Start a script in a Python of its own, in the working folder; both pipes are open."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(script: str, **variables: str) -> tuple[int, str, str]:
    """Run a script in a Python of its own; its exit code and what it printed."""
    with start(script, **variables) as process:
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err
