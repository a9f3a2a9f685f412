"""Logged models through the client: begin, finish, change, delete; metrics that are theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import (
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
)
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    MlflowException,
    ResourceDoesNotExist,
    StoreError,
)
from tests.fresh import finish, start
from tests.store.writers import count, end, fork, join

pytestmark = pytest.mark.usefixtures("fresh")

NONE = "m-" + "0" * 32


@pytest.fixture
def client() -> MltrackClient:
    """A client of a store that does not exist yet."""
    return MltrackClient("runs.duckdb")


@pytest.fixture
def run(client: MltrackClient) -> str:
    """The id of a run."""
    return client.create_run("0").info.run_id


def test_the_entities_are_mlflows() -> None:
    """Their fields by name, the numbers of the states, and what a dict of a model has."""
    model = LoggedModel("0", "m-1", "n", "/x", 1, 2)
    assert [name for name, _ in model] == (
        "artifact_location creation_timestamp experiment_id last_updated_timestamp metrics"
        " model_id model_type model_uri name params source_run_id status status_message tags"
    ).split()
    assert (model.to_dictionary()["status"], model.model_uri) == (2, "models:/m-1")
    assert repr(model).startswith("LoggedModel(artifact_location='/x', creation_timestamp=1,")
    assert [one.to_int() for one in LoggedModelStatus] == [0, 1, 2, 3]
    assert LoggedModelStatus.from_int(3) is LoggedModelStatus.FAILED
    assert str(LoggedModelStatus.READY) == "READY"
    with pytest.raises(InvalidParameterValue, match="Unknown model status: 4"):
        LoggedModelStatus.from_int(4)


# Birth and end ---------------------------------------------------------------------------------


def test_what_is_returned_is_what_is_stored(client: MltrackClient, run: str) -> None:
    """A new model with everything that can be said of one."""
    made = client.create_logged_model("0", "ridge", run, {"a": 1}, {"p": 0.5}, "regressor")
    assert client.get_logged_model(made.model_id) == made
    assert re.fullmatch("m-[0-9a-f]{32}", made.model_id)
    assert made.model_uri == f"models:/{made.model_id}"
    assert (made.name, made.source_run_id, made.model_type) == ("ridge", run, "regressor")
    assert (made.tags, made.params, made.metrics) == ({"a": "1"}, {"p": "0.5"}, [])
    assert made.status is LoggedModelStatus.PENDING


def test_a_model_without_a_run_or_a_name(client: MltrackClient, fresh: Path) -> None:
    """It gets a readable name and a folder of its own."""
    made = client.create_logged_model("0")
    assert re.fullmatch("[a-z]+-[a-z]+", made.name)
    assert made.artifact_location == f"{fresh}/runs.artifacts/0/models/{made.model_id}/artifacts"
    assert client.get_logged_model(made.model_id) == made


@pytest.mark.parametrize("place", ["file:///tmp/x", "memory://bucket/x", "relative"])
def test_a_model_where_the_experiment_keeps_its_files(client: MltrackClient, place: str) -> None:
    """Among the files of its run, or beside them."""
    experiment = client.create_experiment("e", place)
    run = client.create_run(experiment).info
    for of, folder in ((run.run_id, f"{run.run_id}/artifacts/m"), (None, "models/<id>/artifacts")):
        made = client.create_logged_model(experiment, "m", of)
        wanted = folder.replace("<id>", made.model_id)
        assert made.artifact_location == f"{place}/{wanted}"
        assert client.get_logged_model(made.model_id) == made


@pytest.mark.parametrize("status", ["FAILED", LoggedModelStatus.READY])
def test_the_end_of_a_model(client: MltrackClient, status: Any) -> None:
    """The model that is returned is the one that is stored."""
    made = client.create_logged_model("0", "m")
    ended = client.finalize_logged_model(made.model_id, status, status_message="so")
    assert (ended.status, ended.status_message) == (status, "so")
    assert client.get_logged_model(made.model_id) == ended
    assert ended.last_updated_timestamp >= made.creation_timestamp


def test_a_status_that_does_not_exist(client: MltrackClient) -> None:
    """It is refused as MLflow does, and nothing changes."""
    made = client.create_logged_model("0", "m")
    with pytest.raises(ValueError, match="'BAD' is not a valid LoggedModelStatus"):
        client.finalize_logged_model(made.model_id, "BAD")
    assert client.get_logged_model(made.model_id) == made


MISTAKES: list[tuple[Callable[[MltrackClient], object], type[MlflowException]]] = [
    (lambda c: c.create_logged_model("99", "m"), ResourceDoesNotExist),
    (lambda c: c.create_logged_model("0", "m", "f" * 32), ResourceDoesNotExist),
    (lambda c: c.create_logged_model("0", "m", tags={"a@": 1}), InvalidParameterValue),
    (lambda c: c.create_logged_model("0", "m", params={"p": "\ud800"}), InvalidParameterValue),
    (lambda c: c.create_logged_model("0", "m", artifact_path="m"), InvalidParameterValue),
    (lambda c: c.get_logged_model(NONE), ResourceDoesNotExist),
    (lambda c: c.get_logged_model(""), InvalidParameterValue),
    (lambda c: c.get_logged_model(None), InvalidParameterValue),
    (lambda c: c.finalize_logged_model(NONE, "READY"), ResourceDoesNotExist),
    (lambda c: c.delete_logged_model(NONE), ResourceDoesNotExist),
    (lambda c: c.set_logged_model_tags(NONE, {"a": 1}), ResourceDoesNotExist),
    (lambda c: c.log_model_params(NONE, {"a": 1}), ResourceDoesNotExist),
    (lambda c: c.list_logged_model_artifacts(NONE), ResourceDoesNotExist),
    (lambda c: c.download_logged_model(NONE), ResourceDoesNotExist),
]


def test_mistakes_leave_nothing(client: MltrackClient) -> None:
    """Each raises, and there is no model afterwards."""
    client.create_run("0")
    with client.store.reading():
        for call, error in MISTAKES:
            with pytest.raises(error):
                call(client)
    assert count(client.store, "base.logged_models") == 0


def test_a_deleted_run_makes_no_model(client: MltrackClient, run: str) -> None:
    """As it takes no metric."""
    client.delete_run(run)
    with pytest.raises(InvalidState, match="Current state is deleted"):
        client.create_logged_model("0", "m", run)
    assert client.search_logged_models("0") == []


# Names -----------------------------------------------------------------------------------------


def test_names_that_mlflow_refuses(client: MltrackClient) -> None:
    """With its words."""
    for name in ("", "a/b", "a:b", "a.b", "a%b", "a'b", 'a"b', ".", "..", 5):
        with pytest.raises(InvalidParameterValue, match="Invalid model name"):
            client.create_logged_model("0", name)  # type: ignore[arg-type]
    assert client.search_logged_models("0") == []


def test_names_that_are_no_folder(client: MltrackClient) -> None:
    """A name becomes a folder, with the id behind it if need be."""
    for name in ("a\nb", "a\\b", "x" * 250, "été\ud800", ".mltrack-passing-x", "../a", "/a", ""):
        with pytest.raises(InvalidParameterValue):
            client.create_logged_model("0", artifact_path=name)
    assert client.search_logged_models("0") == []


def test_names_that_are_kept(client: MltrackClient, run: str) -> None:
    """The folder among the files of the run has the name."""
    home = client.get_run(run).info.artifact_uri
    with client.store.reading():
        for name in ("model", "été 数", " ", "a-b_c", "x" * 200):
            made = client.create_logged_model("0", name, run)
            assert made.name == name
            assert made.artifact_location == f"{home}/{name}"


def test_a_path_as_mlflow_2_took_it(client: MltrackClient, run: str) -> None:
    """With dots and slashes, in its shortest spelling."""
    made = client.create_logged_model("0", source_run_id=run, artifact_path="a.b//c/")
    assert made.name == "a.b/c"
    assert made.artifact_location.endswith("/artifacts/a.b/c")
    assert client.logged_model_at(run, "a.b/c") is None  # not READY
    ready = client.finalize_logged_model(made.model_id, "READY")
    assert client.logged_model_at(run, "a.b/c") == ready


# Folders ---------------------------------------------------------------------------------------


def folder(model: LoggedModel) -> str:
    """Where a model lies among the files of its run."""
    return model.artifact_location.partition("/artifacts/")[2]


def test_no_two_models_share_a_folder(client: MltrackClient, run: str) -> None:
    """Also if the first was deleted and removed: its name stays taken in the run."""
    first = client.create_logged_model("0", "m", run)
    second = client.create_logged_model("0", "m", run)
    client.delete_logged_model(first.model_id)
    assert client.gc() == [first.model_id]
    third = client.create_logged_model("0", "m", run)
    assert [folder(one) for one in (first, second, third)] == [
        "m", f"m-{second.model_id}", f"m-{third.model_id}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [("m/a.txt", "m", "m-<id>"), ("m", "m", "m-<id>"), ("m", "m/a", "<id>"), ("mm/a", "m", "m")],
)
def test_files_of_the_run_are_not_overwritten(
    client: MltrackClient, run: str, there: str, wanted: str, found: str
) -> None:
    """A model goes beside them."""
    client.log_text(run, "x", there)
    made = client.create_logged_model("0", source_run_id=run, artifact_path=wanted)
    assert folder(made) == found.replace("<id>", made.model_id)


def test_files_that_nobody_noted(client: MltrackClient, run: str) -> None:
    """Somebody copied them into the run's folder by hand."""
    place = Path(client.get_run(run).info.artifact_uri) / "m"
    place.mkdir(parents=True)
    (place / "x").write_text("mine")
    made = client.create_logged_model("0", "m", run)
    assert folder(made) == f"m-{made.model_id}"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [("m", "m/a", "<id>"), ("m/a", "m", "m-<id>"), ("m/a", "m/b", "m/b")],
)
def test_no_model_lies_within_another(
    client: MltrackClient, run: str, first: str, second: str, found: str
) -> None:
    """Else the files of one would be files of the other."""
    client.create_logged_model("0", source_run_id=run, artifact_path=first)
    made = client.create_logged_model("0", source_run_id=run, artifact_path=second)
    assert folder(made) == found.replace("<id>", made.model_id)


