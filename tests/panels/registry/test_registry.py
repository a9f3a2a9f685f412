import json
import time
from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.errors import FilterSyntaxError, ResourceDoesNotExist
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.panels.compare import ComparePanel
from jupyter_mltrack.panels.page import RunPage
from jupyter_mltrack.panels.registry.model_page import VERSIONS_AT_ONCE
from jupyter_mltrack.registry import uris
from jupyter_mltrack.store import trail
from tests.panels.inert import faults_in, text_of
from tests.panels.registry.wine import Asked, log_version, make_hostile_model


def test_the_list(seen: Asked) -> None:
    """The one that changed last first; the version of each stage and alias, who and when."""
    browser = Asked()
    assert browser.models() == ["beer", "wine"]
    beer, row = browser.view.models["rows"]
    assert (beer["latest"], row["latest"], row["description"]) == (None, 4, "How good a wine is.")
    stages = [(one["name"], one["version"]) for one in row["stages"]]
    assert stages == [("Production", 2), ("Staging", 3), ("Archived", 1)]
    assert row["aliases"] == [{"name": "champion", "version": 2, "tone": ""}]
    assert row["who"] == beer["who"] != ""


def test_search(seen: Asked) -> None:
    """By a part of a name, or with a filter; after a mistake the last result stays."""
    browser = Asked()
    browser.ask("search", filter="WIN")
    assert browser.models() == ["wine"]
    assert "1 of 2 models" in browser.view.models["summary"]
    browser.ask("search", filter="tags.team = 'b'")
    assert browser.models() == []
    assert "^" in browser.ask("search", filter="tags.team == 'b'")["error"]
    assert (browser.models(), browser.view.query) == ([], "tags.team = 'b'")
    with pytest.raises(FilterSyntaxError):
        mlt.registry(filter_string="name = ")


def test_versions_beside_the_one_in_production(seen: Asked) -> None:
    """Metrics of the run with their difference; what is better is good, whatever its sign."""
    assert (seen.page["metrics"], seen.page["baseline"]) == (["r2", "rmse"], 2)
    r2, rmse = seen.version(3)["metrics"]
    assert (r2["text"], r2["delta"], r2["tone"]) == ("0.66", "▲ 0.05", "good")
    assert (rmse["text"], rmse["delta"], rmse["tone"]) == ("0.74", "▼ 0.04", "good")
    assert [one["delta"] for one in seen.version(2)["metrics"]] == ["", ""]
    assert seen.version(4)["run"]["title"].startswith("#4 ")


def test_details_of_a_version(seen: Asked) -> None:
    """What goes in and comes out, its metrics, and the line that loads it."""
    facts = seen.ask("version", version=3)
    assert facts["schema"] == [
        ["input", "alcohol", "double", "required"],
        ["input", "region", "string", "optional"],
        ["output", "0", "float64 (-1,)", "required"],
        ["param", "rounds", "long", "default 3"],
    ]
    assert [one["label"] for one in facts["metrics"]] == ["r2", "rmse"]
    assert "load_model('models:/wine/3')" in facts["snippet"]
    assert "load_model('models:/wine/Production')" in seen.page["snippet"]
    assert "no version 9" in seen.ask("version", version=9)["error"]


def test_a_model_without_a_readable_signature(wine: Asked) -> None:
    """The rest is shown, and why this is not."""
    with mlt.start_run() as run:
        mlt.log_text("- a list", "model/MLmodel")
    client = mlt.MlflowClient()
    client.create_model_version("wine", f"runs:/{run.info.run_id}/model", run.info.run_id)
    facts = wine.ask("version", version=5)
    assert (facts["schema"], facts["metrics"]) == ([], [])
    assert "cannot be read" in facts["schema_note"]


def test_looking_fetches_nothing(wine: Asked) -> None:
    """Of a model whose files are on another machine, the signature is not read."""
    mlt.MlflowClient().create_model_version("wine", "http://canary.invalid/model")
    wine.ask("news")
    facts = wine.ask("version", version=5)
    assert (facts["schema"], wine.version(5)["run"]) == ([], None)
    assert "elsewhere: http://canary.invalid/model" in facts["schema_note"]
    assert "without a run" in wine.ask("run", version=5)["error"]


