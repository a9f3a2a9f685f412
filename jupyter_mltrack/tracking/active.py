"""What is active in this process: the store, the experiment, the open runs.

The only file with state of its own. Which run is active depends on who asks:

- The *foreground* is the code of a script or of a notebook cell. It has one stack of runs, kept in
  a plain variable, because a kernel may run each cell in a context of its own.
- An asyncio task or a thread of the user's starts with what was active where it was created (task)
  or with the foreground's run (thread), and what it starts itself is its own (contextvars).
"""

from __future__ import annotations

import os
import sys
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.store import Store, resolve
from jupyter_mltrack.tracking.known import Known

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mltrack.store import Place


@dataclass(slots=True, eq=False)
class OpenRun:
    """A run that this process started or resumed and has not ended.

    Attributes:
        run_id: The run.
        client: Who logs to it; it stays the same when the tracking URI changes.
        run: The run as it was when it was opened.
        title: How to call it in a message, such as ``#41 brisk-otter``.
        cell: The number of the notebook cell that started it; 0 outside a notebook.
        takes_children: Whether a plain ``start_run()`` starts a child of it.
        orphaned: Whether the cell that started it ended with an exception.
        at_end: Called once when it ends.
        pid: The process that opened it; a forked child may log to it, but not end it.
    """

    run_id: str
    client: Any
    run: Any
    title: str
    cell: int = 0
    takes_children: bool = False
    orphaned: bool = False
    at_end: list[Callable[[], None]] = field(default_factory=list)
    pid: int = field(default_factory=os.getpid)


_own: ContextVar[tuple[OpenRun, ...] | None] = ContextVar("mltrack_runs", default=None)
_foreground: tuple[OpenRun, ...] = ()
_cell_task: Any = None
_stores: dict[Path, Store] = {}
_stores_lock = threading.Lock()
_chosen: Place | None = None
_known: dict[Path, Known] = {}
_experiments: dict[Path, str] = {}
_notebook_experiment: str | None = None
_system_metrics: bool | None = None
_last_run: tuple[Any, str] | None = None


# The store -----------------------------------------------------------------------------------


def choose_store(uri: str | Path) -> Place:
    """Use the store that ``uri`` means from now on, here and in child processes."""
    global _chosen
    _chosen = resolve(uri, Path.cwd())
    settings.hand_down(uri=_chosen.uri)
    settings.take_back_experiment()
    return _chosen


def place(uri: str | Path | None = None) -> Place:
    """Where a store is: the one ``uri`` means, or else the one in use.

    The one in use was chosen in code, or in the environment, or is found by looking around.
    """
    if uri is not None:
        return resolve(uri, Path.cwd())
    return _chosen or resolve(settings.tracking_uri(), Path.cwd())


def is_chosen() -> bool:
    """Whether somebody said which store to use."""
    return _chosen is not None or settings.tracking_uri() is not None


def store_at(path: Path) -> Store:
    """The one `Store` of this process for the file at ``path``."""
    with _stores_lock:
        if path not in _stores:
            _stores[path] = Store(path, durability=settings.durability(), strict=settings.strict())
        return _stores[path]


def known_of(path: Path) -> Known:
    """What this process knows of the store at ``path``."""
    return _known.setdefault(path, Known())


def forget_store(path: Path) -> None:
    """Close the store at ``path``; whoever asks again gets a new one."""
    with _stores_lock:
        store = _stores.pop(path, None)
        _known.pop(path, None)
    if store is not None:
        store.close()


# The experiment ------------------------------------------------------------------------------


def choose_experiment(path: Path, experiment_id: str) -> None:
    """Log to this experiment of the store at ``path`` from now on, here and in children."""
    _experiments[path] = experiment_id
    settings.hand_down(experiment=experiment_id)


def chosen_experiment(path: Path) -> str | None:
    """The experiment set in code for the store at ``path``."""
    return _experiments.get(path)


def forget_experiment(path: Path) -> None:
    """Go back to the default experiment of the store at ``path``."""
    _experiments.pop(path, None)
    settings.take_back_experiment()


def name_after_notebook(name: str | None) -> None:
    """With no experiment set, log to one of this name (the loaded extension asks for it)."""
    global _notebook_experiment
    _notebook_experiment = name


def notebook_experiment() -> str | None:
    """The experiment named after the notebook, if the extension is loaded."""
    return _notebook_experiment


# System metrics ------------------------------------------------------------------------------


def switch_system_metrics(*, on: bool) -> None:
    """Whether runs log system metrics unless told otherwise."""
    global _system_metrics
    _system_metrics = on


def system_metrics() -> bool:
    """Whether runs log system metrics unless told otherwise."""
    return settings.system_metrics() if _system_metrics is None else _system_metrics


# The runs ------------------------------------------------------------------------------------


def enter_cell() -> None:
    """A notebook cell begins: the task it runs in is the foreground."""
    global _cell_task
    _cell_task = _current_task()


def stack() -> tuple[OpenRun, ...]:
    """The runs that the caller itself has open, the innermost last."""
    return _foreground if _in_foreground() else (_own.get() or ())


def current() -> OpenRun | None:
    """The run that the caller logs to: its own innermost one, or the one it inherits."""
    runs = _foreground if _in_foreground() else (_own.get() or _foreground)
    return runs[-1] if runs else None


def push(run: OpenRun) -> None:
    """Open a run on the caller's stack."""
    global _last_run
    _set((*stack(), run))
    _last_run = (run.client, run.run_id)


def remove(run: OpenRun) -> None:
    """Take a run from the caller's stack."""
    _set(tuple(other for other in stack() if other is not run))


def last_run() -> tuple[Any, str] | None:
    """The client and the id of the run that was started last in this process."""
    return _last_run


def foreground() -> tuple[OpenRun, ...]:
    """The open runs of the script or notebook, whoever asks."""
    return _foreground


def _set(runs: tuple[OpenRun, ...]) -> None:
    global _foreground
    if _in_foreground():
        _foreground = runs
    _own.set(runs)


def _in_foreground() -> bool:
    if threading.get_ident() != threading.main_thread().ident:
        return False
    task = _current_task()
    return task is None or task is _cell_task


def _current_task() -> Any:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio._get_running_loop() is None:
        return None
    return asyncio.current_task()
