"""Finding runs: MLflow's filters, order, views and pages, on one store."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import Dataset, DatasetInput, InputTag, ViewType
from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue, MlflowException
from jupyter_mltrack.tracking import active

#: name: (status, metrics, params, tags); started one second after another.
RUNS: dict[str, tuple[str, dict[str, float], dict[str, Any], dict[str, Any]]] = {
    "ant": ("FINISHED", {"rmse": 6.5, "top-5 acc": 0.9}, {"lr": "0.01"}, {"owner": "me", "a.b": 1}),
    "bee": ("FINISHED", {"rmse": 0.4}, {"lr": "0.1", "model": "Ridge"}, {"owner": "you"}),
    "cat": ("FAILED", {"rmse": math.nan}, {"lr": "10", "model": "ridge"}, {}),
    "dog": ("RUNNING", {}, {"lr": "9", "train path": "a b"}, {"owner": "it's"}),
    "eel": ("KILLED", {"rmse": math.inf}, {}, {"owner": "me"}),
}
START = 1_700_000_000_000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MltrackClient]:
    """A client of a store with the five runs, one in the bin, and one in another experiment."""
    client = MltrackClient(str(tmp_path_factory.mktemp("search") / "runs.duckdb"))
    for n, (name, (status, metrics, params, tags)) in enumerate(RUNS.items()):
        run = client.create_run("0", START + n * 1000, {**tags, "mlflow.user": "ann"}, name)
        log(client, run.info.run_id, metrics, params)
        if status != "RUNNING":
            client.set_terminated(run.info.run_id, status, START + 10_000)
    fox = client.create_run("0", START + 9000, run_name="fox").info.run_id
    client.delete_run(fox)
    client.create_run(client.create_experiment("other"), START - 1000, run_name="gnu")
    yield client
    active.forget_store(client.store.path)


def log(client: MltrackClient, run: str, metrics: dict[str, float], params: dict[str, Any]) -> None:
    """Log what a run of the table has; every metric was better, or worse, before."""
    client.log_params(run, params)
    for key, value in metrics.items():
        client.log_metric(run, key, -1.0, step=0)
        client.log_metric(run, key, value, step=1)
    data = Dataset(f"data-{len(params)}", "d1", "local", "{}")
    client.log_inputs(run, [DatasetInput(data, [InputTag("mlflow.data.context", "train")])])


def names(client: MltrackClient, filter_string: str = "", **search: Any) -> str:
    """The first letters of the names of the runs that are found, in order."""
    found = client.search_runs(search.pop("ids", "0"), filter_string, **search)
    return "".join(run.info.run_name[0] for run in found)


FILTERS = [
    ("", "edcba"),
    ("metrics.rmse < 7", "ba"),
    ("metric.rmse<=6.5", "ba"),
    ("metrics.rmse > .70", "ea"),
    ("metrics.rmse >= 4e-1 and metrics.rmse != 6.5", "eb"),
    ("metrics.rmse = 0.4", "b"),
    ("metrics.rmse != 0.4", "eca"),
    ("metrics.rmse > -1", "eba"),
    ("metrics.`top-5 acc` > 0.8", "a"),
    ('metrics."top-5 acc" > 0.8', "a"),
    ("metrics.nothing > 0", ""),
    ("params.lr = '0.1'", "b"),
    ('parameters.lr != "0.1"', "dca"),
    ("param.model LIKE 'R%'", "b"),
    ("params.model ilike 'r%'", "cb"),
    ("params.model IS NULL", "eda"),
    ("params.model IS NOT NULL", "cb"),
    ("params.`train path` = 'a b'", "d"),
    ("tags.owner = 'me'", "ea"),
    ("tag.owner != 'me'", "db"),
    ('tags.owner = "it\'s"', "d"),
    ("tags.a.b = '1'", "a"),
    ("tags.mlflow.runName = 'bee'", "b"),
    ("tags.owner IS NULL", "c"),
    ("attributes.status = 'FINISHED'", "ba"),
    ("status = 'finished'", "ba"),
    ("attr.run_name LIKE '%e%'", "eb"),
    ("run.`Run name` = 'cat'", "c"),
    ("user_id = 'ann' AND status != 'RUNNING'", "ecba"),
    (f"start_time >= {START + 3000}", "ed"),
    (f"attributes.end_time = {START + 10_000}", "ecba"),
    ("dataset.name = 'data-2'", "dcb"),
    ("datasets.digest LIKE 'd%' AND dataset.context = 'train' AND metrics.rmse < 1", "b"),
    ("metrics.rmse < 7 AND params.lr = '0.01' AND tags.owner = 'me'", "a"),
]


@pytest.mark.parametrize(("filter_string", "expected"), FILTERS)
def test_a_filter_finds(client: MltrackClient, filter_string: str, expected: str) -> None:
    """The newest first; a run that lacks the key is never found, with != neither."""
    assert names(client, filter_string) == expected


@pytest.mark.parametrize(
    "filter_string",
    [
        "metrics.rmse > '7'",
        "params.lr > '0.1'",
        "metrics.rmse == 1",
        "rmse <",
        "nonsense = 'a'",
        "attributes.colour = 'red'",
        "status = 'FINISHED'; DROP TABLE runs",
        "params.a = params.b",
        "metrics.rmse < nan",
        "   ",
    ],
)
def test_a_filter_that_does_not_parse(client: MltrackClient, filter_string: str) -> None:
    """The error is MLflow's, and a caret stands where the trouble begins."""
    with pytest.raises(FilterSyntaxError) as caught:
        client.search_runs(["0"], filter_string)
    assert isinstance(caught.value, MlflowException)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    assert str(caught.value).endswith("^")


