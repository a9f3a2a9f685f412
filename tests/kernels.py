"""Real kernels for tests: cells are executed as JupyterLab executes them.

`kernel` is one with the extension loaded, for all tests of a file; a `conftest.py` imports it.
`open_kernel` starts another one, `execute` runs a whole notebook in one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.util import run_sync
from nbformat import NotebookNode

from jupyter_mltrack.store import Store

ROOT = Path(__file__).parents[1]
LOAD = "%load_ext jupyter_mltrack\nimport jupyter_mltrack as mlflow"
OURS = ("MLTRACK_", "MLFLOW_", "JPY_")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a cell left in the notebook.

    Attributes:
        outputs: Its outputs, as they are saved.
        reply: What the kernel answered.
    """

    outputs: list[Any]
    reply: dict[str, Any]

    @property
    def stdout(self) -> str:
        """All it printed."""
        return self._stream("stdout")

    @property
    def stderr(self) -> str:
        """All it printed as an error or a warning."""
        return self._stream("stderr")

    @property
    def html(self) -> list[str]:
        """What it showed as HTML."""
        return [one.data["text/html"] for one in self._shown() if "text/html" in one.data]

    @property
    def value(self) -> str | None:
        """Its last expression as text."""
        results = [one for one in self.outputs if one.output_type == "execute_result"]
        return results[0].data["text/plain"] if results else None

    @property
    def help(self) -> str:
        """What it showed in the pager."""
        return "".join(one["data"]["text/plain"] for one in self.reply["payload"])

    @property
    def error(self) -> Any:
        """Its one exception: ``ename``, ``evalue``, ``traceback``; None if there was none."""
        errors = [one for one in self.outputs if one.output_type == "error"]
        assert len(errors) < 2, errors
        return errors[0] if errors else None

    def _stream(self, name: str) -> str:
        streams = [one for one in self.outputs if one.output_type == "stream"]
        return "".join(one.text for one in streams if one.name == name)

    def _shown(self) -> list[Any]:
        kinds = ("display_data", "execute_result")
        return [one for one in self.outputs if one.output_type in kinds]


class Kernel:
    """A kernel whose notebook is in a folder of its own.

    Args:
        folder: Where it works.
        client: Who executes the cells.
    """

    def __init__(self, folder: Path, client: NotebookClient) -> None:
        self.folder = folder
        self.client = client
        self.store = Store(folder / "mltrack.duckdb")
        self._reply: dict[str, Any] = {}
        client.on_cell_executed = self._note

    def run(self, source: str, cell_id: str | None = None) -> Ran:
        """Execute a cell; its exception is in what it left."""
        cell = nbformat.v4.new_code_cell(source)
        if cell_id:
            cell.id = cell_id
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        return Ran(cell.outputs, self._reply)

    def _note(self, *, execute_reply: dict[str, Any], **_: Any) -> None:
        self._reply = execute_reply["content"]

    def ask(self, question: str, *arguments: Any) -> dict[str, Any]:
        """What the kernel answers to another question: ``complete``, ``is_complete``."""

        async def ask() -> dict[str, Any]:
            method = getattr(self.client.kc, question)
            return dict((await method(*arguments, reply=True, timeout=20))["content"])

        return run_sync(ask)()

    @property
    def pid(self) -> int:
        """The process of the kernel."""
        return int(self.client.km.provisioner.process.pid)

    def last(self, what: str = "*") -> dict[str, Any]:
        """The run that began last, columns of the view ``runs``."""
        return self.runs(what)[-1]

    def runs(self, what: str = "*") -> list[dict[str, Any]]:
        """All runs in their order."""
        return self.store.records(f"SELECT {what} FROM runs ORDER BY start_time, number")  # noqa: S608

    def artifact(self, path: str) -> str | None:
        """A text artifact of the last run; None if there is none."""
        file = self._artifacts() / path
        return file.read_text() if file.exists() else None

    def artifacts(self) -> list[str]:
        """The paths of the last run's artifacts."""
        home = self._artifacts()
        return sorted(str(file.relative_to(home)) for file in home.rglob("*") if file.is_file())

    def _artifacts(self) -> Path:
        run = self.last("experiment_id, run_id")
        return self.store.artifacts / run["experiment_id"] / run["run_id"] / "artifacts"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that has loaded the extension and imported the package as ``mlflow``."""
    with open_kernel(tmp_path_factory.mktemp("kernel"), LOAD) as opened:
        yield opened


@contextmanager
def open_kernel(folder: Path, *cells: str, name: str = "my notebook.ipynb") -> Iterator[Kernel]:
    """A kernel that has executed ``cells``; it is killed in the end."""
    client = notebook_client(folder, [], allow_errors=True)
    client.create_kernel_manager()
    with client.setup_kernel(cwd=str(folder), env=environment(folder, name)):
        kernel = Kernel(folder, client)
        for cell in cells:
            assert kernel.run(cell).error is None
        yield kernel


@contextmanager
def interrupt_when(kernel: Kernel, condition: Callable[[], bool]) -> Iterator[None]:
    """Press the stop button as soon as a condition holds, while a cell runs."""

    def wait_and_interrupt() -> None:
        while not condition():
            time.sleep(0.02)
        time.sleep(0.1)
        os.kill(kernel.pid, signal.SIGINT)

    thread = threading.Thread(target=wait_and_interrupt, daemon=True)
    thread.start()
    yield
    thread.join()


def execute(folder: Path, *cells: str, **options: Any) -> NotebookNode:
    """Execute a notebook from its first cell to its last, or to the first that fails.

    Raises:
        CellExecutionError: if one fails.
    """
    client = notebook_client(folder, list(cells), **options)
    client.execute(cwd=str(folder), env=environment(folder, "my notebook.ipynb"))
    return client.nb


def execute_together(folder: Path, *notebooks: Sequence[str]) -> None:
    """Execute several notebooks at once, each in a kernel of its own.

    Raises:
        CellExecutionError: if one fails.
    """

    async def execute_all() -> None:
        clients = [notebook_client(folder, list(cells)) for cells in notebooks]
        variables = environment(folder, "my notebook.ipynb")
        await asyncio.gather(
            *(client.async_execute(cwd=str(folder), env=variables) for client in clients)
        )

    asyncio.run(execute_all())


def notebook_client(folder: Path, cells: list[str], **options: Any) -> NotebookClient:
    """Executes cells, and tells the kernel their ids as JupyterLab does."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])

    def tell_cell_id(cell: NotebookNode, cell_index: int) -> None:
        client.kc.session.metadata = {"cellId": cell.id}

    options = {
        "kernel_name": "python3",
        "shutdown_kernel": "immediate",
        "store_widget_state": False,
        "timeout": 60,
    } | options
    client = NotebookClient(notebook, on_cell_execute=tell_cell_id, **options)
    return client


def environment(folder: Path, name: str) -> dict[str, str]:
    """The variables of a kernel that JupyterLab starts for a notebook."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return inherited | {
        "IPYTHONDIR": str(folder / ".ipython"),
        "JPY_SESSION_NAME": str(folder / name),
        "PYTHONPATH": str(ROOT),
    }
