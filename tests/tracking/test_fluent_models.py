"""The functions for logged models, and the model that metrics are logged with."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pandas as pd
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import LoggedModel, LoggedModelInput, LoggedModelOutput
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.tracking import fluent
from tests.store.writers import fork, join

pytestmark = pytest.mark.usefixtures("fresh")


def measured(model: LoggedModel) -> list[str]:
    """The names of a model's metrics."""
    return [metric.key for metric in fluent.get_logged_model(model.model_id).metrics]


def test_a_model_of_the_active_run() -> None:
    """It is in the run's experiment and says who made it."""
    mlflow.set_experiment("trees")
    with mlflow.start_run() as run:
        made = fluent.initialize_logged_model("oak", tags={"k": "v"}, params={"p": "1"})
    assert made.experiment_id == run.info.experiment_id
    assert made.source_run_id == run.info.run_id
    assert made.tags.items() >= {"k": "v", "mlflow.source.type": "LOCAL"}.items()
    assert fluent.last_logged_model() == fluent.get_logged_model(made.model_id)
    assert fluent.finalize_logged_model(made.model_id, "READY").status == "READY"


def test_a_model_without_a_run() -> None:
    """It is in the active experiment; no run is started."""
    assert fluent.last_logged_model() is None
    experiment = mlflow.set_experiment("trees")
    made = fluent.create_external_model("endpoint", model_type="agent")
    assert (made.experiment_id, made.source_run_id) == (experiment.experiment_id, None)
    assert (made.status, made.tags["mlflow.model.isExternal"]) == ("READY", "true")
    assert mlflow.active_run() is None


def test_tags_and_params() -> None:
    """Of any model by id, params also of the active one."""
    made = fluent.initialize_logged_model("m").model_id
    fluent.set_logged_model_tags(made, {"a": 1, "b": 2})
    fluent.delete_logged_model_tag(made, "a")
    with pytest.raises(InvalidParameterValue, match="No model is active"):
        fluent.log_model_params({"p": "1"})
    with fluent.set_active_model(model_id=made):
        fluent.log_model_params({"p": "1"})
    found = fluent.get_logged_model(made)
    assert found.params == {"p": "1"}
    assert found.tags.items() >= {"b": "2"}.items()
    assert "a" not in found.tags


def test_the_active_model_has_the_metrics() -> None:
    """In the block, and until it is cleared; the run uses it then."""
    first, second = (fluent.initialize_logged_model(name) for name in "ab")
    with mlflow.start_run() as run:
        fluent.set_active_model(name="a")
        mlflow.log_metric("one", 1)
        with fluent.set_active_model(model_id=second.model_id) as active:
            assert fluent.get_active_model_id() == active.model_id == second.model_id
            mlflow.log_metrics({"two": 2, "three": 3})
        mlflow.log_metric("four", 4)
        fluent.clear_active_model()
        mlflow.log_metric("five", 5)
    assert (measured(first), measured(second)) == (["four", "one"], ["three", "two"])
    assert fluent.get_active_model_id() is None
    used = mlflow.get_run(run.info.run_id).inputs.model_inputs
    assert used == [LoggedModelInput(first.model_id), LoggedModelInput(second.model_id)]


def test_a_model_that_is_not_there_becomes_active() -> None:
    """By name it is made, by id it must exist."""
    active = fluent.set_active_model(name="agent")
    assert (active.name, active.status) == ("agent", "READY")
    assert fluent.set_active_model(name="agent").model_id == active.model_id
    for wrong in ({}, {"model_id": active.model_id, "name": "other"}):
        with pytest.raises(InvalidParameterValue):
            fluent.set_active_model(**wrong)
    with pytest.raises(ResourceDoesNotExist):
        fluent.set_active_model(model_id="m-" + "0" * 32)
    assert fluent.get_active_model_id() == active.model_id


def test_threads_tasks_and_children_have_an_active_model_of_their_own() -> None:
    """They begin with the foreground's, and what they choose is theirs."""
    first, second = (fluent.initialize_logged_model(name).model_id for name in "ab")
    fluent.set_active_model(model_id=first)
    seen: list[str | None] = []

    def choose() -> None:
        seen.append(fluent.get_active_model_id())
        fluent.set_active_model(model_id=second)
        seen.append(fluent.get_active_model_id())

    async def in_a_task() -> None:
        choose()

    thread = threading.Thread(target=choose)
    thread.start()
    thread.join()
    asyncio.run(in_a_task())
    assert seen == [first, second] * 2
    join([fork(choose)])
    assert fluent.get_active_model_id() == first