def test_looking_fetches_nothing_of_a_run(store: Path) -> None:
    """Nor if it is the files of its run that are elsewhere."""
    client = mlt.MlflowClient()
    model = client.create_registered_model("wine").registered_model_id
    elsewhere = mlt.create_experiment("far", artifact_location="http://canary.invalid/far")
    with mlt.start_run(experiment_id=elsewhere) as run:
        place = f"runs:/{run.info.run_id}/model"
    details = json.dumps({"run_id": run.info.run_id, "location": place})
    with client.store.agreeing():
        made = RegistryChange(model, "created", 1, text=place, details=details)
        trail.record(client.store, [made])
    note = Asked("wine").ask("version", version=1)["schema_note"]
    assert "elsewhere: http://canary.invalid/far/" in note


def test_promote(wine: Asked) -> None:
    """The gates are asked first; who was there is archived, and the history says all."""
    said = wine.ask("gates", version=3, stage="Production")["gates"]
    assert [one["passed"] for one in said] == [True, True]
    move = {"version": 3, "stage": "Production", "archive": True, "comment": "tested"}
    assert wine.ask("move", **move) == {"id": 1}
    assert wine.stages() == ["None", "Production", "Archived", "Archived"]
    assert wine.page["standing"][0]["version"] == 3
    moved = next(line for line in wine.page["trail"] if "Staging → Production" in line["what"])
    assert (moved["comment"], len(moved["gates"])) == ("tested", 2)


def test_a_gate_says_no(wine: Asked) -> None:
    """Nothing moves without a reason, which the history keeps."""
    move = {"version": 4, "stage": "Production", "archive": False, "comment": ""}
    refused = wine.ask("move", **move)["gates"]
    assert [one["passed"] for one in refused] == [False, False]
    assert "0.86" in refused[0]["said"]
    assert wine.version(4)["stage"] == "None"
    assert wine.ask("move", **move, override="needed for the fair") == {"id": 1}
    assert (wine.version(4)["stage"], wine.version(2)["stage"]) == ("Production", "Production")
    assert wine.page["trail"][0]["override"] == "needed for the fair"
    assert wine.page["standing"][0]["others"] == 1


def test_roll_back(wine: Asked) -> None:
    """The version before comes back if the gates of today let it."""
    refused = wine.ask("roll_back", stage="Production", comment="")
    assert [one["passed"] for one in refused["gates"]] == [False, False]
    wine.ask("roll_back", stage="Production", comment="2 fails", override="it worked")
    assert (wine.version(1)["stage"], wine.version(2)["stage"]) == ("Production", "Archived")
    assert any("rolled back" in line["what"] for line in wine.page["trail"])
    assert "nothing to go back to" in wine.ask("roll_back", stage="Staging", comment="")["error"]


def test_aliases_and_tags(wine: Asked) -> None:
    """Of the model and of versions; what cannot be is told."""
    wine.ask("alias", version=3, alias=" challenger ")
    wine.ask("unalias", alias="champion")
    assert (wine.version(3)["aliases"], wine.version(2)["aliases"]) == (
        [{"key": "challenger", "label": "challenger"}],
        [],
    )
    assert "Invalid alias" in wine.ask("alias", version=3, alias="a b")["error"]
    wine.ask("tag", key="season", value="2026", version=None)
    wine.ask("untag", key="team", version=None)
    assert [one["label"] for one in wine.page["tags"]] == ["season = 2026"]
    wine.ask("tag", key="tests", value="green", version=3)
    assert wine.ask("version", version=3)["tags"][0]["key"] == "tests"
    wine.ask("untag", key="tests", version=3)
    assert wine.ask("version", version=3)["tags"] == []


def test_descriptions(wine: Asked) -> None:
    """What is edited is the whole text as it is kept."""
    long = "a\r\n" * 1_000
    mlt.MlflowClient().update_model_version("wine", 1, long)
    assert wine.ask("text", version=1)["text"] == long
    wine.ask("describe", text="short", version=1)
    wine.ask("describe", text="All wines.", version=None)
    assert (wine.version(1)["description"], wine.page["description"]) == ("short", "All wines.")
    assert wine.ask("text")["text"] == "All wines."
    assert "at most" in wine.ask("describe", text="x" * 6_000, version=1)["error"]


