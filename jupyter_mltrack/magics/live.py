"""The cards of the runs that this kernel's cells start: which have one, and what it shows now.

A cell shows a card for each of its first runs, and one for all of them if there are more. A cell
displays a card where its output is; all else is done by a thread, twice a second while runs are
open. So no logging call ever waits for a card.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mltrack import settings
from jupyter_mltrack.entities import Run, RunData, RunInfo
from jupyter_mltrack.entities.tags import ERROR
from jupyter_mltrack.panels.card.card import CardData, card_data, shown_metrics
from jupyter_mltrack.panels.card.live_card import LiveCard
from jupyter_mltrack.panels.card.news import JournalTail, RunNews
from jupyter_mltrack.panels.card.summary import experiments_of, runs_filter, summary_data
from jupyter_mltrack.store import card_runs, queries
from jupyter_mltrack.tracking import notebook
from jupyter_mltrack.tracking.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipywidgets import Widget

    from jupyter_mltrack.tracking.active import OpenRun
    from jupyter_mltrack.tracking.notebook import ExecutedCell

#: Seconds between two looks.
INTERVAL = 0.5

#: So many runs of a cell get a card of their own.
MOST_CARDS = 3

#: Seconds that a cell which has ended waits at most, so that its cards are saved with it.
PATIENCE = 2.0

#: After a look that cost much, rest so many times as long as this thread worked.
_REST = 5

_LONGEST_ERROR = 5000
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class FollowedRun:
    """A run that a cell started.

    Attributes:
        opened: The run.
        news: What it logged.
        card: None if only the cell's card of all runs shows it.
        previous: What its params are compared with.
        is_compared: Whether ``previous`` was looked up; that is done once.
        info: How it ended; None while it is open.
        error: Why it failed.
        is_frozen: Whether its card is at rest.
    """

    opened: OpenRun
    news: RunNews
    card: LiveCard | None = None
    previous: Run | None = None
    is_compared: bool = False
    info: RunInfo | None = None
    error: str | None = None
    is_frozen: bool = False

    def now(self) -> Run:
        """The run as far as the journal tells."""
        run = self.news.now()
        return run if self.info is None else Run(self.info, run.data)


@dataclass(slots=True, eq=False)
class CellRuns:
    """The runs that one execution of a cell started.

    Attributes:
        cell: Its number; 0 for what no cell started.
        summary: The card of them all, if they are many.
        has_ended: Whether the cell has.
        is_said: Set when its output shows how it ended.
    """

    cell: int
    runs: list[FollowedRun] = field(default_factory=list)
    summary: LiveCard | None = None
    has_ended: bool = False
    is_said: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether no more will happen."""
        return self.has_ended and all(one.info is not None for one in self.runs)


class LiveCards:
    """The cards of this process.

    Attributes:
        wanted: Whether runs get cards; None asks the environment.
    """

    def __init__(self) -> None:
        self.wanted: bool | None = None
        self._process = os.getpid()
        self._hidden_in = -1
        self._lock = threading.Lock()
        self._cells: list[CellRuns] = []
        self._shown: list[LiveCard] = []
        self._tails: dict[str, JournalTail] = {}
        self._thread: threading.Thread | None = None
        self._woken = threading.Event()
        self._is_leaving = False
        atexit.register(self._leave)

    def begin(self, opened: OpenRun) -> None:
        """A cell has started a run: show its card, unless nobody wants it."""
        running = notebook.session().current
        number = running.number if running else 0
        is_wanted = settings.cards() if self.wanted is None else self.wanted
        if not is_wanted or number == self._hidden_in or os.getpid() != self._process:
            return  # a fork has no front end
        store, token = opened.client.store, opened.client.store.journal.token
        with self._lock:  # a place without a run is over, for the thread
            here = self._runs_of(running)
            place = len(here.runs)
            followed = FollowedRun(opened, RunNews(opened.run, keeps_histories=place < MOST_CARDS))
            here.runs.append(followed)
            if token not in self._tails:
                self._tails[token] = JournalTail(store.folder, token)
        if place < MOST_CARDS:
            followed.card = self._show(LiveCard(_data(followed), lambda: _page(opened)))
        elif place == MOST_CARDS:
            here.summary = self._show(LiveCard(_summary(here), lambda: _table(here)))
        opened.when_ended.append(lambda status: self._end(followed, status))
        self._start()

    def hide_in_this_cell(self) -> None:
        """Show no card below the cell that is running."""
        running = notebook.session().current
        self._hidden_in = running.number if running else -1

    def show_again(self, run_id: str) -> None:
        """The output of the cell was cleared: show the card of a run once more."""
        for one in (one for here in self._cells for one in here.runs):
            if one.opened.run_id == run_id and one.card is not None:
                one.card.show_again()

    def finish(self, here: CellRuns) -> None:
        """A cell has ended: give its cards a moment to say so, for the notebook that is saved."""
        here.has_ended = True
        self._woken.set()
        if not here.is_said.wait(PATIENCE):
            _log.debug("The cards are late")

    def _runs_of(self, running: ExecutedCell | None) -> CellRuns:
        """The runs of a cell; with the first one, cards at rest of earlier cells are forgotten.

        It is called with the lock held.
        """
        for here in self._cells:
            if not here.has_ended and running and here.cell == running.number:
                return here
        here = CellRuns(running.number if running else 0, has_ended=running is None)
        self._cells.append(here)
        self._shown = [card for card in self._shown if not card.forget()]
        if running is not None:
            running.at_end.append(lambda _: self.finish(here))
        return here

    def _show(self, card: LiveCard) -> LiveCard:
        card.show()
        with self._lock:
            self._shown.append(card)
        return card

    def _end(self, followed: FollowedRun, status: str) -> None:
        """A run has ended: note how, and let the thread say so."""
        end = int(time.time() * 1000)
        info = followed.opened.run.info
        failure = sys.exception() if status == "FAILED" else None
        if failure is not None:
            followed.error = masked(f"{type(failure).__name__}: {failure}")[:_LONGEST_ERROR]
        seconds = max(0.0, (end - info.start_time) / 1000)
        followed.info = replace(info, status=status, end_time=end, duration=seconds)
        if followed.card is not None:
            self._woken.set()

    # The thread ---------------------------------------------------------------------------------

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._go_on, name="mltrack-card", daemon=True
                )
                self._thread.start()

    def _leave(self) -> None:
        """At exit: a thread that is inside DuckDB then would bring the process down."""
        self._is_leaving = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _go_on(self) -> None:
        pause = INTERVAL
        while not self._is_leaving:
            self._woken.wait(pause)
            self._woken.clear()
            began = time.thread_time()
            with self._lock:
                cells = list(self._cells)
            over = [here for here in cells if here.is_over]
            try:
                self._look(cells, over)
            except Exception:  # noqa: BLE001  (no failure here may stop a training)
                _log.debug("The cards could not be kept up to date", exc_info=True)
            pause = max(INTERVAL, _REST * (time.thread_time() - began))
            with self._lock:
                self._cells = [here for here in self._cells if here not in over]
                if not self._cells:
                    self._tails.clear()
                    self._thread = None
                    return

    def _look(self, cells: list[CellRuns], over: list[CellRuns]) -> None:
        """Show all that is new; what was over before this look is shown whole."""
        ended = [here for here in cells if here.has_ended]
        runs = [one for here in cells for one in here.runs]
        closing = [one for one in runs if one.info is not None and not one.is_frozen]
        changed = self._read({one.opened.run_id: one for one in runs})
        for one in closing:
            _freeze(one)
        for one in runs:
            is_new = one.opened.run_id in changed or not one.is_compared
            if one.card is not None and not one.is_frozen and is_new:
                _compare(one)
                one.card.update(_data(one))
        for here in cells:
            if here.summary is not None:
                show = here.summary.freeze if here in over else here.summary.update
                show(_summary(here, is_over=here in over))
        for here in ended:
            _settle(here)

    def _read(self, runs: dict[str, FollowedRun]) -> set[str]:
        """Take in what the journals say; returns the runs that have news."""
        with self._lock:
            tails = list(self._tails.values())
        changed = set()
        try:
            for line in (line for tail in tails for line in tail.read()):
                if (one := runs.get(line.run)) is not None:
                    one.news.take(line)
                    changed.add(line.run)
        except Exception:  # noqa: BLE001  (what has ended is said even so)
            _log.debug("The journal could not be read", exc_info=True)
        return changed


