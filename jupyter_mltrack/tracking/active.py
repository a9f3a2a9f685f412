"""What is active in this process: the store, the experiment, the open runs.

The one file with module-level variables that change (the notebook's session is an object beside
its class). Which run is active depends on who asks:

- The *foreground* is the code of a script or of a notebook cell. It has one stack of runs, kept in
  a plain variable, because a kernel may run each cell in a context of its own.
- An asyncio task or a thread of the user's starts with what was active where it was created (task)
  or with the foreground's run (thread), and what it starts itself is its own (contextvars).
- A forked child logs to the run that was active where it was forked, but only its parent ends it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.store import Place, Store, resolve
from jupyter_mltrack.tracking.known import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
        when_ended: Called with its status once it has ended; must not raise.
    """

    run_id: str
    client: Any
    run: Any
    title: str
    cell: int = 0
    takes_children: bool = False
    orphaned: bool = False
    at_end: list[Callable[[], None]] = field(default_factory=list)
    when_ended: list[Callable[[str], None]] = field(default_factory=list)


_log = logging.getLogger("jupyter_mltrack")
_own: ContextVar[tuple[OpenRun, ...] | None] = ContextVar("mltrack_runs", default=None)
_foreground: tuple[OpenRun, ...] = ()
_forking: ContextVar[tuple[OpenRun, ...]] = ContextVar("mltrack_forking", default=())
_inherited: tuple[OpenRun, ...] = ()
_main_thread = threading.main_thread().ident
_unended: list[OpenRun] = []
_cell_task: Any = None
_stores: dict[Path, Store] = {}
_stores_lock = threading.Lock()
_chosen: Place | None = None
_noticed: set[str] = set()
_known: dict[Path, Known] = {}
_clients: dict[Path, Any] = {}
_experiments: dict[Path, str] = {}
_notebook_experiment: str | None = None
_last_run: tuple[Any, str] | None = None
_own_model: ContextVar[str | None] = ContextVar("mltrack_model", default=None)
_foreground_model: str | None = None
_last_model: tuple[Any, str] | None = None
_made: dict[str, dict[int, str]] = {}


# The store -----------------------------------------------------------------------------------


def choose_store(uri: str | Path) -> Place:
    """Use the store that ``uri`` means from now on, here and in child processes."""
    global _chosen
    _chosen = place(uri)
    settings.take_back_experiment()
    settings.hand_down(uri=_chosen.uri, experiment=_experiments.get(_chosen.path))
    return _chosen


def place(uri: str | Path | None = None) -> Place:
    """Where a store is: the one ``uri`` means, or else the one in use.

    The one in use was chosen in code, or in the environment, or is found by looking around. If a
    URI means another file here than in MLflow, that is said once.
    """
    if uri is None and _chosen is not None:
        return _chosen
    found = resolve(settings.tracking_uri() if uri is None else uri, Path())
    if found.notice and found.notice not in _noticed:
        _noticed.add(found.notice)
        _log.warning(found.notice)
    return found


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


def client_of(where: Place, make: Callable[[str], Any]) -> Any:
    """The one client of the functions that are called without a client, for a store."""
    found = _clients.get(where.path)
    return found if found is not None else _clients.setdefault(where.path, make(where.uri))


def forget_store(path: Path) -> None:
    """Close the store at ``path``; whoever asks again gets a new one."""
    with _stores_lock:
        store = _stores.pop(path, None)
        _known.pop(path, None)
        _clients.pop(path, None)
    if store is not None:
        store.close()


# The experiment ------------------------------------------------------------------------------


def choose_experiment(path: Path, experiment_id: str) -> None:
    """Log to this experiment of the store at ``path`` from now on, here and in children."""
    _experiments[path] = experiment_id
    settings.hand_down(uri=Place(path=path).uri, experiment=experiment_id)


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


@dataclass(slots=True)
class Sampling:
    """How system metrics are sampled in runs that start from now on.

    Attributes:
        on: Whether they are, unless a run is told otherwise; None asks the environment.
        interval: Seconds between two samples.
        samples: So many samples are averaged to one point.
        node: Name of this machine among several that log to one run.
    """

    on: bool | None = None
    interval: float = 10.0
    samples: int = 1
    node: str | None = None