def test_as_it_was(seen: Asked) -> None:
    """At a moment of the history the page is read-only and shows what was true then."""
    before = next(one for one in seen.page["trail"] if one["comment"] == "the first one")
    time.sleep(0.002)
    seen.ask("as_of", when="", moment=before["at"])
    assert seen.version(1)["stage"] == "Production"
    assert seen.page["standing"][0]["version"] == 1
    assert "Production@" in seen.page["snippet"]
    move = {"version": 1, "stage": "Archived", "archive": False, "comment": ""}
    assert "the past" in seen.ask("move", **move)["error"]
    assert "no such model at that time" in seen.ask("as_of", when="2020-01-01")["error"]
    assert "is no date" in seen.ask("as_of", when="soon")["error"]
    seen.ask("as_of", when="")
    assert (seen.page["at"], seen.version(1)["stage"]) == (None, "Archived")


def test_a_stage_that_is_gone(wine: Asked) -> None:
    """Is drawn as of a time when it was there, and loaded by it."""
    client = mlt.MlflowClient()
    client.set_registry_stages(["None", "QA", "Staging", "Production", "Archived"])
    client.transition_model_version_stage("wine", 3, "QA")
    client.transition_model_version_stage("wine", 2, "Archived")
    then = client.registry_history("wine")[-1].timestamp
    client.transition_model_version_stage("wine", 3, "Archived")
    client.set_registry_stages(["None", "Staging", "Production", "Archived"])
    wine.ask("as_of", when="", moment=then)
    assert [(one["stage"], one["version"]) for one in wine.page["standing"]] == [("QA", 3)]
    assert wine.page["baseline"] == 3
    assert client.get_model_version_by_uri(loaded(wine.page["snippet"])).version == 3
    assert wine.ask("version", version=4)["metrics"][0]["delta"] != ""