_cards = LiveCards()


def cards() -> LiveCards:
    """The cards of this process."""
    return _cards


def begin(opened: OpenRun) -> None:
    """Show the card of a run that a notebook cell has started."""
    _cards.begin(opened)


def _compare(one: FollowedRun) -> None:
    """Look up what the params of a run are compared with."""
    if not one.is_compared:
        one.is_compared = True
        try:
            one.previous = card_runs.previous(one.opened.client.store, one.opened.run)
        except Exception:  # noqa: BLE001  (such as a store that is busy for long)
            _log.debug("No run to compare with", exc_info=True)


def _freeze(one: FollowedRun) -> None:
    """Show a run that has ended, with all that the store has of it."""
    if one.card is not None:
        try:
            data = _stored(one)
        except Exception:  # noqa: BLE001  (then what the journal said is shown)
            _log.debug("The store did not answer", exc_info=True)
            data = card_data(
                one.now(), histories=one.news.histories, previous=one.previous, error=one.error
            )
        one.card.freeze(data)
    one.is_frozen = True


def _stored(one: FollowedRun) -> CardData:
    """What the card of a run shows in the end."""
    store, run_id = one.opened.client.store, one.opened.run_id
    with store.reading():
        _compare(one)
        run = _in_order(queries.run(store, run_id) or one.now(), one.news.metrics)
        histories = card_runs.curves(store, run_id, shown_metrics(run.data.metrics))
    error = run.data.tags.get(ERROR) or one.error
    return card_data(run, histories=histories, previous=one.previous, error=error)


def _in_order(run: Run, shown: Iterable[str]) -> Run:
    """The run with its metrics in the order in which its card has shown them."""
    metrics = run.data.metrics
    first = {key: metrics[key] for key in shown if key in metrics}
    return Run(run.info, RunData(first | metrics, run.data.params, run.data.tags))


def _settle(here: CellRuns) -> None:
    """Say that a cell's output is complete; runs that are open still are seen as they are now."""
    if here.is_said.is_set():
        return
    for one in here.runs:
        if one.card is not None and not one.is_frozen:
            one.card.renew_twin()
    here.is_said.set()


def _data(one: FollowedRun) -> CardData:
    """What the card of an open run shows."""
    news = one.news
    return card_data(
        one.now(), histories=news.histories, previous=one.previous, step=news.step, error=one.error
    )


def _summary(here: CellRuns, *, is_over: bool = False) -> CardData:
    """What the card of many runs shows."""
    ends = [one.info.end_time or 0 for one in here.runs if one.info is not None]
    return summary_data([one.now() for one in here.runs], ended=max(ends) if is_over else None)


def _page(opened: OpenRun) -> Widget:
    """The page of a run."""
    from jupyter_mltrack.panels.page import RunPage

    return RunPage(opened.client, opened.run_id)


def _table(here: CellRuns) -> Widget:
    """The table of a cell's runs."""
    from jupyter_mltrack.panels.table import runs

    found = [one.opened.run for one in here.runs]
    return runs(runs_filter(found), experiment_ids=experiments_of(found))
