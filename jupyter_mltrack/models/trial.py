"""Trying a model in another process first: a damaged file may crash the library that reads it.

Only models whose files are data alone are tried (`Flavor.is_safe`). The process has limits of time
and memory, sees no variables that choose modules, and says by its exit code how it went.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import ModelDamaged, StoreError
from jupyter_mltrack.models.dangers import flavors_of
from jupyter_mltrack.models.model import Model

#: Seconds that reading a model may take, by the clock and in the processor.
SECONDS = 120

#: Address space of the process: libraries reserve some, and a model is several times its files.
_MEMORY = 6 << 30
_MEMORY_PER_BYTE = 12

_PROGRAM = """
import json, sys
asked = json.load(sys.stdin)
sys.path[:] = asked.pop("path")
from jupyter_mltrack.models.trial import run
sys.exit(run(**asked))
"""


def survives(folder: Path, digest: str) -> None:
    """Return if the model in ``folder`` can be read without harm.

    Args:
        folder: The model's folder.
        digest: Of its contents: what was tried once is not tried again.

    Raises:
        ModelDamaged: if its library crashed, refused it or took too long.
        StoreError: if no process can be started.
    """
    if reason := _tried(str(folder), digest):
        msg = (
            f"The model in {folder} cannot be read: {reason}. It was tried in a process of its own"
            " because you did not log it here. Get it anew from where it comes from."
        )
        raise ModelDamaged(msg)


@lru_cache(maxsize=256)
def _tried(folder: str, digest: str) -> str | None:
    """Why a model cannot be read, or None."""
    del digest
    asked = {"folder": folder, "path": _absolute(sys.path), "memory": _memory_for(Path(folder))}
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-c", _PROGRAM],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"its library was not done with it after {SECONDS} s"
    except OSError as error:
        msg = f"The model in {folder} cannot be tried in a process of its own: {error}."
        raise StoreError(msg) from error
    if ended.returncode == 0:
        return None
    return _reason(ended.returncode, ended.stderr.decode(errors="replace"))


def run(folder: str, memory: int) -> str | None:
    """What the process does: read the model with each of its flavors, and look all through it.

    Returns:
        Why it cannot be read, in one line; None if it can. Python writes it for ``sys.exit``.
    """
    _limit(memory)
    place = Path(folder)
    try:
        model = Model.load(place)
        for name, flavor in flavors_of(model).items():
            settings = model.flavors[name]
            read: Any = flavor.read(place, settings)
            flavor.examine(read, settings)
    except Exception as error:  # noqa: BLE001 - each library has its own
        return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return None


def _limit(memory: int) -> None:
    import resource

    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_AS: memory,
    }
    for kind, limit in wanted.items():
        with suppress(OSError, ValueError):  # a lower one is in force
            resource.setrlimit(kind, (limit, limit))


def _memory_for(folder: Path) -> int:
    sizes = (file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return _MEMORY + _MEMORY_PER_BYTE * sum(sizes)


def _absolute(places: Iterable[str]) -> list[str]:
    """Where modules come from, without the working folder, which may be anybody's."""
    return [place for place in places if Path(place).is_absolute()]


def _reason(code: int, said: str) -> str:
    """Why the process failed, from its exit code and the last line it wrote."""
    if code < 0:
        with suppress(ValueError):
            return f"its library crashed ({signal.Signals(-code).name})"
        return f"its library crashed (signal {-code})"
    lines = said.strip().splitlines() or [f"exit code {code}"]
    return lines[-1][:400]
