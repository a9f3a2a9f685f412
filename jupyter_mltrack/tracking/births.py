"""Where a run comes from: user, code version, notebook, environment."""

from __future__ import annotations

import functools
import os
import re
import sys
import time
from pathlib import Path

from jupyter_mltrack import settings
from jupyter_mltrack.events import Environment
from jupyter_mltrack.tracking import notebook

#: Git is asked again after so many seconds.
_GIT_KEEP = 5.0
_GIT_TIMEOUT = 2.0
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


@functools.cache
def user() -> str:
    """Who runs this process."""
    import getpass

    try:
        return settings.user() or getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def tags() -> dict[str, str]:
    """What a new run is tagged with: user, source, code version, notebook and cell."""
    source, kind = _source()
    found = {"mlflow.user": user(), "mlflow.source.name": source, "mlflow.source.type": kind}
    cell = notebook.session().current
    if cell is not None:
        found["mltrack.cell"] = str(cell.number)
        if cell.cell_id:
            found["mltrack.cell_id"] = cell.cell_id
    try:
        return found | _git(Path.cwd(), int(time.monotonic() / _GIT_KEEP))
    except FileNotFoundError:  # the working folder was removed
        return found


def environment() -> Environment:
    """The Python, the machine and the versions of the packages imported so far."""
    import platform

    packages: dict[str, str] = {}
    for name in sorted(sys.modules.keys() - sys.stdlib_module_names):
        if "." not in name and not name.startswith("_"):
            # Not getattr(): some modules warn, or import more, when they are asked.
            version = getattr(sys.modules.get(name), "__dict__", {}).get("__version__")
            if isinstance(version, str):
                packages[str(name)] = str(version)  # a subclass of str, as torch has
    return Environment(
        python=platform.python_version(), platform=platform.platform(), packages=packages
    )


def _source() -> tuple[str, str]:
    path = notebook.path()
    if path is not None:
        return path, "NOTEBOOK"
    if notebook.shell() is not None:
        return "notebook", "NOTEBOOK"
    return (sys.argv[0] or "python") if sys.argv else "python", "LOCAL"


@functools.lru_cache(maxsize=4)
def _git(folder: Path, _moment: int) -> dict[str, str]:
    """Commit, branch, dirty flag and remote of the checkout around ``folder``; {} outside one."""
    status = _ask_git(folder, "status", "--porcelain=2", "--branch", "--untracked-files=no")
    if status is None:
        return {}
    heads = dict(
        line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch.")
    )
    commit = heads.get("branch.oid", "(initial)")
    if commit == "(initial)":
        return {}
    dirty = any(not line.startswith("#") for line in status.splitlines())
    found = {"mlflow.source.git.commit": commit, "mlflow.source.git.dirty": str(dirty).lower()}
    if heads.get("branch.head", "(detached)") != "(detached)":
        found["mlflow.source.git.branch"] = heads["branch.head"]
    remote = _ask_git(folder, "config", "--get", "remote.origin.url")
    if remote:
        found["mlflow.source.git.repoURL"] = _USERINFO.sub("", remote.strip())
    return found


def _ask_git(folder: Path, *arguments: str) -> str | None:
    import subprocess

    # Looking must not take the lock of the index, nor run a program that the checkout names.
    quietly = ["--no-optional-locks", "-c", "core.fsmonitor=false"]
    try:
        answer = subprocess.run(
            ["git", *quietly, "-C", str(folder), *arguments],  # noqa: S607  (the user's own git)
            capture_output=True, text=True, timeout=_GIT_TIMEOUT, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return answer.stdout if answer.returncode == 0 else None
