import re
from pathlib import Path

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.panels import browser_module
from jupyter_mltrack.panels.registry.register_form import RegisterForm
from jupyter_mltrack.panels.table import RunsPanel, RunsTable
from tests.panels.examples import sweep
from tests.panels.table.tables import client_of

FOLDER = Path(RunsTable.__init__.__code__.co_filename).parent


@pytest.fixture
def panel(tmp_path: Path) -> RunsPanel:
    """A panel of eight runs."""
    return RunsPanel(client_of(tmp_path, sweep()), ["0"], title="mnist")


def ids(*numbers: int) -> list[str]:
    """Run ids by their numbers."""
    return [f"{number:032x}" for number in numbers]


def ask(panel: RunsPanel, kind: str, **details: object) -> None:
    """A question of the browser."""
    panel.table._handle_custom_msg({"id": 1, "kind": kind, **details}, [])


def test_ticked_runs_are_a_frame(panel: RunsPanel) -> None:
    """With the columns and types of a search, in the order of the ticks."""
    panel.table.set_state({"selected_ids": ids(3, 7)})
    found = panel.selected
    assert list(found.run_id) == panel.selected_ids == ids(3, 7)
    assert found["params.depth"].tolist() == ["6", "6"]
    searched = panel.client.search_runs_frame(["0"], "", max_results=100)
    assert list(found.columns[:6]) == list(searched.columns[:6])
    assert dict(found.dtypes).items() <= dict(searched.dtypes).items()


def test_nothing_ticked_is_an_empty_frame(panel: RunsPanel) -> None:
    """With the columns that every frame has."""
    assert panel.selected.shape[0] == 0
    assert "run_id" in panel.selected.columns


def test_runs_are_those_that_are_shown(panel: RunsPanel) -> None:
    """As entities, filtered and sorted."""
    panel.search("metrics.loss < 0.2")
    ask(panel, "sort", column="metrics.loss", direction="descending")
    assert panel.query == "metrics.loss < 0.2"
    assert [run.info.number for run in panel.runs] == [6, 7, 8]


def test_first_search_and_order(tmp_path: Path) -> None:
    """Those of the arguments; a wrong one is the caller's mistake."""
    client = client_of(tmp_path, sweep())
    made = RunsPanel(client, ["0"], filter_string="metrics.loss < 0.3", order_by=["metrics.loss"])
    assert [run.info.number for run in made.runs] == [8, 7, 6, 5, 4]
    with pytest.raises(FilterSyntaxError):
        RunsPanel(client, ["0"], order_by=["metrics.loss UP"])


def test_register_opens_a_form_for_one_run(panel: RunsPanel) -> None:
    """What it opens stands below the table, until it is closed; runs in the bin have none."""
    assert "register" in panel.table.head["actions"]
    ask(panel, "register", runs=ids(1, 2))
    assert panel.children == (panel.table,)
    ask(panel, "register", runs=ids(1))
    form = panel.children[1]
    assert isinstance(form, RegisterForm)
    form._handle_custom_msg({"id": 1, "kind": "close"}, [])
    assert (panel.children, form.comm) == ((panel.table,), None)
    ask(panel, "deleted", on=True)
    assert "register" not in panel.table.head["actions"]


@pytest.mark.parametrize(
    ("kind", "details", "name"),
    [
        ("open", {"run": ids(3)[0]}, "RunPage"),
        ("compare", {"runs": ids(3, 4)}, "ComparePanel"),
        ("compare", {"runs": []}, "ComparePanel"),
        ("diff", {"runs": ids(3, 4)}, "ComparePanel"),
    ],
)
def test_runs_are_opened_below(
    panel: RunsPanel, kind: str, details: dict[str, object], name: str
) -> None:
    """As the panels that show one run, or several."""
    ask(panel, kind, **details)
    assert type(panel.children[1]).__name__ == name


def test_display_has_a_twin_and_a_text(panel: RunsPanel) -> None:
    """For viewers without widgets and for terminals."""
    data, _ = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "#8 brisk-otter" in data["text/html"]
    assert data["text/plain"].startswith("mnist: 8 runs")
    assert repr(panel) == data["text/plain"]


def test_browser_module_is_small_and_whole() -> None:
    """Under 60 kB, as each widget sends it; nothing left to import, one default export."""
    module = str(RunsTable._esm)
    assert len(module.encode()) < 60_000
    assert not re.search(r"^import ", module, re.MULTILINE)
    assert module.count("export default") == 1
    files: dict[Path, str] = {}
    browser_module._collect(FOLDER / "runs_table.js", files)
    declared = re.findall(
        r"^(?:export )?(?:async )?(?:function|const|class|let) (\w+)",
        "\n".join(files.values()),
        re.MULTILINE,
    )
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_browser_code_writes_text_only(path: Path) -> None:
    """No way from data to HTML or to code; the types are checked."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("// @ts-check\n")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|https?://(?!www\.w3\.org)"
    assert not re.search(forbidden, text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_the_notebook_s(path: Path) -> None:
    """Every variable of the notebook has a fallback, every class our prefix."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"var\(--jp-(?!mltrack)[\w-]+\)", text)
    assert set(re.findall(r"\.(?=[a-z])([a-z-]{11})", text)) <= {"jp-mltrack-"}
