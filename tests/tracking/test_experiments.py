"""Experiments through the client."""

from collections.abc import Callable
from typing import Any

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import Experiment, ViewType
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    MlflowException,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def client() -> MltrackClient:
    """A client of a store that does not exist yet."""
    return MltrackClient("runs.duckdb")


def names(found: list[Experiment]) -> list[str]:
    """The names, in the order in which they were found."""
    return [one.name for one in found]


def test_the_default_experiment_is_always_there(client: MltrackClient) -> None:
    """Its id is "0" and its name "Default", before anything is stored."""
    found = client.get_experiment("0")
    assert (found.experiment_id, found.name, found.lifecycle_stage) == ("0", "Default", "active")
    assert client.get_experiment_by_name("Default") == found
    assert names(client.search_experiments()) == ["Default"]


def test_the_default_experiment_is_the_same_when_something_is_stored(client: MltrackClient) -> None:
    """What is said of it without a database is what the database says."""
    before = client.get_experiment("0"), client.get_experiment_by_name("nobody's")
    client.create_experiment("another")
    assert (client.get_experiment("0"), client.get_experiment_by_name("nobody's")) == before


def test_ids_count_from_one_and_are_strings(client: MltrackClient) -> None:
    """As MLflow gives them on SQLite."""
    assert [client.create_experiment(name) for name in ("a", "b")] == ["1", "2"]
    assert client.get_experiment("2").name == "b"


def test_a_new_experiment_has_what_it_was_given(client: MltrackClient) -> None:
    """Tags become strings, times are in ms, the artifact location has no slash at its end."""
    new = client.create_experiment("a", "s3://bucket/a/", {"team": "blue", "n": 1})
    found = client.get_experiment(new)
    assert found.tags == {"team": "blue", "n": "1"}
    assert found.artifact_location == "s3://bucket/a"
    assert found.creation_time == found.last_update_time
    assert found.creation_time > 1_600_000_000_000
    assert dict(found)["name"] == "a"


def test_an_unusable_name_or_tag_creates_nothing(client: MltrackClient) -> None:
    """Both are checked before the name is taken."""
    bad_names: list[Any] = ["", " ", None, 5, "x" * 501]
    for name in bad_names:
        with pytest.raises(InvalidParameterValue):
            client.create_experiment(name)
    with pytest.raises(InvalidParameterValue, match="tag name"):
        client.create_experiment("a", tags={"b@d": 1})
    assert names(client.search_experiments()) == ["Default"]


def test_a_name_is_given_once(client: MltrackClient) -> None:
    """The error says which experiment has it; a deleted one keeps its name."""
    first = client.create_experiment("a")
    with pytest.raises(ResourceAlreadyExists, match=rf"already exists \(id {first}\)") as caught:
        client.create_experiment("a")
    assert caught.value.error_code == "RESOURCE_ALREADY_EXISTS"
    client.delete_experiment(first)
    with pytest.raises(ResourceAlreadyExists, match=r"restore_experiment\('1'\)"):
        client.create_experiment("a")
    with pytest.raises(ResourceAlreadyExists):
        client.create_experiment("Default")


def test_a_name_is_accepted_where_an_id_is_asked(client: MltrackClient) -> None:
    """Tutorials pass names; an experiment with that id comes first."""
    client.create_experiment("other")
    two = client.create_experiment("1")  # its name is the id of `other`
    assert client.get_experiment("other").experiment_id == "1"
    assert client.get_experiment("1").name == "other"
    assert client.get_experiment(two).name == "1"
    client.set_experiment_tag("other", "k", "v")
    client.rename_experiment("other", "another")
    client.delete_experiment("another")
    client.restore_experiment("another")
    assert client.get_experiment("1").tags == {"k": "v"}


def test_an_experiment_that_does_not_exist(client: MltrackClient) -> None:
    """MLflow's words and code, and what to do next; whatever is asked of it."""
    questions: list[Callable[[], Any]] = [
        lambda: client.get_experiment("999"),
        lambda: client.rename_experiment("999", "x"),
        lambda: client.delete_experiment("999"),
        lambda: client.restore_experiment("999"),
        lambda: client.set_experiment_tag("999", "k", "v"),
        lambda: client.delete_experiment_tag("999", "k"),
        lambda: client.create_run("999"),
    ]
    for ask in questions:
        with pytest.raises(ResourceDoesNotExist, match="No Experiment with id=999") as caught:
            ask()
        assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        assert isinstance(caught.value, MlflowException)
        assert "search_experiments()" in str(caught.value)


def test_a_name_that_nobody_has_is_none(client: MltrackClient) -> None:
    """`get_experiment_by_name` does not raise, and finds deleted ones too."""
    assert client.get_experiment_by_name("nobody") is None
    client.delete_experiment(client.create_experiment("gone"))
    found = client.get_experiment_by_name("gone")
    assert found is not None
    assert found.lifecycle_stage == "deleted"


def test_rename(client: MltrackClient) -> None:
    """The old name is free again; the name of another is refused, its own is not."""
    one, _ = client.create_experiment("a"), client.create_experiment("b")
    client.rename_experiment(one, "c")
    client.rename_experiment(one, "c")
    assert client.get_experiment(one).name == "c"
    assert client.create_experiment("a") == "3"
    with pytest.raises(ResourceAlreadyExists, match="name=b"):
        client.rename_experiment(one, "b")
    with pytest.raises(InvalidParameterValue, match="not blank"):
        client.rename_experiment(one, " ")


