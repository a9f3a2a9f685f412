"""Loads every folder of a corpus in every way, and tells what was refused and what ran.

    python load_hostile.py <corpus> <number of cases>

Everything is done twice: the first time imports what is needed, the second time is watched.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.models import Model, pyfunc
from jupyter_mltrack.models.flavors import NAMES, flavor_named
from jupyter_mltrack.models.opening import open_model
from jupyter_mltrack.models.trust import distrust, trust
from jupyter_mltrack.models.verbs import load

#: What Python tells of when code is about to run, https://docs.python.org/3/library/audit_events.html.
RUNNING = (
    "code.",
    "compile",
    "ctypes.",
    "exec",
    "import",
    "marshal.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pickle.",
    "pty.",
    "shutil.",
    "socket.",
    "subprocess.Popen",
    "urllib.",
)

watched: list[str] = []
on: list[bool] = []


def hook(event: str, args: tuple[Any, ...]) -> None:
    """Note what runs; the trial process of the gate is the one thing that may."""
    if on and event.startswith(RUNNING):
        is_trial = event == "subprocess.Popen" and list(args[1])[:3] == [sys.executable, "-I", "-c"]
        if not is_trial:
            watched.append(f"{event} {str(args)[:200]}")


def ways(folder: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every way to load a folder, or to look at it."""
    yield "open_model", lambda: open_model(folder)
    yield "pyfunc", lambda: pyfunc.load_model(folder)
    named = (folder / "MLmodel").read_text()[:10_000]
    for name in sorted(NAMES):
        if name in named:
            yield name, lambda name=name: load(flavor_named(name), folder)  # type: ignore[misc]


def refused(call: Callable[[], Any]) -> str:
    """How a call was refused, or what else became of it."""
    try:
        call()
    except MltrackException as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - it is told
        return f"raised {error!r:.200}"
    return "loaded"


def looked_at(folder: Path) -> None:
    """What must run nothing either, whether it works or not."""
    refused(lambda: Model.load(folder).load_input_example(folder))
    if refused(lambda: trust(folder)) == "loaded":
        distrust(folder)


def main() -> None:
    """The whole corpus, twice."""
    logging.disable()
    corpus, count = Path(sys.argv[1]), int(sys.argv[2])
    sys.addaudithook(hook)
    found: dict[int, dict[str, str]] = {}
    for watching in (False, True):
        for number in range(count):
            folder = corpus / str(number) / "model"
            on.extend([True] * watching)
            found[number] = {name: refused(call) for name, call in ways(folder)}
            looked_at(folder)
            on.clear()
    print(json.dumps({"found": found, "watched": watched[:], "control": control(corpus)}))


def control(corpus: Path) -> list[str]:
    """What is watched when a payload does run: it was trusted."""
    watched.clear()
    folder = corpus / "control" / "model"
    trust(folder)
    on.append(True)
    refused(lambda: pyfunc.load_model(folder))
    return watched


if __name__ == "__main__":
    main()
