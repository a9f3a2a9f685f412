"""An environment with the real MLflow, apart from the one in which the tests run.

It has MLflow and a pandas that MLflow takes; all else (NumPy, scikit-learn, XGBoost, …) it sees in
the environment of the tests, so both sides have the same libraries.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np

#: What is installed; the version is the one whose formats ours equal.
REQUIREMENTS = ("mlflow-skinny==3.17.2", "pandas<3", f"numpy=={np.__version__}")

#: Seconds that the installation may take.
LIMIT = 180


class NoMlflow(Exception):
    """The environment cannot be made; the message is what pip said."""


def name() -> str:
    """A name that changes with what is in the environment."""
    content = repr((REQUIREMENTS, sys.version, _packages()))
    return f"mlflow-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def python_of(folder: Path) -> Path:
    """The Python of the environment in ``folder``, which is made if it is not there.

    Raises:
        NoMlflow: if it cannot be made.
    """
    python, done = folder / "bin" / "python", folder / "done"
    if not done.exists():
        _run(sys.executable, "-m", "venv", "--without-pip", "--clear", str(folder))
        pip = (sys.executable, "-m", "pip", "--python", str(python))
        _run(*pip, "install", "--quiet", *REQUIREMENTS)
        asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = Path(_run(str(python), "-c", asked).strip())
        (packages / "running.pth").write_text("\n".join(_packages()))  # comes after its own
        done.touch()
    return python


def _packages() -> list[str]:
    """Where the packages of the running Python are."""
    return sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def _run(*command: str) -> str:
    try:
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=LIMIT
        ).stdout
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise NoMlflow(str(said).strip()[-500:]) from error
