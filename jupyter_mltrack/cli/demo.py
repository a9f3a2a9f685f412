"""``mltrack demo``: the main job, start to end, on real data."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_mltrack import settings
from jupyter_mltrack.cli import tables
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from jupyter_mltrack.entities import Run

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
    fluent.set_tracking_uri(home / "mltrack.duckdb")
    settings.hand_down(notebook=str(notebook))
    _execute(notebook)
    found = fluent.search_runs(
        experiment_names=[_EXPERIMENT],
        filter_string="metrics.rmse > 0",
        order_by=["metrics.rmse ASC"],
        output_format="list",
    )
    ranked = cast("list[Run]", found)
    print(f"\n{len(ranked)} tracked runs of real models, the best first:\n")
    print("\n".join(tables.runs(ranked)))
    if lab:
        return subprocess.call([sys.executable, "-m", "jupyter", "lab", str(notebook)])
    print(f"\nOpen it in JupyterLab:  jupyter lab {shlex.quote(str(notebook))}")
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
    """Run all cells in a kernel of their own and save what they show.

    Raises:
        MltrackException: if a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    progress = _Progress(sum(cell.cell_type == "code" for cell in content.cells))
    client = NotebookClient(
        content,
        timeout=600,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        store_widget_state=False,
        resources={"metadata": {"path": str(notebook.parent)}},
    )

    def begin(cell: Any, **_: Any) -> None:
        # The id of the cell goes along, as JupyterLab sends it and nbclient does not.
        if client.kc is not None:
            client.kc.session.metadata = {"cellId": cell.get("id")}

    client.on_cell_execute = begin
    client.on_cell_executed = progress.step
    try:
        client.execute()
    except CellExecutionError as error:
        msg = f"A cell failed, see {notebook}. {error.ename}: {error.evalue}"
        raise MltrackException(msg) from None
    finally:
        progress.end()
        nbformat.write(content, notebook)  # type: ignore[no-untyped-call]


class _Progress:
    """A bar on one line of the terminal; a line a step where there is no terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._began = time.monotonic()
        self._live = sys.stdout.isatty()
        self._show()

    def step(self, **_: Any) -> None:
        """One more cell of code is done."""
        self._done += 1
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
