"""``mltrack demo``: the main job, start to end, on real data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.cli import tables
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_TOUR = "01_first_run.ipynb"
_EXPERIMENT = "diabetes"
_NEEDED = ("sklearn", "matplotlib")
_WIDTH = 28


def run(folder: str, *, lab: bool) -> int:
    """Make ``folder``, execute the tour notebook in it with a progress bar, rank its runs.

    Raises:
        InvalidParameterValue: if there is something else in ``folder``.
    """
    _check_packages()
    home = Path(folder).resolve()
    notebook = _prepare(home)
    print(f"Running {notebook.name} in {home}")
    _execute(notebook)
    fluent.set_tracking_uri(home / "mltrack.duckdb")
    ranked = fluent.search_runs(
        experiment_names=[_EXPERIMENT],
        filter_string="metrics.rmse > 0",
        order_by=["metrics.rmse ASC"],
        output_format="list",
    )
    print(f"\n{len(ranked)} tracked runs of real models, the best first:\n")
    print("\n".join(tables.runs(list(ranked))))
    command = [sys.executable, "-m", "jupyter", "lab", str(notebook)]
    if lab:
        return subprocess.call(command)
    print(f"\nOpen it in JupyterLab:  jupyter lab {notebook}")
    return 0


def _check_packages() -> None:
    from importlib.util import find_spec

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        msg = (
            f"The demo trains real models and needs {' and '.join(missing)}:"
            ' pip install "jupyter-mltrack[demo]"'
        )
        raise MltrackException(msg)


def _prepare(home: Path) -> Path:
    """A folder with the tour notebook; an earlier demo in it may stay."""
    notebook = home / _TOUR
    if home.exists() and any(home.iterdir()) and not notebook.exists():
        msg = f"{home} is not empty and holds no demo. Name another folder: mltrack demo FOLDER"
        raise InvalidParameterValue(msg)
    home.mkdir(parents=True, exist_ok=True)
    with resources.as_file(tour(_TOUR)) as source:
        shutil.copyfile(source, notebook)
    return notebook


def tour(name: str) -> Traversable:
    """A notebook of the tour: in the installed package, or in the checkout beside it."""
    package = resources.files("jupyter_mltrack")
    shipped = package / "notebooks" / name
    return shipped if shipped.is_file() else Path(str(package)).parent / "notebooks" / name


def _execute(notebook: Path) -> None:
    """Run all cells in a kernel of their own and save what they show."""
    import nbformat
    from nbclient import NotebookClient

    content = nbformat.read(notebook, as_version=4)
    total = sum(cell.cell_type == "code" for cell in content.cells)
    progress = _Progress(total)
    client = NotebookClient(
        content,
        timeout=600,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": str(notebook.parent)}},
        on_cell_execute=lambda cell, cell_index: _tell_cell_id(client, cell),
        on_cell_complete=lambda cell, cell_index: progress.step(cell.cell_type == "code"),
    )
    environment = {**os.environ, "MLTRACK_NOTEBOOK": str(notebook)}
    for name in ("MLTRACK_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        environment.pop(name, None)
    try:
        client.execute(env=environment)
    finally:
        progress.end()
        nbformat.write(content, notebook)


def _tell_cell_id(client: Any, cell: Any) -> None:
    """Send the id of the cell along, as JupyterLab does and nbclient does not."""
    client.kc.session.metadata = {"cellId": cell.get("id")}


class _Progress:
    """A bar on one line of the terminal; a line a step where there is no terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._began = time.monotonic()
        self._live = sys.stdout.isatty()
        self._show()

    def step(self, counts: bool) -> None:
        """One more cell is done."""
        self._done += counts
        self._show()

    def end(self) -> None:
        """Leave the line."""
        sys.stdout.write("\n" if self._live else "")

    def _show(self) -> None:
        filled = round(_WIDTH * self._done / max(self._total, 1))
        bar = "█" * filled + "░" * (_WIDTH - filled)
        seconds = time.monotonic() - self._began
        line = f"  {bar}  cell {self._done} of {self._total}  {seconds:4.1f} s"
        sys.stdout.write(f"\r{line}" if self._live else f"{line}\n")
        sys.stdout.flush()
