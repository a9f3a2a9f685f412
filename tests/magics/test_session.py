import hashlib
from collections.abc import Iterator

import pytest

from tests.kernels import Kernel, open_kernel

FIRST = ["x = 1", "1/0", "x = 1", "   ", "import jupyter_mltrack as mlflow"]
SPOKEN = "SELECT number, source, ok FROM cells ORDER BY number"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that imports the package in its fifth cell, without the extension."""
    with open_kernel(tmp_path_factory.mktemp("kernel")) as opened:
        for number, cell in enumerate(FIRST, 1):
            opened.run(cell, cell_id=f"cell-{number}")
        yield opened


def test_nothing_is_written_before_the_first_run(kernel: Kernel) -> None:
    """Importing the package and executing cells leaves no trace."""
    kernel.run("y = 2", cell_id="cell-6")
    assert [path.name for path in kernel.folder.iterdir()] == [".ipython"]


def test_without_the_extension_runs_go_to_default(kernel: Kernel) -> None:
    """As in MLflow; the notebook and the cell are known all the same."""
    kernel.run("with mlflow.start_run(): mlflow.log_metric('m', 1)", cell_id="cell-7")
    run = kernel.last()
    assert run["experiment_id"] == "0"
    assert run["tags"]["mltrack.cell_id"] == "cell-7"
    assert run["tags"]["mlflow.source.name"] == str(kernel.folder / "my notebook.ipynb")


def test_every_cell_is_recorded_in_order(kernel: Kernel) -> None:
    """Also those before the import, and those that failed; an empty one is none."""
    kernel.run("2/0", cell_id="cell-8")
    cells = kernel.store.rows(SPOKEN)
    assert [source for _, source, _ in cells[:3]] == ["x = 1", "1/0", "x = 1"]
    assert [number for number, _, _ in cells] == list(range(1, 8))
    assert cells[-1] == (7, "2/0", False)
    assert [ok for _, _, ok in cells] == [True, False, True, True, True, True, False]
    hashes = kernel.store.rows("SELECT sha256 FROM cells WHERE number IN (1, 3)")
    assert hashes == [(hashlib.sha256(b"x = 1").hexdigest(),)] * 2


def test_a_run_knows_which_cells_it_followed(kernel: Kernel) -> None:
    """All up to its own; not those executed later."""
    query = (
        "SELECT number, cell_id, execution_count FROM run_cells WHERE run_id = ? ORDER BY number"
    )
    cells = kernel.store.rows(query, [kernel.last()["run_id"]])
    assert [number for number, _, _ in cells] == [1, 2, 3, 4, 5, 6]
    assert cells[-3:] == [(4, "cell-5", 4), (5, "cell-6", 5), (6, "cell-7", 6)]
    notebooks = kernel.store.rows("SELECT DISTINCT notebook FROM cells")
    assert notebooks == [(str(kernel.folder / "my notebook.ipynb"),)]


def test_how_long_cells_took(kernel: Kernel) -> None:
    """In seconds, of those that were executed after the import."""
    kernel.run("import time\ntime.sleep(0.2)")
    ((seconds,),) = kernel.store.rows("SELECT seconds FROM cells ORDER BY number DESC LIMIT 1")
    assert 0.2 <= seconds < 60


def test_code_that_is_no_cell_is_not_recorded(kernel: Kernel) -> None:
    """What cells run by themselves; runs started there belong to the cell around it."""
    before = len(kernel.store.rows(SPOKEN))
    inner = "run = mlflow.start_run()\\nmlflow.end_run()"
    kernel.run(f"get_ipython().run_cell('z = 3')\nget_ipython().run_cell('{inner}')\n1")
    cells = kernel.store.rows(SPOKEN)
    assert len(cells) == before + 1
    assert kernel.last()["tags"]["mltrack.cell"] == str(cells[-1][0])


def test_a_long_cell_is_cut(kernel: Kernel) -> None:
    """Its hash is of all of it; the cells after it are recorded."""
    long = f"'{'x' * 2_000_000}';"
    assert kernel.run(long).error is None
    kernel.run("'after'")
    cells = kernel.store.rows("SELECT source, sha256 FROM cells ORDER BY number DESC LIMIT 2")
    assert cells[0][0] == "'after'"
    assert len(cells[1][0]) == 150_000
    assert cells[1][1] == hashlib.sha256(long.encode()).hexdigest()


def test_the_environment_is_recorded(kernel: Kernel) -> None:
    """Python, platform, and the packages that are imported when the run ends."""
    query = "SELECT python, packages FROM environments WHERE run_id = ?"
    kernel.run("with mlflow.start_run():\n    import numpy")
    ((python, packages),) = kernel.store.rows(query, [kernel.last()["run_id"]])
    ours = kernel.run("import sys\nprint(sys.version.split()[0], numpy.__version__)").stdout
    assert ours.split() == [python, packages["numpy"]]
    assert "jupyter_mltrack" in packages


def test_subshells(kernel: Kernel) -> None:
    """A cell in a second thread of the kernel, while another runs, does not mix with it."""
    kernel.run("""import threading
def other():
    get_ipython().run_cell("with mlflow.start_run(run_name='other'): mlflow.log_metric('o', 1)")
with mlflow.start_run(run_name='main'):
    thread = threading.Thread(target=other)
    thread.start(); thread.join()
    mlflow.log_metric('m', 1)""")
    main, other = kernel.runs()[-2:]
    assert (main["run_name"], main["metrics"]) == ("main", {"m": 1.0})
    assert (other["run_name"], other["metrics"]) == ("other", {"o": 1.0})
    assert "mlflow.parentRunId" not in other["tags"]
