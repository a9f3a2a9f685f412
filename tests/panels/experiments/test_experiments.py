import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.panels.experiments import ExperimentsPanel, experiments
from jupyter_mltrack.tracking import fluent
from tests.panels.examples import HOSTILE
from tests.panels.inert import faults_in, text_of
from tests.panels.page.examples import sleeper


@pytest.fixture(autouse=True)
def wine(tmp_path: Path) -> Iterator[None]:
    """A store with two experiments besides Default; one has runs."""
    before = fluent.get_tracking_uri()
    fluent.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    fluent.create_experiment("beer", tags={"team": "b", "mlflow.note.content": "brewed"})
    fluent.set_experiment("wine")
    for rate in (0.3, 0.1, 0.2):
        with fluent.start_run():
            fluent.log_metric("loss", rate)
            fluent.log_metric("system/cpu", 99)
    fluent.start_run()
    yield
    fluent.end_run()
    fluent.set_tracking_uri(before)


class Browser:
    """Asks a list of experiments as a browser does."""

    def __init__(self, panel: ExperimentsPanel) -> None:
        self.table: Any = panel.table
        self.answers: list[dict[str, Any]] = []
        self.table.send = lambda content, _=None: self.answers.append(content)

    def ask(self, kind: str, **details: Any) -> dict[str, Any]:
        """The answer to a question."""
        self.table._handle_custom_msg({"id": 1, "kind": kind, **details}, [])
        return self.answers[-1]

    def row(self, name: str) -> dict[str, Any]:
        """The row of an experiment."""
        return next(row for row in self.table.rows if row["name"] == name)


@pytest.fixture
def browser() -> Browser:
    """A list of experiments, and who looks at it."""
    return Browser(experiments())


def names(browser: Browser) -> list[str]:
    """The experiments in the order shown."""
    return [row["name"] for row in browser.table.rows]


def test_what_a_row_says(browser: Browser) -> None:
    """How many runs, how they are, the best of the first metric that is not the machine's."""
    row = browser.row("wine")
    assert (row["runs"], row["running"], row["failed"], row["active"]) == (4, 1, 0, True)
    assert row["best"] == {"key": "loss", "text": "0.1", "exact": "0.1"}
    assert row["last"] is not None
    beer = browser.row("beer")
    assert (beer["runs"], beer["best"], beer["description"]) == (0, None, "brewed")
    assert beer["tags"] == [("team", "b")]


def test_order(browser: Browser) -> None:
    """The latest first; by name, by runs; what has none of it is last."""
    assert names(browser) == ["wine", "beer", "Default"]
    browser.ask("sort", column="name", descending=False)
    assert names(browser) == ["beer", "Default", "wine"]
    browser.ask("sort", column="runs", descending=True)
    assert names(browser)[0] == "wine"
    assert "no column" in browser.ask("sort", column="rm -rf", descending=True)["error"]


def test_search(browser: Browser) -> None:
    """In the language of `search_experiments`; after a mistake the last result stays."""
    browser.ask("search", filter="tags.team = 'b'")
    assert names(browser) == ["beer"]
    assert "1 of 3 experiments" in browser.table.view["summary"]
    assert "^" in browser.ask("search", filter="tags.team == 'b'")["error"]
    assert (names(browser), browser.table.query) == (["beer"], "tags.team = 'b'")
    with pytest.raises(FilterSyntaxError):
        experiments("name = ")
    assert [one.name for one in experiments("name = 'beer'").experiments] == ["beer"]


def test_create_and_change(browser: Browser) -> None:
    """With description and tags; a name that is taken is told."""
    new = browser.ask("create", name=" tea ", description="green")["experiment"]
    assert browser.row("tea")["description"] == "green"
    assert "already exists" in browser.ask("create", name="tea", description="")["error"]
    browser.ask("change", experiment=new, name="tea leaves", description="")
    browser.ask("tag", experiment=new, key="team", value="herbs")
    row = browser.row("tea leaves")
    assert (row["description"], row["tags"]) == ("", [("team", "herbs")])
    browser.ask("tag", experiment=new, key="team", value=None)
    assert browser.row("tea leaves")["tags"] == []


def test_what_is_not_touched_is_kept_whole(browser: Browser) -> None:
    """A long description survives that the name is changed, and the form has all of it."""
    long = "a\r\n" * 3_000
    name = "n" * 300
    new = fluent.create_experiment(name, tags={"mlflow.note.content": long})
    texts = browser.ask("texts", experiment=new)
    assert (texts["name"], texts["description"]) == (name, long)
    browser.ask("change", experiment=new, name="short", description=None)
    assert fluent.get_experiment(new).tags["mlflow.note.content"] == long
    browser.ask("change", experiment=new, name=None, description="brief")
    found = fluent.get_experiment(new)
    assert (found.name, found.tags["mlflow.note.content"]) == ("short", "brief")


