from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack.errors import FilterSyntaxError, ResourceDoesNotExist
from jupyter_mltrack.panels import run, runs
from jupyter_mltrack.tracking import fluent


@pytest.fixture(autouse=True)
def wine(tmp_path: Path) -> Iterator[None]:
    """A store with three runs of one experiment, and one of another."""
    before = fluent.get_tracking_uri()
    fluent.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    for name, rate in (("wine", 0.1), ("wine", 0.2), ("wine", 0.3), ("beer", 0.4)):
        fluent.set_experiment(name)
        with fluent.start_run():
            fluent.log_param("rate", rate)
            for step in range(5):
                fluent.log_metric("loss", rate / (step + 1), step=step)
    fluent.set_experiment("wine")
    yield
    fluent.set_tracking_uri(before)


def numbers(panel: object) -> list[int]:
    """The numbers of the runs that a panel shows."""
    return [one.info.number for one in panel.runs]  # type: ignore[attr-defined]


def test_runs_of_the_active_experiment_are_shown() -> None:
    """It stays with that experiment when another becomes active."""
    panel = runs()
    assert panel.title == "wine"
    fluent.set_experiment("beer")
    panel.search("metrics.loss < 0.05")
    assert numbers(panel) == [2, 1]


def test_experiments_order_and_limit_can_be_chosen() -> None:
    """As in `search_runs`."""
    assert numbers(runs(order_by=["params.rate ASC"], max_results=2)) == [1, 2]
    panel = runs(experiment_names=["wine", "beer"])
    assert panel.title == "wine, beer"
    assert len(panel.runs) == 4
    assert len(runs(experiment_ids=fluent.active_experiment_id()).runs) == 3


def test_wrong_filter_raises() -> None:
    """With a caret, as everywhere."""
    with pytest.raises(FilterSyntaxError):
        runs("metrics.loss == 1")


def test_card_of_a_run_shows_what_changed() -> None:
    """Since the run before it, with a curve."""
    card = run(runs().runs[0].info.run_id)
    assert "since #2: rate 0.2 → 0.3" in repr(card)
    assert "<polyline" in card._repr_html_()
    first = run(runs().runs[-1].info.run_id)
    assert "parameters: rate 0.1" in repr(first)


def test_card_of_no_run_raises() -> None:
    """The id is wrong, and says so."""
    with pytest.raises(ResourceDoesNotExist):
        run("0" * 32)
