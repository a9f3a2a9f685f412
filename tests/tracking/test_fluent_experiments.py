"""Experiments without a client, and searching across them."""

import logging
import os

import numpy as np
import pandas as pd
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)
from jupyter_mltrack.tracking import active

pytestmark = pytest.mark.usefixtures("fresh")


def run_in(experiment: str | None = None, **metrics: float) -> str:
    """A finished run with these metrics; its id."""
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_metrics(metrics)
    return run.info.run_id


def where_a_run_goes() -> str:
    """The experiment of a new run."""
    with mlflow.start_run() as run:
        return run.info.experiment_id


def test_set_experiment_creates_and_chooses() -> None:
    """By name or by id; it returns the experiment."""
    made = mlflow.set_experiment("wine")
    assert (made.name, made.experiment_id, made.lifecycle_stage) == ("wine", "1", "active")
    assert mlflow.set_experiment("wine") == made
    assert where_a_run_goes() == "1"
    assert mlflow.set_experiment(experiment_id="0").name == "Default"
    assert where_a_run_goes() == "0"


def test_set_experiment_wants_one_argument() -> None:
    """A name or an id."""
    with pytest.raises(InvalidParameterValue, match="exactly one"):
        mlflow.set_experiment()
    with pytest.raises(InvalidParameterValue, match="exactly one"):
        mlflow.set_experiment("a", "1")
    with pytest.raises(ResourceDoesNotExist):
        mlflow.set_experiment(experiment_id="99")
    with pytest.raises(InvalidParameterValue, match="not blank"):
        mlflow.set_experiment(" ")


def test_a_deleted_experiment_cannot_be_set() -> None:
    """The message says how to bring it back; then it can."""
    mlflow.delete_experiment(mlflow.create_experiment("wine"))
    with pytest.raises(InvalidState, match=r"restore_experiment\('1'\)") as caught:
        mlflow.set_experiment("wine")
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    mlflow.restore_experiment("wine")
    assert mlflow.set_experiment("wine").experiment_id == "1"


def test_deleting_the_chosen_experiment_goes_back_to_the_default_one() -> None:
    """The next run does not fail."""
    mlflow.set_experiment("wine")
    mlflow.delete_experiment("wine")
    assert where_a_run_goes() == "0"
    with pytest.raises(ResourceAlreadyExists):
        mlflow.create_experiment("wine")


def test_tags() -> None:
    """Of the active experiment, or with three arguments of any."""
    mlflow.create_experiment("other", tags={"k": "v"})
    mlflow.set_experiment("wine")
    mlflow.set_experiment_tag("a", 1)
    mlflow.set_experiment_tag(key="b", value=2)
    mlflow.set_experiment_tags({"c": 3, "d": 4})
    mlflow.delete_experiment_tag("d")
    mlflow.set_experiment_tag("other", "owner", "user1")
    assert mlflow.get_experiment("wine").tags == {"a": "1", "b": "2", "c": "3"}
    assert mlflow.get_experiment("other").tags == {"k": "v", "owner": "user1"}
    with pytest.raises(ResourceDoesNotExist):
        mlflow.delete_experiment_tag("d")
    with pytest.raises((TypeError, ValueError)):
        mlflow.set_experiment_tag("a", "b", "c", "d")


def test_get_and_search() -> None:
    """Every page, at most so many; None for a name that nobody has."""
    for name in ("a", "b", "c"):
        mlflow.create_experiment(name)
    mlflow.delete_experiment("c")
    assert mlflow.get_experiment_by_name("nobody") is None
    assert mlflow.get_experiment("2").name == "b"
    assert [one.name for one in mlflow.search_experiments()] == ["b", "a", "Default"]
    assert [one.name for one in mlflow.search_experiments(max_results=1)] == ["b"]
    assert mlflow.search_experiments(max_results=0) == []
    found = mlflow.list_experiments(ViewType.ALL, None, "name != 'Default'", ["name"])
    assert [one.name for one in found] == ["a", "b", "c"]


