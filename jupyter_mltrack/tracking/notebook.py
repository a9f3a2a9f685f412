"""The notebook session: which cells were executed, in order, and which of them failed.

IPython is watched through its ``pre_run_cell`` and ``post_run_cell`` events. Nothing is written
before the first run starts; from then on every executed cell becomes an event of the store, so
that a run knows which cells it followed. Outside IPython all of this is idle.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.events import Cell
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mltrack.store import Store
    from jupyter_mltrack.tracking.active import OpenRun

#: So much of a cell's source is kept, in characters: it must fit one record. Its hash is of all.
LONGEST_SOURCE = 150_000

_log = logging.getLogger("jupyter_mltrack")


@dataclass(slots=True)
class ExecutedCell:
    """One execution of a cell.

    Attributes:
        number: Its place in the session, from 1.
        source: Its text.
        cell_id: The notebook's id of the cell, if the front end sends it.
        execution_count: The number in brackets beside it.
        began: Monotonic clock at its start, seconds.
        seconds: How long it ran; None while it runs.
        ok: Whether it ended without an exception.
        at_end: Called when it has ended, with what IPython says of it: an ``ExecutionResult``, or
            None if it was interrupted while it awaited.
    """

    number: int
    source: str
    cell_id: str | None
    execution_count: int | None
    began: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    ok: bool = True
    at_end: list[Callable[[Any], None]] = field(default_factory=list)

    def as_event(self) -> Cell:
        """The cell as the store keeps it; its digest must not give a masked password away."""
        source = masked(self.source).encode("utf-8", "replace")  # half a surrogate pair is no text
        return Cell(
            number=self.number,
            sha256=hashlib.sha256(source).hexdigest(),
            source=source.decode()[:LONGEST_SOURCE],
            cell_id=self.cell_id,
            execution_count=self.execution_count,
            notebook=path(),
            seconds=self.seconds,
            ok=self.ok,
        )


class Session:
    """The cells executed in this kernel since the package was imported."""

    def __init__(self) -> None:
        self.cells: list[ExecutedCell] = []
        self._running: dict[int, list[ExecutedCell]] = {}
        self._watched: Any = None
        self.show_card: Callable[[OpenRun], None] | None = None  # set by whoever can
        self._announced: set[tuple[str, int]] = set()
        self._written: dict[str, tuple[int, set[str]]] = {}
        self._stores: list[Store] = []
        self._memories: dict[tuple[str, ...], dict[str, Any]] = {}

    @property
    def current(self) -> ExecutedCell | None:
        """The cell that is running, the innermost one; a thread is part of the notebook's."""
        main = threading.main_thread().ident or 0
        running = self._running.get(threading.get_ident()) or self._running.get(main)
        return running[-1] if running else None

    def memory(self, name: tuple[str, ...]) -> dict[str, Any]:
        """What the running cell noted under this name when it ran before, to be changed in place.

        Outside a notebook, where no cell can run again, it is new every time.
        """
        cell = self.current
        if cell is None or cell.cell_id is None:
            return {}
        return self._memories.setdefault((cell.cell_id, *name), {})

    def watch(self) -> None:
        """Begin to listen to IPython, if there is one; again is free."""
        found = shell()
        if found is None or self._watched is found:
            return
        self._watched = found
        found.events.register("pre_run_cell", self._begin)
        found.events.register("post_run_cell", self._end)
        active.enter_cell()
        self._recall(found)

    def stop(self) -> None:
        """Listen no longer."""
        if self._watched is not None:
            self._watched.events.unregister("pre_run_cell", self._begin)
            self._watched.events.unregister("post_run_cell", self._end)
            self._watched = None

    def write_cells(self, store: Store) -> int:
        """Append the cells that ``store`` does not have yet; one that runs comes again later.

        Returns:
            The number of the cell that is running, or else of the last one.
        """
        if store not in self._stores:
            self._stores.append(store)
        token = store.journal.token
        last, seen = self._written.get(token, (0, set()))
        for cell in self.cells[last:]:
            if cell.seconds is None and (token, cell.number) in self._announced:
                break
            event = cell.as_event()
            if event.sha256 in seen:
                event.source = None
            store.append(event)
            seen.add(event.sha256)
            if cell.seconds is None:
                self._announced.add((token, cell.number))
                break
            last = cell.number
        self._written[token] = (last, seen)
        return len(self.cells)

    def _recall(self, found: Any) -> None:
        """Take over the cells executed so far; the last one is running if it imports this."""
        failed = getattr(found.history_manager, "exceptions", {})  # IPython 9
        for count, source in enumerate(found.history_manager.input_hist_raw[1:], 1):
            cell = self._add(source, None, count)
            cell.seconds, cell.ok = 0.0, count not in failed
        ended = getattr(found, "last_execution_result", None)
        if self.cells and (ended is None or ended.execution_count != len(self.cells)):
            importing = self.cells[-1]
            importing.seconds = None
            importing.cell_id = _cell_id(found)
            self._running[threading.get_ident()] = [importing]

    def _add(self, source: str, cell_id: str | None, count: int | None) -> ExecutedCell:
        cell = ExecutedCell(len(self.cells) + 1, source, cell_id, count)
        self.cells.append(cell)
        return cell

    def _begin(self, info: Any) -> None:
        _enter_cell()
        source, cell_id = info.raw_cell or "", getattr(info, "cell_id", None)
        if info.store_history:
            cell = self._add(source, cell_id, None)
        else:  # run by other code, perhaps inside a cell: it is no cell of the notebook
            cell = ExecutedCell(len(self.cells), source, cell_id, None)
        self._running.setdefault(threading.get_ident(), []).append(cell)

    def _end(self, result: Any) -> None:
        """A cell has ended; ``result`` is None if it was interrupted while it awaited."""
        _enter_cell()
        running = self._running.get(threading.get_ident())
        if not running or (result is not None and not (result.info.raw_cell or "").strip()):
            return  # an empty cell ends without having begun
        cell = running.pop()
        cell.seconds = time.monotonic() - cell.began
        cell.ok = result is not None and bool(result.success)
        if result is not None:
            cell.execution_count = result.execution_count or cell.execution_count
        if not cell.ok and not running:
            for run in active.foreground():
                run.orphaned = run.orphaned or run.cell == cell.number
        for call in cell.at_end:
            call(result)
        for store in self._stores:
            self.write_cells(store)


