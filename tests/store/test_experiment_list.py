import pytest

from jupyter_mltrack.events import (
    ExperimentCreated,
    ExperimentSet,
    Metric,
    RunStage,
    RunStarted,
    RunStatus,
)
from jupyter_mltrack.store import Store, experiment_list


@pytest.fixture
def wine(store: Store) -> Store:
    """An experiment with five runs: one failed, one open, one in the bin."""
    store.append(ExperimentCreated(experiment="1", text="wine"))
    store.append(ExperimentSet(experiment="1", field="tag", key="team", text="a"))
    for n in range(5):
        run = f"{n:032x}"
        store.append(RunStarted(run=run, experiment="1", ts=1000 + 1000 * n, number=n + 1))
        store.append(Metric(run=run, key="loss", value="NaN" if n == 2 else 1 / (n + 1)))
        store.append(Metric(run=run, key="system/a", value=0))
        if n:
            store.append(RunStatus(run=run, text="FAILED" if n == 1 else "FINISHED", ts=9000))
    store.append(RunStage(run=f"{4:032x}", text="deleted", ts=9999))
    return store


def test_numbers_of_an_experiment(wine: Store) -> None:
    """Of the runs that are not in the bin."""
    found, default = experiment_list.listed(wine, "")
    assert (found.name, found.runs, found.running, found.failed) == ("wine", 4, 1, 1)
    assert found.last_run == 4000
    assert found.metric == ("loss", 0.25, 1.0)
    assert sum(found.activity) == 4
    assert (found.activity[0], found.activity[-1]) == (1, 1)
    assert (default.name, default.runs, default.activity, default.metric) == (
        "Default",
        0,
        [],
        None,
    )


def test_the_bin(wine: Store) -> None:
    """An experiment in the bin is listed there."""
    assert experiment_list.listed(wine, "", deleted=True) == []
    wine.append(ExperimentSet(experiment="1", field="stage", text="deleted"))
    (found,) = experiment_list.listed(wine, "", deleted=True)
    assert (found.is_deleted, found.runs) == (True, 1)
    assert experiment_list.counted(wine) == (1, 1)


def test_filter(wine: Store) -> None:
    """Values are bound."""
    assert [one.name for one in experiment_list.listed(wine, "tags.team = 'a'")] == ["wine"]
    assert experiment_list.listed(wine, "name = '; DROP TABLE runs; --'") == []


def test_its_state_changes_when_something_is_logged(wine: Store) -> None:
    """So that a list that is up to date asks no database."""
    before = experiment_list.state(wine)
    assert experiment_list.state(wine) == before
    wine.append(Metric(run=f"{0:032x}", key="loss", value=1))
    assert experiment_list.state(wine) != before