def test_a_model_of_another_experiment_than_its_run(client: MltrackClient, run: str) -> None:
    """It lies in a folder of its own, and outlives the run."""
    other = client.create_experiment("other")
    made = client.create_logged_model(other, "m", run)
    assert made.artifact_location.endswith(f"/{other}/models/{made.model_id}/artifacts")
    client.delete_run(run)
    client.gc()
    assert client.get_logged_model(made.model_id).source_run_id == run


def test_processes_that_create_the_same_name_at_once(client: MltrackClient, run: str) -> None:
    """Three of them, one run: six models in six folders."""
    client.store.fold()

    def create() -> None:
        made = MltrackClient("runs.duckdb")
        for _ in range(2):
            made.create_logged_model("0", "model", run)

    join([fork(create) for _ in range(3)])
    found = client.search_logged_models("0")
    assert len({one.artifact_location for one in found}) == len(found) == 6
    assert sum(folder(one) == "model" for one in found) == 1


def test_nobody_waits_for_ever(client: MltrackClient, run: str) -> None:
    """If the store's lock cannot be had, the model gets a folder of its own."""
    client.store._lock._patience = 0.1
    child = start(
        """
        import sys
        from pathlib import Path
        from jupyter_mltrack.store import Store
        with Store(Path("runs.duckdb").absolute())._holding():
            print("held", flush=True)
            sys.stdin.read()
        """
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    made = client.create_logged_model("0", "m", run)
    client.store._lock._patience = 60
    child.communicate()
    assert made.artifact_location.endswith(f"models/{made.model_id}/artifacts")
    assert client.get_logged_model(made.model_id) == made


# Changes ---------------------------------------------------------------------------------------


def test_tags_of_a_model(client: MltrackClient) -> None:
    """The last value stays; what is not there cannot be removed."""
    made = client.create_logged_model("0", "m", tags={"a": 1, "b": 2}).model_id
    client.set_logged_model_tags(made, {"b": 3, "c": None})
    client.delete_logged_model_tag(made, "a")
    assert client.get_logged_model(made).tags == {"b": "3", "c": "None"}
    with pytest.raises(ResourceDoesNotExist, match="No tag with key 'a'"):
        client.delete_logged_model_tag(made, "a")


def test_params_of_a_model(client: MltrackClient) -> None:
    """The first value stays: another one is refused, and with it the whole call."""
    made = client.create_logged_model("0", "m", params={"a": 1}).model_id
    client.log_model_params(made, {"a": "1", "b": 2})
    with pytest.raises(InvalidParameterValue, match="Changing param values is not allowed"):
        client.log_model_params(made, {"c": 3, "b": "x"})
    assert client.get_logged_model(made).params == {"a": "1", "b": "2"}


def test_credentials_are_masked(client: MltrackClient) -> None:
    """As in the tags and params of runs."""
    made = client.create_logged_model("0", "m", tags={"api_key": "sk-" + "a1B2" * 12})
    assert "a1B2" not in made.tags["api_key"]
    assert client.get_logged_model(made.model_id).tags == made.tags


def test_a_deleted_model(client: MltrackClient) -> None:
    """It is found by nobody; its files go with the bin."""
    made = client.create_logged_model("0", "m").model_id
    client.delete_logged_model(made)
    assert client.search_logged_models("0") == []
    for call in (client.get_logged_model, client.delete_logged_model):
        with pytest.raises(ResourceDoesNotExist):
            call(made)
    with pytest.raises(ResourceDoesNotExist):
        client.set_logged_model_tags(made, {"a": 1})


# Metrics ---------------------------------------------------------------------------------------


def test_a_metric_of_a_model_is_one_of_the_run_too(client: MltrackClient, run: str) -> None:
    """The model has the latest of each metric and dataset; the run has all of them."""
    made = client.create_logged_model("0", "m", run).model_id
    client.log_metric(run, "acc", 0.5, step=1, model_id=made)
    client.log_metric(run, "acc", 0.7, step=2, model_id=made)
    client.log_metric(run, "acc", 0.6, 9, 2, dataset_name="d", dataset_digest="x", model_id=made)
    client.log_metric(run, "acc", 0.1, step=3, dataset_name="e", dataset_digest="y")
    found = client.get_logged_model(made).metrics
    assert [(one.value, one.step, one.dataset_name, one.run_id) for one in found] == [
        (0.6, 2, "d", run), (0.7, 2, None, run),
    ]  # fmt: skip
    assert found[0] == Metric("acc", 0.6, 9, 2, made, "d", "x", run)
    history = client.get_metric_history(run, "acc")
    assert [(one.value, one.dataset_name, one.dataset_digest) for one in history] == [
        (0.5, None, None), (0.7, None, None), (0.6, "d", "x"), (0.1, "e", "y"),
    ]  # fmt: skip
    assert count(client.store, "logged_model_metrics") == 3
    assert client.get_run(run).data.metrics == {"acc": 0.1}


def test_odd_values_of_a_model(client: MltrackClient, run: str) -> None:
    """They come back as they were logged, in a batch too."""
    values = {"a": float("nan"), "b": float("inf"), "c": -0.0, "d": 5e-324}
    made = client.create_logged_model("0", "m", run).model_id
    client.log_batch(run, [Metric(k, value, 1, 2**63 - 1, made) for k, value in values.items()])
    found = client.get_logged_model(made).metrics
    assert {one.key: repr(one.value) for one in found} == {k: repr(v) for k, v in values.items()}
    assert {one.step for one in found} == {2**63 - 1}


def test_metrics_that_cannot_be(client: MltrackClient, run: str) -> None:
    """Of no model, or on half a dataset; nothing of the batch is kept."""
    with pytest.raises(ResourceDoesNotExist, match="not found"):
        client.log_metric(run, "a", 1, model_id=NONE)
    with pytest.raises(InvalidParameterValue, match="Both dataset_name and dataset_digest"):
        client.log_metric(run, "a", 1, dataset_name="d")
    with pytest.raises(ResourceDoesNotExist):
        client.log_batch(run, [Metric("a", 1, 1, 1), Metric("a", 1, 1, 1, NONE)])
    assert count(client.store) == 0


def test_an_ordinary_metric_costs_not_one_byte_more(client: MltrackClient, run: str) -> None:
    """Its line has the fields that it had before there were models."""
    client.log_metric(run, "a", 1.5, step=3)
    (journal,) = client.store.folder.glob("*.ndjson")
    line = journal.read_bytes().splitlines()[-1]
    assert re.fullmatch(
        rb'\{"op":"metric","run":"\w{32}","key":"a","value":1.5,"step":3,'
        rb'"v":\d+,"j":"\w{12}","q":\d+,"t":[\d.]+,"c":\d+\}',
        line,
    )


# Uses ------------------------------------------------------------------------------------------


def test_models_that_a_run_makes_and_uses(client: MltrackClient, run: str) -> None:
    """Each once, with the step that was said first."""
    made, used = (client.create_logged_model("0", name, run).model_id for name in ("a", "b"))
    client.log_outputs(run, [LoggedModelOutput(made, 3)])
    client.log_outputs(run, [LoggedModelOutput(made, 5)])
    client.log_inputs(run, models=[LoggedModelInput(used)])
    found = client.get_run(run)
    assert found.outputs.model_outputs == [LoggedModelOutput(made, 3)]
    assert found.inputs.model_inputs == [LoggedModelInput(used)]
    said = found.to_dictionary()
    assert said["outputs"] == {"model_outputs": [{"model_id": made, "step": 3}]}
    assert said["inputs"]["model_inputs"] == [{"model_id": used}]


def test_a_model_that_is_not_there_is_not_used(client: MltrackClient, run: str) -> None:
    """Nothing of the call is kept."""
    made = client.create_logged_model("0", "a", run).model_id
    with pytest.raises(ResourceDoesNotExist):
        client.log_outputs(run, [LoggedModelOutput(made, 0), LoggedModelOutput(NONE, 0)])
    with pytest.raises(ResourceDoesNotExist):
        client.log_inputs(run, models=[LoggedModelInput(made), LoggedModelInput(NONE)])
    assert count(client.store, "run_models") == 0


# The bin ---------------------------------------------------------------------------------------


def test_a_purged_run_takes_its_models_along(client: MltrackClient, run: str) -> None:
    """With their metrics and uses; those of other runs stay."""
    gone = client.create_logged_model("0", "m", run).model_id
    client.log_metric(run, "a", 1, model_id=gone)
    other = client.create_run("0").info.run_id
    stays = client.create_logged_model("0", "m", other).model_id
    client.log_outputs(other, [LoggedModelOutput(stays, 0), LoggedModelOutput(gone, 0)])
    client.delete_run(run)
    assert client.get_logged_model(gone).model_id == gone  # the run is only in the bin
    assert client.gc() == [run]
    assert [one.model_id for one in client.search_logged_models("0")] == [stays]
    assert count(client.store, "logged_model_metrics") == 0
    assert client.get_run(other).outputs.model_outputs == [LoggedModelOutput(stays, 0)]


def test_the_bin_is_emptied_of_models(client: MltrackClient, run: str) -> None:
    """Their files go, in their own folders and among those of a run; by name, or all."""
    mine, own, kept = (
        client.create_logged_model("0", "m", of).model_id for of in (run, None, None)
    )
    for model in (mine, own, kept):
        Path("x").write_text(model)
        client.log_model_artifact(model, "x")
        client.finalize_logged_model(model, "READY")
    client.log_text(run, "mine", "other.txt")
    places = [Path(client.get_logged_model(one).artifact_location) for one in (mine, own, kept)]
    for model in (mine, own):
        client.delete_logged_model(model)
    assert client.gc(older_than="1h") == []
    assert client.gc(logged_model_ids=[mine]) == [mine]
    assert client.gc(run_ids=[]) == []
    assert client.gc() == [own]
    assert [place.exists() for place in places] == [False, False, True]
    assert client.store.rows("SELECT path FROM artifacts") == [("other.txt",)]
    client.store.rebuild()
    assert [one.model_id for one in client.search_logged_models("0")] == [kept]


def test_a_model_that_is_not_in_the_bin_stays(client: MltrackClient) -> None:
    """The call removes nothing at all."""
    made = client.create_logged_model("0", "m").model_id
    with pytest.raises(InvalidParameterValue, match=r"delete_logged_model"):
        client.gc(logged_model_ids=[made])
    assert client.get_logged_model(made).model_id == made


# Processes that die ----------------------------------------------------------------------------


def test_a_model_whose_process_died_is_failed(client: MltrackClient, run: str) -> None:
    """Killed between the first file and the end; it cannot be loaded, and says why."""

    def log_half() -> None:
        made = MltrackClient("runs.duckdb").create_logged_model("0", "half", run)
        Path("MLmodel").write_text("half")
        MltrackClient("runs.duckdb").log_model_artifact(made.model_id, "MLmodel")
        import os

        os.kill(os.getpid(), 9)

    assert end(fork(log_half)) == -9
    (found,) = client.search_logged_models("0")
    assert found.status is LoggedModelStatus.FAILED
    assert found.status_message == "The process that logged it ended before it was complete."
    assert client.logged_model_at(run, "half") is None
    with pytest.raises(InvalidState, match="is FAILED"):
        client.download_logged_model(found.model_id)


def test_another_process_may_finish_a_model(client: MltrackClient) -> None:
    """As a run that is resumed: what is said last counts."""

    def begin() -> None:
        MltrackClient("runs.duckdb").create_logged_model("0", "m")

    join([fork(begin)])
    (found,) = client.search_logged_models("0", "status = 'failed'")
    assert client.finalize_logged_model(found.model_id, "READY").status == "READY"
    assert client.search_logged_models("0", "status = 'ready'")[0].model_id == found.model_id


def test_a_model_of_a_living_process_is_pending(client: MltrackClient, run: str) -> None:
    """Whoever looks."""
    made = client.create_logged_model("0", "m", run)

    def look() -> None:
        (found,) = MltrackClient("runs.duckdb").search_logged_models("0")
        assert found.status == "PENDING"

    join([fork(look)])
    assert client.get_logged_model(made.model_id).status == "PENDING"


FULL_DISK = """
    import resource, signal
    from pathlib import Path
    from jupyter_mltrack import MlflowClient
    from jupyter_mltrack.entities import LoggedModelOutput
    from jupyter_mltrack.errors import StoreError
    client = MlflowClient("WHERE")
    run = client.create_run("0").info.run_id
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    Path("MLmodel").write_text("x" * 5000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
    model = client.create_logged_model("0", "m", run, {"k": "v" * 3000}).model_id
    try:
        client.log_model_artifact(model, "MLmodel")
    except StoreError:
        found = client.finalize_logged_model(model, "FAILED", status_message="no space")
        client.log_outputs(run, [LoggedModelOutput(model, 0)])
        client.set_logged_model_tags(model, {"a": 1})
        print(found.status, found.name)
"""


@pytest.mark.parametrize("where", ["runs.duckdb", "/proc/nowhere/runs.duckdb"])
def test_a_full_disk_does_not_stop_the_training(where: str) -> None:
    """The files are refused, and so is what is said of the model; it ends nonetheless."""
    code, out, errors = finish(FULL_DISK.replace("WHERE", where))
    assert (code, out) == (0, "FAILED m\n"), errors


def test_the_disk_refuses_the_files(client: MltrackClient, run: str) -> None:
    """The caller is told: a model that lost a file must not become READY."""
    made = client.create_logged_model("0", "m", run)
    Path(made.artifact_location).parent.mkdir(parents=True)
    Path(made.artifact_location).write_text("in the way")
    Path("x").write_text("x")
    with pytest.raises((StoreError, InvalidParameterValue), match="Cannot write"):
        client.log_model_artifact(made.model_id, "x")