def test_the_environment_names_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, which is created, or by id; what the code says comes first."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "by name")
    assert where_a_run_goes() == "1"
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")
    active.forget_experiment(active.place().path)
    mlflow.create_experiment("by id")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "2")
    assert where_a_run_goes() == "2"
    mlflow.set_experiment("by name")
    assert where_a_run_goes() == "1"
    assert os.environ["MLTRACK_EXPERIMENT_ID"] == "1"


def test_each_store_has_its_own_experiment() -> None:
    """Child processes are told of the one that belongs to the store they are told of."""
    mlflow.set_tracking_uri("one.duckdb")
    mlflow.set_experiment("wine")
    mlflow.set_tracking_uri("two.duckdb")
    assert "MLTRACK_EXPERIMENT_ID" not in os.environ
    assert where_a_run_goes() == "0"
    mlflow.set_tracking_uri("one.duckdb")
    assert os.environ["MLTRACK_EXPERIMENT_ID"] == "1"
    assert where_a_run_goes() == "1"


def test_search_runs_as_a_frame_or_as_a_list() -> None:
    """In the active experiment, the newest first."""
    first, second = run_in(m=1.0), run_in(m=2.0)
    run_in(mlflow.create_experiment("other"))
    frame = mlflow.search_runs()
    assert isinstance(frame, pd.DataFrame)
    assert frame["run_id"].tolist() == [second, first]
    assert frame["metrics.m"].tolist() == [2.0, 1.0]
    found = mlflow.search_runs(output_format="list", order_by=["metrics.m"], max_results=1)
    assert [run.info.run_id for run in found] == [first]
    assert len(mlflow.search_runs(max_results=0)) == 0
    assert len(mlflow.search_runs(filter_string="metrics.m > 5")) == 0
    with pytest.raises(InvalidParameterValue, match="pandas, list"):
        mlflow.search_runs(output_format="arrow")  # type: ignore[arg-type]


def test_where_search_runs_looks(caplog: pytest.LogCaptureFixture) -> None:
    """By ids, by names, everywhere; a name that does not exist is skipped with a warning."""
    zero = run_in()
    one = run_in(mlflow.create_experiment("one"))
    two = run_in(mlflow.create_experiment("two"))

    def found(**where: object) -> set[str]:
        return {run.info.run_id for run in mlflow.search_runs(output_format="list", **where)}  # type: ignore[arg-type,union-attr]

    assert found(experiment_ids=["0", "1"]) == {zero, one}
    assert found(experiment_ids="2") == {two}
    assert found(experiment_ids=np.array(["1", "two"])) == {one, two}
    assert found(experiment_names=["one", "two"]) == {one, two}
    assert found(search_all_experiments=True) == {zero, one, two}
    assert found(experiment_ids=[], experiment_names=[]) == {zero}
    with caplog.at_level(logging.WARNING):
        assert found(experiment_names=["nobody"]) == set()
    assert "Cannot retrieve experiment by name nobody" in caplog.text
    with pytest.raises(InvalidParameterValue, match="but not both"):
        found(experiment_ids=["0"], experiment_names=["one"])


def test_the_bin() -> None:
    """Deleted runs are found where one looks for them, until gc() empties the bin."""
    kept, gone = run_in(), run_in()
    mlflow.delete_run(gone)
    assert mlflow.search_runs()["run_id"].tolist() == [kept]
    assert mlflow.search_runs(run_view_type=ViewType.DELETED_ONLY)["run_id"].tolist() == [gone]
    assert len(mlflow.search_runs(run_view_type=ViewType.ALL)) == 2
    assert mlflow.gc(older_than="1h") == []
    assert mlflow.gc() == [gone]
    assert len(mlflow.search_runs(run_view_type=ViewType.ALL)) == 1
    assert [info.run_id for info in mlflow.list_run_infos("0")] == [kept]