sampling = Sampling()


# Autolog -------------------------------------------------------------------------------------

_muted: ContextVar[bool] = ContextVar("mltrack_muted", default=False)


def is_muted() -> bool:
    """Whether trainings and predictions of the caller are not to be logged by themselves."""
    return _muted.get()


@contextmanager
def muted() -> Iterator[None]:
    """Nothing that is called in this block is logged by itself.

    Example:
        >>> with muted():
        ...     model.fit(x, y)
    """
    before = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(before)


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
    runs = _foreground if _in_foreground() else _own.get()  # as _visible(), in half the time
    if not runs:
        runs = _foreground or _inherited
    return runs[-1] if runs else None


def push(run: OpenRun) -> None:
    """Open a run on the caller's stack."""
    global _last_run
    _set((*stack(), run))
    _unended.append(run)
    _last_run = (run.client, run.run_id)


def remove(run: OpenRun) -> None:
    """Take a run from the caller's stack."""
    global _foreground
    _set(tuple(other for other in stack() if other is not run))
    _foreground = tuple(other for other in _foreground if other is not run)
    if run in _unended:
        _unended.remove(run)
    _made.pop(run.run_id, None)


def last_run() -> tuple[Any, str] | None:
    """The client and the id of the run that was started last in this process."""
    return _last_run


def foreground() -> tuple[OpenRun, ...]:
    """The open runs of the script or notebook, whoever asks."""
    return _foreground


def unended() -> tuple[OpenRun, ...]:
    """The open runs of this process, whichever thread or task opened them, the last one last."""
    return tuple(_unended)


# The models ----------------------------------------------------------------------------------


def model() -> str | None:
    """The id of the logged model that the caller's metrics are of: its own, or the foreground's."""
    return _own_model.get() or _foreground_model


def model_for(run_id: str, step: int | None) -> str | None:
    """The id of the model that a metric of a run is of: the chosen one, or what that step made."""
    chosen = _own_model.get() or _foreground_model
    if chosen is None and run_id in _made and isinstance(step, Hashable):
        return _made[run_id].get(step or 0)
    return chosen


def note_output(run_id: str, step: int, model_id: str) -> None:
    """From now on metrics of this step are those of the model, as long as the run is open here."""
    if any(run.run_id == run_id for run in _unended):
        _made.setdefault(run_id, {})[step] = model_id


def choose_model(model_id: str | None) -> str | None:
    """Log the caller's metrics with this model from now on; returns the one it had itself."""
    global _foreground_model
    if _in_foreground():
        before, _foreground_model = _foreground_model, model_id
    else:
        before = _own_model.get()
        _own_model.set(model_id)
    return before


def note_model(client: Any, model_id: str) -> None:
    """Remember the logged model that was begun last in this process."""
    global _last_model
    _last_model = (client, model_id)


def last_model() -> tuple[Any, str] | None:
    """The client and the id of the logged model that was begun last in this process."""
    return _last_model


def _visible() -> tuple[OpenRun, ...]:
    """The caller's own runs, or else those it inherits."""
    return stack() or _foreground or _inherited


def _set(runs: tuple[OpenRun, ...]) -> None:
    global _foreground
    if _in_foreground():
        _foreground = runs
    _own.set(runs)


def _in_foreground() -> bool:
    if threading.get_ident() != _main_thread:
        return False
    task = _current_task()
    return task is None or task is _cell_task


def _current_task() -> Any:
    asyncio = sys.modules.get("asyncio")
    # The public way to ask raises, which every logging call outside a loop would pay for.
    if asyncio is None or asyncio._get_running_loop() is None:  # noqa: SLF001
        return None
    return asyncio.current_task()


def _before_fork() -> None:
    _forking.set(_visible())


def _after_fork_in_child() -> None:
    global _foreground, _inherited, _main_thread, _stores_lock
    _main_thread = threading.get_ident()  # whichever thread forked
    _foreground, _inherited = (), _forking.get()
    _own.set(())
    _unended.clear()
    _stores_lock = threading.Lock()  # another thread of the parent may have held them
    for known in _known.values():
        known.counting = threading.Lock()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
