"""A real JupyterLab in a real browser, for the tests marked `browser` and for benchmarks.

A `conftest.py` imports the fixtures it wants: `lab` is the server, started once; `chromium`
is the browser of one test module; `open_notebook` opens notebooks in it. Without pytest they
are `serving`, `browsing` and `open_cells`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.error import URLError

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LAB = (
    "-m jupyter lab --no-browser --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.port_retries=0"
    " --IdentityProvider.token= --LabApp.expose_app_in_browser=True --LabApp.news_url=None"
    " --JupyterNotebookApp.expose_app_in_browser=True"
    " --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
).split()
SECONDS_TO_START = 60
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS / 2)  # the machine may be busy with other tests


@dataclass(frozen=True, slots=True)
class Lab:
    """A running server, and the folder it shows."""

    url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that is open in JupyterLab with its kernel idle.

    Attributes:
        errors: What the page wrote to its console as an error, and its uncaught exceptions.
    """

    page: Page
    path: Path
    errors: list[str] = field(default_factory=list)

    def run(self, *cells: int) -> None:
        """Execute cells, or all of them, and wait for each."""
        if not cells:
            self.page.evaluate(_COMMAND, ["notebook:run-all-cells", {}])
        for cell in cells:
            self.page.evaluate(_ACTIVATE, cell)
            self.page.evaluate(_COMMAND, ["notebook:run-cell", {}])

    def output(self, cell: int) -> Locator:
        """The output area of a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-Cell-outputArea")

    def set_theme(self, name: str) -> None:
        """Change to ``JupyterLab Light`` or ``JupyterLab Dark``."""
        self.page.evaluate(_COMMAND, ["apputils:change-theme", {"theme": name}])
        is_light = str("Light" in name).lower()
        self.page.locator(f"body[data-jp-theme-light='{is_light}']").wait_for(state="attached")
        self.page.wait_for_timeout(300)  # the style sheet arrives after the attribute

    def save(self) -> None:
        """Write the notebook to disk."""
        self.page.evaluate(_COMMAND, ["docmanager:save", {}])


_COMMAND = "([name, args]) => window.jupyterapp.commands.execute(name, args)"
_ACTIVATE = "cell => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }"
_KERNEL_IS_IDLE = """() => {
  const widget = window.jupyterapp?.shell.currentWidget;
  return widget?.sessionContext?.session?.kernel?.status === 'idle';
}"""

FrontEnd = Literal["lab", "notebook"]
OpenNotebook = Callable[..., Notebook]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of its own: home, settings and files are in a new folder."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notebooks")
    with serving(home, folder) as lab:
        yield lab


# Not for the whole session: while Playwright is open, no other test can run an asyncio loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def open_notebook(lab: Lab, chromium: Browser) -> Iterator[OpenNotebook]:
    """Call it with the sources of cells to get a `Notebook`."""
    opened: list[Page] = []

    def open_here(cells: list[str], *, width: int = 1280, height: int = 900) -> Notebook:
        opened.append(chromium.new_page(viewport={"width": width, "height": height}))
        return open_cells(opened[-1], lab, cells)

    yield open_here
    for page in opened:
        page.close()


@contextmanager
def serving(home: Path, folder: Path) -> Iterator[Lab]:
    """Start a server for ``folder``; all that Jupyter itself keeps goes to ``home``.

    It serves JupyterLab, and Notebook 7 where that is installed.

    Raises:
        RuntimeError: if it does not start within a minute.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    url = f"http://127.0.0.1:{free_port()}"
    log = home / "lab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                *LAB,
                f"--ServerApp.port={url.rpartition(':')[2]}",
                f"--ServerApp.root_dir={folder}",
            ],
            env=environment(home),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(url, server, log)
        yield Lab(url, folder)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


@contextmanager
def browsing(*options: str) -> Iterator[Browser]:
    """Start Debian's Chromium, without a window, with these options of its command line, too.

    Raises:
        RuntimeError: if there is none.
    """
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        msg = "Chromium is missing: `apt-get install chromium`, or `-m 'not browser'`"
        raise RuntimeError(msg)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", *options]
        )
        yield browser
        browser.close()


def open_cells(page: Page, lab: Lab, cells: list[str], *, front_end: FrontEnd = "lab") -> Notebook:
    """Open a new notebook of these cells in a page, and wait for its kernel."""
    path = lab.folder / f"test-{time.monotonic_ns()}.ipynb"
    write_notebook(cells, path)
    page.set_default_timeout(PATIENCE_MS)
    notebook = Notebook(page, path)
    page.on("pageerror", lambda error: notebook.errors.append(str(error)))
    where = "lab/tree" if front_end == "lab" else "notebooks"
    page.goto(f"{lab.url}/{where}/{path.name}?reset", wait_until="domcontentloaded")
    if front_end == "lab":
        page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.wait_for_function(_KERNEL_IS_IDLE)
    if front_end == "lab":
        page.evaluate(_COMMAND, ["application:toggle-left-area", {}])
    return notebook


def write_notebook(cells: list[str], path: Path) -> None:
    """A notebook of code cells for the Python kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, path)


def environment(home: Path) -> dict[str, str]:
    """This environment, with all that Jupyter keeps inside `home`, and our package."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    own = {
        "HOME": "",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return inherited | {key: str(home / name) for key, name in own.items()} | {"PYTHONPATH": path}


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with closing(urllib.request.urlopen(f"{url}/api/status", timeout=1)):  # noqa: S310
                return
        except (URLError, OSError):
            time.sleep(0.1)
    msg = f"JupyterLab did not start:\n{log.read_text()[-3000:]}"
    raise RuntimeError(msg)


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
