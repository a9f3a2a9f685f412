from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mltrack.entities import Run
from jupyter_mltrack.magics import live
from jupyter_mltrack.magics.live import CellRuns, LiveCards
from jupyter_mltrack.tracking import TrackingClient


class Shown:
    """Keeps what a card is told."""

    def __init__(self, *_: object) -> None:
        self.said: list[str] = []
        self.is_frozen = False

    def show(self) -> None:
        """Be displayed."""

    def renew_twin(self) -> None:
        """Be saved."""

    def update(self, data: dict[str, Any]) -> None:
        """Show the run as it is."""
        self.said.append(data["status"]["word"])

    def freeze(self, data: dict[str, Any]) -> None:
        """Show the end of the run."""
        self.update(data)
        self.is_frozen = True

    def forget(self) -> bool:
        """Whether it is at rest."""
        return self.is_frozen


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingClient]:
    """Of a store; no cell is running."""
    monkeypatch.setattr(live, "LiveCard", Shown)
    client = TrackingClient(str(tmp_path / "mltrack.duckdb"))
    yield client
    client.store.close()


@pytest.fixture
def cards() -> Iterator[LiveCards]:
    """No card yet; in the end all runs end, and the thread does."""
    cards = LiveCards()
    cards.wanted = True
    yield cards
    for one in [one for here in cards._cells for one in here.runs if one.info is None]:
        cards._end(one, "FINISHED")
    until(lambda: cards._thread is None)


def begun(cards: LiveCards, client: TrackingClient) -> Any:
    """A run that has begun, as a cell opens it."""
    run: Run = client.create_run("0")
    opened: Any = SimpleNamespace(client=client, run=run, run_id=run.info.run_id, when_ended=[])
    cards.begin(opened)
    return opened


def until(is_so: Any) -> None:
    """Wait, at most ten seconds."""
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_whatever_the_store_raises_a_card_comes_to_rest(
    client: TrackingClient, cards: LiveCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is known; it does not say for ever that the run goes on."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(live.queries, "run", fail)
    monkeypatch.setattr(live.card_runs, "previous", fail)
    opened = begun(cards, client)
    (card,) = cards._shown
    for heard in opened.when_ended:
        heard("FINISHED")
    until(lambda: card.is_frozen)
    assert card.said[-1] == "finished"
    until(lambda: cards._thread is None)


def test_a_run_is_at_rest_only_when_its_card_is(
    client: TrackingClient, cards: LiveCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before its card was told."""
    begun(cards, client)
    (followed,) = cards._cells[0].runs
    monkeypatch.setattr(Shown, "freeze", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live._freeze(followed)
    assert not followed.is_frozen


def test_a_new_cell_keeps_the_cards_of_open_runs(client: TrackingClient, cards: LiveCards) -> None:
    """Those at rest are forgotten."""
    first = begun(cards, client)
    begun(cards, client)
    card, other = cards._shown
    for heard in first.when_ended:
        heard("FINISHED")
    until(lambda: card.is_frozen)
    begun(cards, client)
    assert card not in cards._shown
    assert other in cards._shown


def test_the_thread_never_sees_a_place_without_its_run(
    client: TrackingClient, cards: LiveCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be over, and its card never be looked at."""
    seen: list[int] = []
    of = LiveCards._runs_of

    def slowly(self: LiveCards, running: Any) -> CellRuns:
        here = of(self, running)

        def look() -> None:
            with self._lock:
                seen.extend(len(one.runs) for one in self._cells)

        thread = threading.Thread(target=look)
        thread.start()
        thread.join(0.1)  # it waits for the lock
        return here

    monkeypatch.setattr(LiveCards, "_runs_of", slowly)
    begun(cards, client)
    until(lambda: seen)
    assert seen == [1]