def test_tags(client: MltrackClient) -> None:
    """The last value stays, a deleted tag is gone, a missing one is an error."""
    one = client.create_experiment("a", tags={"k": "1"})
    client.set_experiment_tag(one, "k", 2)
    client.set_experiment_tag(one, "mlflow.note.content", "# what it is\nabout")
    tags = client.get_experiment(one).tags
    assert tags == {"k": "2", "mlflow.note.content": "# what it is\nabout"}
    client.delete_experiment_tag(one, "k")
    assert "k" not in client.get_experiment(one).tags
    with pytest.raises(ResourceDoesNotExist, match="No tag with name: k"):
        client.delete_experiment_tag(one, "k")
    with pytest.raises(InvalidParameterValue, match="tag name"):
        client.set_experiment_tag(one, "k@", 1)


def test_delete_and_restore_take_the_runs_along(client: MltrackClient) -> None:
    """As MLflow marks them; another experiment's runs are left alone."""
    one = client.create_experiment("a")
    run = client.create_run(one).info.run_id
    client.create_run("0")
    client.delete_experiment(one)
    assert client.get_experiment(one).lifecycle_stage == "deleted"
    stages = {r.info.lifecycle_stage for r in client.search_runs(one, run_view_type=ViewType.ALL)}
    assert stages == {"deleted"}
    assert client.search_runs("0")[0].info.lifecycle_stage == "active"
    client.restore_experiment(one)
    assert client.get_experiment(one).lifecycle_stage == "active"
    assert client.get_run(run).info.lifecycle_stage == "active"
    client.log_metric(run, "loss", 1)


def test_what_is_deleted_cannot_be_changed(client: MltrackClient) -> None:
    """Each refusal has MLflow's code; the message says how to bring it back."""
    one = client.create_experiment("a", tags={"k": "v"})
    client.delete_experiment(one)
    for change, code in (
        (lambda: client.set_experiment_tag(one, "k", "w"), "INVALID_PARAMETER_VALUE"),
        (lambda: client.delete_experiment_tag(one, "k"), "INVALID_PARAMETER_VALUE"),
        (lambda: client.create_run(one), "INVALID_PARAMETER_VALUE"),
        (lambda: client.rename_experiment(one, "b"), "INVALID_STATE"),
    ):
        with pytest.raises(InvalidState, match=r"restore_experiment\(\)") as caught:
            change()
        assert caught.value.error_code == code


def test_delete_and_restore_twice(client: MltrackClient) -> None:
    """There is nothing left to delete, or to restore."""
    one = client.create_experiment("a")
    with pytest.raises(ResourceDoesNotExist, match="it is active"):
        client.restore_experiment(one)
    client.delete_experiment(one)
    with pytest.raises(ResourceDoesNotExist, match="it is deleted"):
        client.delete_experiment(one)


def test_the_default_experiment_can_be_deleted(client: MltrackClient) -> None:
    """As on SQLite; runs are refused until it is back."""
    client.create_run("0")
    client.delete_experiment("0")
    with pytest.raises(InvalidState):
        client.create_run("0")
    client.restore_experiment("Default")
    assert client.create_run("0").info.experiment_id == "0"


def test_search_shows_the_view_that_is_asked(client: MltrackClient) -> None:
    """Active, deleted or all; the newest first."""
    client.create_experiment("a")
    client.delete_experiment(client.create_experiment("b"))
    assert names(client.search_experiments()) == ["a", "Default"]
    assert names(client.search_experiments(ViewType.DELETED_ONLY)) == ["b"]
    assert names(client.search_experiments(ViewType.ALL)) == ["b", "a", "Default"]
    assert client.list_experiments() == client.search_experiments()
    with pytest.raises(InvalidParameterValue, match="no view"):
        client.search_experiments(view_type=9)


FILTERS = [
    ("name = 'wine'", ["wine"]),
    ("attribute.name LIKE 'w%'", ["wine"]),
    ("name ILIKE 'W%'", ["Wool", "wine"]),
    ("name != 'wine' AND name != 'Default'", ["Wool"]),
    ("tags.team = 'blue'", ["wine"]),
    ("tag.team IS NULL AND name ILIKE 'w%'", ["Wool"]),
    ("experiment_id IN ('0', '1')", ["wine", "Default"]),
    ("creation_time > 0", ["Wool", "wine"]),
    ("", ["Wool", "wine", "Default"]),
]


def test_search_with_a_filter(client: MltrackClient) -> None:
    """MLflow's grammar for experiments."""
    client.create_experiment("wine", tags={"team": "blue"})
    client.create_experiment("Wool")
    for filter_string, expected in FILTERS:
        found = client.search_experiments(filter_string=filter_string)
        assert names(found) == expected, filter_string


def test_search_in_pages_and_in_order(client: MltrackClient) -> None:
    """Pages follow one another without a gap; the last has no token."""
    for name in "cab":
        client.create_experiment(name)
    order = ["name ASC"]
    first = client.search_experiments(max_results=3, order_by=order)
    assert names(first) == ["Default", "a", "b"]
    second = client.search_experiments(max_results=3, order_by=order, page_token=first.token)
    assert names(second) == ["c"]
    assert not second.token
    for bad in (0, -1, 50_001):
        with pytest.raises(InvalidParameterValue, match="max_results"):
            client.search_experiments(max_results=bad)


def test_all_clients_of_a_store_see_the_same(client: MltrackClient) -> None:
    """What one creates, another one finds at once."""
    client.create_experiment("a")
    assert MltrackClient("./runs.duckdb").get_experiment("1").name == "a"