def test_ids_in_a_list(client: MltrackClient) -> None:
    """`run_id IN (...)` is how several runs are fetched at once."""
    ids = [run.info.run_id for run in client.search_runs("0", "metrics.rmse < 7")]
    assert names(client, f"run_id IN ('{ids[0]}', '{ids[1]}', 'none')") == "ba"
    assert names(client, f"attributes.run_id NOT IN ('{ids[0]}')") == "edca"


ORDERS = [
    (["metrics.rmse"], "baecd"),
    (["metrics.rmse DESC"], "eabcd"),
    (["params.lr ASC"], "abdce"),
    (["params.lr DESC"], "cdbae"),
    (["params.model desc", "start_time ASC"], "cbade"),
    (["tags.owner", "attributes.start_time"], "daebc"),
    (["run_name DESC"], "edcba"),
    (["start_time"], "abcde"),
    (["attribute.status", "start_time DESC"], "cbaed"),
    (["metrics.`top-5 acc` DESC"], "aedcb"),
    (["metrics.unknown"], "edcba"),
    ([], "edcba"),
]


@pytest.mark.parametrize(("order_by", "expected"), ORDERS)
def test_an_order(client: MltrackClient, order_by: list[str], expected: str) -> None:
    """NaN after the numbers, what is missing last; numbers in params by size; the newest first."""
    assert names(client, order_by=order_by) == expected


def test_an_order_that_makes_no_sense(client: MltrackClient) -> None:
    """Twice the same field, no field, more than one in a clause; a string alone is one clause."""
    for wrong in (["metrics.a", "metrics.a DESC"], ["nonsense"], ["start_time, run_id"], [""]):
        with pytest.raises(InvalidParameterValue):
            client.search_runs(["0"], order_by=wrong)
    assert names(client, order_by="start_time") == "abcde"


def test_views(client: MltrackClient) -> None:
    """Active, deleted or all runs."""
    assert names(client, run_view_type=ViewType.ACTIVE_ONLY) == "edcba"
    assert names(client, run_view_type=ViewType.DELETED_ONLY) == "f"
    assert names(client, run_view_type=ViewType.ALL) == "fedcba"
    with pytest.raises(InvalidParameterValue, match="no view"):
        client.search_runs("0", run_view_type=7)


def test_where_to_look(client: MltrackClient) -> None:
    """Ids and names, one or several; one string is one experiment and not its characters."""
    assert names(client, ids="1") == "g"
    assert names(client, ids=["other"]) == "g"
    assert names(client, ids=["Default", "1"]) == "edcbag"
    assert names(client, ids="01") == ""
    assert names(client, ids=1) == "g"
    assert names(client, ids=("nobody",)) == ""
    assert names(client, ids=[]) == ""


def test_pages(client: MltrackClient) -> None:
    """Pages follow one another without a gap; the last has no token."""
    found, token = [], None
    while True:
        page = client.search_runs(["0"], max_results=2, page_token=token)
        found.append("".join(run.info.run_name[0] for run in page))
        token = page.token
        if not token:
            break
    assert found == ["ed", "cb", "a"]
    assert page.to_list() == list(page)
    with pytest.raises(InvalidParameterValue, match="page token"):
        client.search_runs(["0"], page_token="three")  # noqa: S106  (of a page)


@pytest.mark.parametrize("size", [0, -1, 50_001, None])
def test_the_size_of_a_page_has_limits(client: MltrackClient, size: Any) -> None:
    """The messages are MLflow's."""
    with pytest.raises(
        InvalidParameterValue, match=r"Invalid value .* for parameter 'max_results'"
    ):
        client.search_runs(["0"], max_results=size)
    assert len(client.search_runs(["0"], max_results=50_000)) == 5


def test_what_is_found_is_whole(client: MltrackClient) -> None:
    """A run from a search is the run that `get_run` gives."""
    for run in client.search_runs("0", "metrics.rmse < 7 AND run_name = 'ant'"):
        assert run == client.get_run(run.info.run_id)
        assert run.data.metrics == {"rmse": 6.5, "top-5 acc": 0.9}
        assert run.inputs.dataset_inputs[0].dataset.name == "data-1"
        assert dict(run)["info"] is run.info