def test_metrics_of_the_step_at_which_a_model_was_made() -> None:
    """They are the model's, as in MLflow; those of other steps and of other runs are not."""
    with mlflow.start_run() as run:
        made = fluent.initialize_logged_model("m")
        fluent.log_outputs([LoggedModelOutput(made.model_id, 3)])
        mlflow.log_metric("a", 1, step=3)
        mlflow.log_metrics({"b": 1}, step=3)
        mlflow.log_metric("c", 1)
    with mlflow.start_run():
        mlflow.log_metric("d", 1, step=3)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("e", 1, step=3)
    assert measured(made) == ["a", "b", "e"]
    found = mlflow.get_run(run.info.run_id)
    assert found.outputs.model_outputs == [LoggedModelOutput(made.model_id, 3)]
    assert found.inputs.model_inputs == []


def test_a_dataset_of_a_metric_is_an_input_once() -> None:
    """The point carries its name and digest; the run lists it."""
    data = mlflow.data.from_pandas(pd.DataFrame({"x": [1]}), name="test")
    made = fluent.initialize_logged_model("m")
    with mlflow.start_run() as run:
        for step in range(3):
            mlflow.log_metric("a", step, step, dataset=data, model_id=made.model_id)
        mlflow.log_metrics({"b": 1}, dataset=data)
    (point,) = fluent.get_logged_model(made.model_id).metrics
    assert (point.value, point.dataset_name, point.dataset_digest) == (2, "test", data.digest)
    inputs = mlflow.get_run(run.info.run_id).inputs
    assert [one.dataset.name for one in inputs.dataset_inputs] == ["test"]
    assert inputs.model_inputs == [LoggedModelInput(made.model_id)]


def test_log_input_takes_models() -> None:
    """With a dataset or without."""
    made = fluent.initialize_logged_model("m")
    with mlflow.start_run() as run:
        mlflow.log_input(model=LoggedModelInput(made.model_id))
    found = mlflow.get_run(run.info.run_id).inputs
    assert found.model_inputs == [LoggedModelInput(made.model_id)]


def test_the_frame_has_mlflows_columns() -> None:
    """In their order, also if nothing is found; a list has the models."""
    made = [fluent.initialize_logged_model(name, params={"p": "1"}) for name in "ab"]
    frame = fluent.search_logged_models(filter_string="params.p = 1")
    assert isinstance(frame, pd.DataFrame)
    assert (
        list(frame.columns)
        == (
            "artifact_location creation_timestamp experiment_id last_updated_timestamp metrics"
            " model_id model_type name params source_run_id status status_message tags"
        ).split()
    )
    assert list(frame["model_id"]) == [one.model_id for one in reversed(made)]
    assert (frame["status"] == "PENDING").all()
    nothing = fluent.search_logged_models(filter_string="name = 'c'")
    assert list(nothing.columns) == list(frame.columns)
    found = fluent.search_logged_models(max_results=1, output_format="list")
    assert found == [fluent.get_logged_model(made[1].model_id)]
    with pytest.raises(InvalidParameterValue, match="Unsupported output format: 'x'"):
        fluent.search_logged_models(output_format="x")  # type: ignore[arg-type]


def test_artifacts_by_uri() -> None:
    """By id; by run and name the newest that is READY, else the folder of the run."""
    Path("MLmodel").write_text("one")
    with mlflow.start_run() as run:
        made = [fluent.initialize_logged_model("m") for _ in range(3)]
        for one, text in zip(made, ("one", "two", "three"), strict=True):
            Path("MLmodel").write_text(text)
            mlflow.MlflowClient().log_model_artifact(one.model_id, "MLmodel")
    uri = f"runs:/{run.info.run_id}/m/MLmodel"
    assert mlflow.artifacts.load_text(uri) == "one"  # none is READY
    for one in made[:2]:
        fluent.finalize_logged_model(one.model_id, "READY")
    assert mlflow.artifacts.load_text(uri) == "two"
    assert mlflow.artifacts.load_text(f"{made[0].model_uri}/MLmodel") == "one"
    (listed,) = mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}/m")
    assert listed.path == "m/MLmodel"
    (listed,) = mlflow.artifacts.list_artifacts(made[1].model_uri)
    assert listed.path == "MLmodel"


def test_to_choose_a_model_by_a_hostile_name() -> None:
    """A name is a value, never a part of a filter."""
    with pytest.raises(InvalidParameterValue, match="Invalid model name"):
        fluent.set_active_model(name="x' OR name = 'y")
    assert fluent.search_logged_models(output_format="list") == []
