"""The search of logged models: the filter language, datasets, order, pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue
from jupyter_mltrack.tracking import active


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MltrackClient]:
    """Four models in one store, and one of another experiment.

    ====  =======  ==========  ==================================  =====
    name  status   params      metrics (dataset: value)            tags
    ====  =======  ==========  ==================================  =====
    a     READY    alpha 0.1   acc: 0.5; train/1: 0.9; test/2: 0.7  team x
    b     READY    alpha 9     acc: 0.8; test/3: 0.6
    c     FAILED   alpha 10    acc: NaN
    d     PENDING
    ====  =======  ==========  ==================================  =====
    """
    path = tmp_path_factory.mktemp("models") / "m.duckdb"
    client = MltrackClient(str(path))
    run = client.create_run("0").info.run_id
    a, b, c, _ = (client.create_logged_model("0", name, run).model_id for name in "abcd")
    for model, alpha in ((a, 0.1), (b, 9), (c, 10)):
        client.log_model_params(model, {"alpha": alpha})
    client.set_logged_model_tags(a, {"team": "x"})
    points = [
        (a, 0.5, None), (a, 0.9, ("train", "1")), (a, 0.7, ("test", "2")),
        (b, 0.8, None), (b, 0.6, ("test", "3")), (c, float("nan"), None),
    ]  # fmt: skip
    for step, (model, value, dataset) in enumerate(points):
        name, digest = dataset or (None, None)
        client.log_metric(run, "acc", value, step, step, None, name, digest, model)
    for model, status in ((a, "READY"), (b, "READY"), (c, "FAILED")):
        client.finalize_logged_model(model, status)
    other = client.create_experiment("other")
    client.create_logged_model(other, "elsewhere", model_type="clf")
    yield client
    active.forget_store(path)


def names(found: list[Any]) -> str:
    """The names of models, in order."""
    return "".join(model.name for model in found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "abcd"),
        ("name = 'a'", "a"),
        ("attributes.name != 'a' AND status = 'READY'", "b"),
        ("status IN ('failed', 'PENDING')", "cd"),
        ("name LIKE 'A%' OR name ILIKE 'B%'", "b"),
        ("metrics.acc > 0.55", "ab"),
        ("metrics.acc.min < 0.6", "a"),
        ("metrics.acc != 0", "abc"),
        ("metrics.acc IS NULL", "d"),
        ("params.alpha BETWEEN 1 AND 10", "bc"),
        ("params.alpha = '9'", "b"),
        ("NOT tags.team = 'x'", "bcd"),
        ("tags.team RLIKE '^x$'", "a"),
        ("creation_time > 'today' AND last_updated_timestamp >= 1", "abcd"),
        ("creation_timestamp < 5", ""),
        ("model_type IS NULL AND experiment.name = 'Default'", "abcd"),
        ("model_id LIKE 'm-%' AND source_run_id IS NOT NULL", "abcd"),
        ("artifact_location LIKE '%/artifacts/b'", "b"),
    ],
)
def test_the_filter_language(client: MltrackClient, text: str, wanted: str) -> None:
    """Whatever can be asked of runs can be asked of models."""
    assert "".join(sorted(names(client.search_logged_models("0", text)))) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nam = 'a'", "did you mean 'name'"),
        ("lifecycle_stage = 'deleted'", "Unknown attribute"),
        ("dataset.name = 'a'", "Unknown prefix 'dataset' in a search of logged models"),
        ("metrics.acc > 'x'", "a number without quotes"),
        ("name = 'a' ORDER BY name", "AND, OR or the end"),
        (" ", "blank"),
    ],
)
def test_filters_that_do_not_parse(client: MltrackClient, text: str, message: str) -> None:
    """The error has a caret."""
    with pytest.raises(FilterSyntaxError, match=message) as caught:
        client.search_logged_models("0", text)
    assert "^" in str(caught.value)


@pytest.mark.parametrize(
    ("datasets", "text", "wanted"),
    [
        ([{"dataset_name": "test"}], "", "ab"),
        ([{"dataset_name": "test"}], "metrics.acc > 0.65", "a"),
        ([{"dataset_name": "test", "dataset_digest": "3"}], "", "b"),
        ([{"dataset_name": "train"}, {"dataset_name": "test"}], "metrics.acc.max > 0.8", "a"),
        ([{"dataset_name": "test", "dataset_digest": "9"}], "", ""),
        ([{"dataset_name": "' OR 1=1 --"}], "", ""),
    ],
)
def test_metrics_on_datasets(
    client: MltrackClient, datasets: list[dict[str, str]], text: str, wanted: str
) -> None:
    """Only these points count, and only models that have one are found."""
    found = client.search_logged_models("0", text, datasets)
    assert "".join(sorted(names(found))) == wanted


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (None, "dcba"),
        ([{"field_name": "name"}], "abcd"),
        ([{"field_name": "name", "ascending": False}], "dcba"),
        ([{"field_name": "metrics.acc"}], "bacd"),
        ([{"field_name": "metrics.acc.max", "ascending": False}], "abdc"),
        ([{"field_name": "metrics.acc", "dataset_name": "test"}], "badc"),
        ([{"field_name": "metrics.acc", "dataset_name": "test", "dataset_digest": "2"}], "adcb"),
        ([{"field_name": "metrics.acc.count", "dataset_name": "train"}], "adcb"),
        ([{"field_name": "params.alpha"}], "abcd"),
        ([{"field_name": "status"}, {"field_name": "creation_time", "ascending": False}], "cdba"),
    ],
)
def test_the_order(client: MltrackClient, order: Any, wanted: str) -> None:
    """What is missing comes last, after NaN; then come the newest first."""
    assert names(client.search_logged_models("0", order_by=order)) == wanted


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"order_by": ["name"]}, "`order_by` must be a list of dictionaries"),
        ({"order_by": "name"}, "`order_by` must be a list of dictionaries"),
        ({"order_by": [{"field": "name"}]}, "`field_name` in the `order_by` clause"),
        ({"order_by": [{"field_name": "name DESC"}]}, "the end of the field"),
        ({"order_by": [{"field_name": "nope"}]}, "Unknown attribute"),
        ({"order_by": [{"field_name": "name", "asc": True}]}, "mean nothing in `order_by`"),
        (
            {"order_by": [{"field_name": "metrics.a", "dataset_digest": "x"}]},
            "`dataset_digest` can only be specified if `dataset_name`",
        ),
        ({"order_by": [{"field_name": "name", "dataset_name": "x"}]}, "Only a metric has a"),
        ({"datasets": [{"dataset_digest": "x"}]}, "`dataset_name` in the `datasets` clause"),
        ({"datasets": ["x"]}, "`dataset_name` in the `datasets` clause"),
        ({"datasets": [{"dataset_name": "x", "y": "z"}]}, "mean nothing in `datasets`"),
        ({"max_results": -1}, "positive integer"),
        ({"max_results": 50_001}, "at most 50000"),
        ({"page_token": "x"}, "is no page token"),
    ],
)
def test_mistakes(client: MltrackClient, given: dict[str, Any], message: str) -> None:
    """They are told apart from an empty answer."""
    with pytest.raises(InvalidParameterValue, match=message):
        client.search_logged_models("0", **given)


def test_pages(client: MltrackClient) -> None:
    """Each has the token of the next; the last has none."""
    first = client.search_logged_models(["0"], max_results=3)
    second = client.search_logged_models(["0"], max_results=3, page_token=first.token)
    assert (names(first), names(second), second.token) == ("dcb", "a", None)


def test_experiments(client: MltrackClient) -> None:
    """By id or name, one or several; none finds nothing."""
    assert names(client.search_logged_models("other")) == "elsewhere"
    assert len(client.search_logged_models(["0", "other"])) == 5
    assert client.search_logged_models([]) == []


def test_a_model_that_is_found_is_whole(client: MltrackClient) -> None:
    """With its tags, params and metrics, as `get_logged_model` gives it."""
    (found,) = client.search_logged_models("0", "name = 'a'")
    assert found == client.get_logged_model(found.model_id)
    assert [(one.dataset_name, one.value) for one in found.metrics] == [
        ("test", 0.7), ("train", 0.9), (None, 0.5),
    ]  # fmt: skip
    assert (found.tags, found.params) == ({"team": "x"}, {"alpha": "0.1"})
