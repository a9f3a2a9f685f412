import json
import os
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import jupyter_mltrack as mlt
from tests.fresh import OURS
from tests.lab import ROOT
from tests.panels.page.asking import Asked
from tests.panels.page.examples import train

CELLS = [
    "%load_ext jupyter_mltrack\nimport jupyter_mltrack as mlt",
    "steps = 3  # used below",
    "for _ in range(3): pass",
    "1 / 0",
    "%%track broken\nprint('\\x1b[31mred\\x1b[0m')\nrate = 0.5\nraise ValueError('loss is NaN')",
    "with mlt.start_run(run_name='plain'):\n    mlt.log_metric('loss', steps)",
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that a notebook wrote."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    setup = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(setup))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    NotebookClient(
        notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    ).execute(env=inherited)
    return folder


@pytest.fixture
def asked(executed: Path, wine: Path) -> Asked:
    """The page of the failed run."""
    assert wine.exists()
    mlt.set_tracking_uri(str(executed / "mltrack.duckdb"))
    found = mlt.search_runs(search_all_experiments=True, filter_string="run_name = 'broken'")
    return Asked(found["run_id"][0])


def test_failed_run_has_its_traceback_and_cell(asked: Asked) -> None:
    """The message at once, the rest on demand."""
    assert asked.view.overview["failed"]
    assert asked.view.overview["error"] == "ValueError: loss is NaN"
    failure = asked.ask("failure")
    assert failure["traceback"].startswith("Traceback (most recent call last)")
    assert failure["cell"] == CELLS[4]


def test_code_has_the_cells_before(asked: Asked) -> None:
    """Folded to their first line; the source comes when it is opened."""
    code = asked.ask("code")
    assert code["own"] == CELLS[4]
    assert code["is_notebook"]
    lines = {cell["line"]: cell for cell in code["cells"]}
    assert lines["1 / 0"]["failed"]
    number = lines["steps = 3 # used below"]["number"]
    assert asked.ask("cell", number=number)["source"] == CELLS[1]
    assert "error" in asked.ask("cell", number=code["own_number"] + 1)


def test_log_has_the_output_and_the_traceback(asked: Asked) -> None:
    """Without the colours of a terminal."""
    logs = {one["title"]: one["text"] for one in asked.ask("log")["logs"]}
    assert list(logs) == ["Traceback", "Printed output"]
    assert logs["Printed output"] == "red\n"


def test_changed_cell_is_told(asked: Asked) -> None:
    """The next run came from another one."""
    found = mlt.search_runs(search_all_experiments=True, filter_string="run_name = 'plain'")
    changes = Asked(found["run_id"][0]).view.overview["changes"]
    assert (changes["since"], changes["code"]) == ("#1", "changed: cell")
    assert asked.view.overview["changes"] is None


@pytest.mark.usefixtures("wine")
def test_inputs_show_digest_context_schema_and_profile() -> None:
    """A source that is JSON is told by its address."""
    page = Asked(train(0.1, 6, steps=2)).ask("data")
    (wine,) = page["inputs"]
    assert (wine["name"], wine["context"]) == ("wine", "training")
    assert len(wine["digest"]) == 8
    assert wine["columns"] == [["acidity", "double"], ["quality", "long"]]
    assert ["num_rows", "3"] in wine["profile"]
    assert any(name == "pandas" for name, _ in page["packages"])


@pytest.mark.usefixtures("wine")
def test_changed_data_are_told() -> None:
    """By the names of the datasets that differ."""
    for rows in ([1], [2]):
        with mlt.start_run():
            mlt.log_input(mlt.data.from_pandas(pd.DataFrame({"a": rows}), name="grapes"))
    assert Asked().view.overview["changes"]["data"] == "changed: grapes"


@pytest.mark.usefixtures("wine")
def test_logged_diff_is_offered() -> None:
    """Any file that ends in .diff or .patch."""
    with mlt.start_run():
        mlt.log_text("-old\n+new\n", "git.diff")
        mlt.log_text("x", "notes.txt")
    assert Asked().ask("code")["patches"] == ["git.diff"]


@pytest.mark.usefixtures("wine")
def test_commit_of_a_checkout_is_shown() -> None:
    """From the tags."""
    tags = {
        "mlflow.source.git.commit": "c0ffee" * 6,
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.dirty": "true",
    }
    with mlt.start_run(tags=tags):
        pass
    git = Asked().ask("code")["git"]
    assert git["commit"] == "c0ffee" * 6
    assert git["state"] == "with changes not committed"


@pytest.mark.usefixtures("wine")
def test_metrics_that_are_no_numbers_travel() -> None:
    """NaN and infinity, in every place."""
    for _ in range(2):
        with mlt.start_run():
            for step, value in enumerate((float("nan"), float("inf"), 1.0, float("-inf"))):
                mlt.log_metric("odd", value, step=step)
            mlt.log_metric("none", float("nan"))
    asked = Asked()
    json.dumps(asked.view.overview, allow_nan=False)
    assert asked.view.overview["metrics"]["rows"][0]["text"] == "NaN"
    assert len(asked.page.html()) < 15_000