def test_remove_a_tag_with_a_long_name(browser: Browser) -> None:
    """By its whole key; one that is gone is told."""
    key = "k" * 100
    new = fluent.create_experiment("tea", tags={key: "x"})
    (tag,) = browser.ask("texts", experiment=new)["tags"]
    assert (tag["key"], len(tag["label"])) == (key, 60)
    assert "error" not in browser.ask("tag", experiment=new, key=tag["key"], value=None)
    assert fluent.get_experiment(new).tags == {}
    assert "no tag" in browser.ask("tag", experiment=new, key=key, value=None)["error"]


def test_a_killed_process_is_news(browser: Browser) -> None:
    """Though it writes nothing any more."""
    process, _ = sleeper()
    with process:
        assert browser.ask("news")["changed"] is True
        assert browser.row("wine")["running"] == 2
        process.send_signal(signal.SIGKILL)
    assert browser.ask("news")["changed"] is True
    assert browser.row("wine")["running"] == 1


def test_the_twin_counts_bytes() -> None:
    """Of what it writes: an apostrophe takes six."""
    for number in range(40):
        name, note = f"{number}" + "'" * 100, {"mlflow.note.content": "'" * 200}
        fluent.create_experiment(name, tags=note)
    html = experiments().html()
    assert 12_000 < len(html.encode()) <= 15_000
    assert "the first" in text_of(html)


def test_delete_and_restore(browser: Browser) -> None:
    """The runs go with it, and come back."""
    wine = browser.row("wine")["id"]
    fluent.end_run()
    assert browser.ask("delete", experiment=wine) == {"id": 1, "undo": True}
    assert "wine" not in names(browser)
    browser.ask("deleted", on=True)
    assert browser.row("wine")["runs"] == 4
    browser.ask("restore", experiment=wine)
    browser.ask("deleted", on=False)
    assert browser.row("wine")["runs"] == 4


def test_activate(browser: Browser) -> None:
    """New runs go there."""
    browser.ask("activate", experiment=browser.row("beer")["id"])
    assert browser.row("beer")["active"]
    assert not browser.row("wine")["active"]
    assert fluent.active_experiment_id() == browser.row("beer")["id"]


def test_news(browser: Browser) -> None:
    """Nothing is read unless something was logged."""
    assert browser.ask("news")["changed"] is False
    fluent.log_metric("loss", 0.01)
    assert browser.ask("news")["changed"] is True
    assert browser.row("wine")["best"]["text"] == "0.01"
    assert browser.ask("news")["changed"] is False


def test_open_shows_the_runs() -> None:
    """Below the list; another one in its place."""
    panel = experiments()
    browser = Browser(panel)
    for name in ("wine", "beer"):
        browser.ask("open", experiment=browser.row(name)["id"])
        assert panel.opened == browser.row(name)["id"]
        assert [child.title for child in panel.children[1:]] == [name]


def test_the_twin() -> None:
    """Small, inert, with all numbers; hostile texts are texts."""
    for number, text in enumerate(HOSTILE):
        fluent.create_experiment(
            f"{number} {text}", tags={f"a{number}": text, "mlflow.note.content": text}
        )
    data, _ = experiments()._repr_mimebundle_()
    assert faults_in(data["text/html"]) == []
    assert "4 runs, 1 running" in text_of(data["text/html"])
    assert len(data["text/html"]) < 15_000
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "wine" in data["text/plain"]


def test_a_browser_changes_nothing_else(browser: Browser) -> None:
    """Neither by a trait nor by a message that is none of ours."""
    before = browser.table.view
    browser.table.set_state({"view": {}, "query": "x"})
    browser.table._handle_custom_msg({"id": 1, "kind": "gc"}, [])
    assert (browser.table.view, browser.table.query, browser.answers) == (before, "", [])


def test_a_new_store_says_how_to_begin(tmp_path: Path) -> None:
    """With a cell that makes a run."""
    fluent.end_run()
    fluent.set_tracking_uri(str(tmp_path / "new.duckdb"))
    panel = experiments()
    assert "mlt.start_run()" in panel.table.view["starter"]
    assert "mlt.start_run()" in text_of(panel.html())
    assert not (tmp_path / "new.duckdb").exists()
