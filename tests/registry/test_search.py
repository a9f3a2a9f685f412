"""Registered models and versions are found by all that is known of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue
from tests.registry.lasting import lasting

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two versions of wine, the second in Production and champion; one of beer."""
    with lasting(tmp_path_factory.mktemp("search")) as uri:
        fill(MltrackClient(uri))
        yield uri


@pytest.fixture
def client(uri: str) -> MltrackClient:
    """A client of that store, which is the one in use."""
    mlflow.set_tracking_uri(uri)
    return MltrackClient()


def fill(client: MltrackClient) -> None:
    """Make these versions."""
    for name in ("wine", "beer"):
        client.create_registered_model(name, {"team": name[0]}, f"Quality of {name}")
    client.create_model_version("wine", "s3://bucket/1", tags={"size": "9"}, description="Small")
    client.create_model_version("wine", "s3://bucket/2", tags={"size": "10"})
    client.create_model_version("beer", "s3://bucket/3")
    client.transition_model_version_stage("wine", 2, "Production")
    client.set_registered_model_alias("wine", "champion", 2)
    client.set_registered_model_alias("wine", "best-of_all", 2)


FILTERS = {
    "stage = 'production'": ["wine 2"],
    "current_stage IN ('None', 'STAGING')": ["beer 1", "wine 1"],
    "stage != 'None'": ["wine 2"],
    "alias = 'champion'": ["wine 2"],
    "aliases LIKE 'best%'": ["wine 2"],
    "alias != 'champion'": ["wine 2"],
    "alias IN ('a', 'champion')": ["wine 2"],
    "alias RLIKE '^champ'": ["wine 2"],
    "NOT alias = 'champion'": ["beer 1", "wine 1"],
    "aliases IS NULL": ["beer 1", "wine 1"],
    "aliases IS NOT NULL": ["wine 2"],
    "tags.size > 9": ["wine 2"],
    "tags.size IS NULL": ["beer 1"],
    "description ILIKE 'SMALL'": ["wine 1"],
    "source = 's3://bucket/3' OR version = 2": ["beer 1", "wine 2"],
    "NOT (name = 'beer' OR version_number > 1)": ["wine 1"],
    "version_number BETWEEN 2 AND 3": ["wine 2"],
    "creation_time > 'yesterday' AND name = 'beer'": ["beer 1"],
    "last_updated_time < '2 days ago'": [],
    "status = 'ready' AND user != ''": ["beer 1", "wine 1", "wine 2"],
    "run_id IS NULL AND model_id IS NULL AND digest IS NULL": ["beer 1", "wine 1", "wine 2"],
}


def test_versions_by_everything(client: MltrackClient) -> None:
    """MLflow's grammar is in the parity test; this is what it has not."""
    with client.store.reading():
        for words, expected in FILTERS.items():
            found = client.search_model_versions(words, order_by=["name", "version_number"])
            assert [f"{one.name} {one.version}" for one in found] == expected, words


def test_models_by_everything(client: MltrackClient) -> None:
    """A model is found by its aliases too."""
    filters = {
        "alias = 'champion'": ["wine"],
        "aliases IS NULL": ["beer"],
        "description LIKE '%beer'": ["beer"],
        "tags.team = 'w' OR name = 'beer'": ["beer", "wine"],
        "creation_timestamp > 0 AND user_id IS NOT NULL": ["beer", "wine"],
        "last_updated_time > 'now'": [],
    }
    for words, expected in filters.items():
        found = client.search_registered_models(words)
        assert [one.name for one in found] == expected, words


def test_a_model_comes_with_its_latest_versions(client: MltrackClient) -> None:
    """As `get_registered_model` gives it."""
    _, wine = client.search_registered_models()
    assert wine == client.get_registered_model("wine")
    assert {one.current_stage: one.version for one in wine.latest_versions} == {
        "None": 1,
        "Production": 2,
    }
    assert wine.aliases == {"champion": 2, "best-of_all": 2}


def test_what_changed_last_comes_first(client: MltrackClient) -> None:
    """Unless an order is given."""
    assert [one.name for one in client.search_model_versions()] == ["wine", "beer", "wine"]
    by_tag = client.search_model_versions("name = 'wine'", order_by=["tags.size"])
    assert [one.version for one in by_tag] == [1, 2]
    assert client.search_model_versions(order_by="version")[0].name == "beer"


def test_pages(client: MltrackClient) -> None:
    """The functions bring all of them, the methods one."""
    page = client.search_model_versions("", 2, ["name", "version_number"])
    rest = client.search_model_versions("", 2, ["name", "version_number"], page.token)
    assert [one.version for one in [*page, *rest]] == [1, 1, 2]
    assert not rest.token
    assert [one.name for one in client.list_registered_models(1)] == ["beer"]
    assert len(mlflow.search_model_versions()) == 3
    assert len(mlflow.search_model_versions(max_results=2)) == 2
    assert [one.name for one in mlflow.search_registered_models()] == ["beer", "wine"]


def test_mistakes(client: MltrackClient) -> None:
    """With a caret and the nearest name; a regular expression is checked too."""
    mistakes = {
        "stag = 'x'": "did you mean 'stage'",
        "metrics.rmse > 1": "Unknown prefix",
        "version_number = 'one'": "no number",
        "alias RLIKE '('": "no regular expression",
        "name = wine": "string in quotes",
    }
    for words, said in mistakes.items():
        with pytest.raises(FilterSyntaxError, match=said):
            client.search_model_versions(words)
    for most in (0, -1, 200_001, "1"):
        with pytest.raises(InvalidParameterValue, match="max_results"):
            client.search_model_versions("", most)  # type: ignore[arg-type]


def test_no_filter_reads_or_changes_anything(client: MltrackClient) -> None:
    """Values are bound, in whatever clause they stand."""
    evil = "x') OR 1=1; DROP TABLE base.registry_events; --"
    quoted = "'" + evil.replace("'", "''") + "'"
    for words in (f"alias = {quoted}", f"alias LIKE {quoted}", f"tags.`{evil}` = 'x'"):
        assert client.search_model_versions(words) == []
        assert client.search_registered_models(words) == []
    assert len(client.search_model_versions()) == 3