def test_the_snippet_of_a_moment(wine: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is that millisecond wherever it is read, also of what is deleted since."""
    then = next(one["at"] for one in wine.page["trail"] if one["comment"] == "the first one")
    wine.ask("as_of", when="", moment=then)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Kathmandu")
        time.tzset()
        found = uris.parse(loaded(wine.page["snippet"]))
    time.tzset()
    assert found is not None
    assert (found.stage, found.at) == ("Production", then)
    mlt.MlflowClient().delete_model_version("wine", 1)
    of_version = loaded(wine.ask("version", version=1)["snippet"])
    assert mlt.MlflowClient().get_model_version_by_uri(of_version).version == 1


def loaded(snippet: str) -> str:
    """The URI that a snippet loads."""
    return snippet.split("'")[1]


def test_runs_open_below(seen: Asked) -> None:
    """The run of a version, or the comparison of several; the list closes them."""
    seen.ask("run", version=3)
    assert isinstance(seen.panel.children[1], RunPage)
    seen.ask("compare", versions=[2, 3])
    assert isinstance(seen.panel.children[1], ComparePanel)
    assert "nothing to compare" in seen.ask("compare", versions=[2])["error"]
    seen.ask("back")
    assert seen.panel.children == (seen.view,)
    assert (seen.page, seen.models()) == ({}, ["beer", "wine"])


def test_news(wine: Asked) -> None:
    """What others change is shown; what is logged elsewhere reads nothing anew."""
    assert wine.ask("news")["changed"] is False
    mlt.MlflowClient().set_registered_model_alias("wine", "best", 4)
    assert wine.ask("news")["changed"] is True
    assert wine.version(4)["aliases"][0]["key"] == "best"
    with mlt.start_run():
        mlt.log_metric("loss", 1)
    assert wine.ask("news")["changed"] is False
    mlt.MlflowClient().rename_registered_model("wine", "wines")
    wine.ask("news")
    assert wine.page["name"] == "wines"
    assert wine.ask("describe", text="renamed", version=None) == {"id": 1}
    mlt.MlflowClient().delete_registered_model("wines")
    assert wine.ask("news")["changed"] is True
    assert "deleted" in wine.page["gone"]
    assert "deleted" in wine.ask("describe", text="x", version=None)["error"]


def test_what_is_none_of_ours(seen: Asked) -> None:
    """Is not answered, and a browser sets no trait."""
    before = seen.page
    assert seen.ask("gc") == {}
    assert seen.ask("move", version=0, stage="Production", archive=False, comment="") == {}
    seen.view.set_state({"page": {}, "models": {}, "query": "x"})
    assert (seen.page, seen.view.query) == (before, "")


def test_a_model_that_is_not_there(seen: Asked) -> None:
    """Is the caller's mistake, and in the panel a message."""
    with pytest.raises(ResourceDoesNotExist, match="not found"):
        mlt.registry("whisky")
    with pytest.raises(ResourceDoesNotExist, match="at that time"):
        mlt.registry("wine", at="2020-01-01")
    assert "deleted" in seen.ask("open", model="r-0")["error"]


def test_many_versions_are_read_in_parts(store: Path) -> None:
    """Of a thousand fifty are shown, the newest first; more come when they are asked for."""
    client = mlt.MlflowClient()
    model = client.create_registered_model("many").registered_model_id
    made = [RegistryChange(model, "created", n, text="x", details="{}") for n in range(1, 1001)]
    moved = RegistryChange(model, "stage", 3, text="Production")
    with client.store.agreeing():
        trail.record(client.store, [*made, moved])
    browser = Asked("many")
    assert (browser.page["total"], len(browser.page["versions"])) == (1000, VERSIONS_AT_ONCE)
    assert (browser.page["baseline"], browser.page["versions"][0]["version"]) == (3, 1000)
    browser.ask("more", trail=False)
    assert len(browser.page["versions"]) == 2 * VERSIONS_AT_ONCE
    assert len(browser.page["trail"]) < browser.page["changes"] == 1002
    assert "the first" in text_of(browser.panel.html())


def test_the_twins(seen: Asked) -> None:
    """Small, without script, with all that matters; of the list and of a model."""
    page, rows = seen.panel.html(), Asked().panel.html()
    assert (faults_in(page), faults_in(rows)) == ([], [])
    assert all(word in text_of(page) for word in ("Production", "champion", "▼ 0.04", "4 versions"))
    assert all(word in text_of(rows) for word in ("wine", "beer", "Staging 3", "champion 2"))
    assert "version 2  Production  champion" in seen.panel.text()
    assert "Archived 1" in Asked().panel.text()
    data, _ = seen.panel._repr_mimebundle_()
    assert {"text/html", "application/vnd.jupyter.widget-view+json"} <= set(data)


def test_hostile_texts_in_the_twins(store: Path) -> None:
    """Are texts, and the twin stays small."""
    name = make_hostile_model()
    client = mlt.MlflowClient()
    with client.store.agreeing():
        trail.record(client.store, [one for number in range(40) for one in _model(number, name)])
    for html in (Asked(name).panel.html(), Asked().panel.html()):
        assert faults_in(html) == []
        assert len(html.encode()) <= 15_000
        assert name in text_of(html)


def _model(number: int, name: str) -> list[RegistryChange]:
    """A registered model with a long description."""
    made = RegistryChange(f"r-{number}", "created", text=f"{number} {name}")
    return [made, RegistryChange(f"r-{number}", "description", text="'" * 300)]


def test_an_empty_registry_says_how_to_begin(store: Path) -> None:
    """With a cell that runs as it is; looking makes no store."""
    browser = Asked()
    assert not (store / "mltrack.duckdb").exists()
    starter = browser.view.models["starter"]
    assert starter in text_of(browser.panel.html())
    exec(starter, {})  # noqa: S102  (our own text)
    assert Asked().models() == ["double"]


def test_the_magic(store: Path) -> None:
    """`%mltrack registry wine` is the page of the model."""
    from jupyter_mltrack.magics import verbs

    mlt.MlflowClient().create_registered_model("red wine")
    log_version("red wine", 0.9, 0.5)
    assert verbs.run("registry").view.page == {}
    assert verbs.run("registry red wine").view.page["name"] == "red wine"