_session = Session()


def session() -> Session:
    """The session of this process."""
    return _session


def shell() -> Any:
    """The running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def in_kernel() -> bool:
    """Whether this is the kernel of a notebook, not a terminal."""
    found = shell()
    return found is not None and getattr(found, "kernel", None) is not None


def show_card(opened: OpenRun) -> None:
    """Show the card of a run, if a cell of a notebook started it; this never raises."""
    show = session().show_card
    if show is None or not in_kernel() or opened not in active.foreground():
        return
    try:
        show(opened)
    except Exception:  # noqa: BLE001  (a card is no reason to stop a training)
        _log.debug("%s has no card", opened.title, exc_info=True)


def path() -> str | None:
    """The path of the notebook, if the front end told it."""
    found = shell()
    told = found.user_ns.get("__vsc_ipynb_file__") if found is not None else None
    if told or found is None:
        return str(told) if told else None
    name = settings.notebook_path()
    return name if name is not None and name.endswith(".ipynb") else None


def _enter_cell() -> None:
    """What this thread does now is the notebook's foreground; a subshell's thread is not."""
    if threading.current_thread() is threading.main_thread():
        active.enter_cell()


def _cell_id(found: Any) -> str | None:
    """The id of the running cell, if the front end sends it."""
    ask = getattr(found, "get_parent", None)
    metadata = ask().get("metadata", {}) if ask is not None else {}
    cell_id = metadata.get("cellId")
    return cell_id if isinstance(cell_id, str) else None
