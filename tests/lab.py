"""A real JupyterLab in a real browser, for the tests marked `browser`.

A `conftest.py` imports the fixtures it wants: `lab` is the server, started once; `chromium`
is the browser of one test module; `open_notebook` opens notebooks in it.
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
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
LAB = (
    "-m jupyter lab --no-browser --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.port_retries=0"
    " --IdentityProvider.token= --LabApp.expose_app_in_browser=True --LabApp.news_url=None"
    " --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
).split()
SECONDS_TO_START = 60
PATIENCE_MS = 60_000


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

OpenNotebook = Callable[..., Notebook]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of its own: home, settings and files are in a new folder."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notebooks")
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


# Not for the whole session: while Playwright is open, no other test can run an asyncio loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        pytest.fail("Chromium is missing: `apt-get install chromium`, or `-m 'not browser'`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_notebook(lab: Lab, chromium: Browser) -> Iterator[OpenNotebook]:
    """Call it with the sources of cells to get a `Notebook`."""
    opened: list[Page] = []

    def open_cells(cells: list[str], *, width: int = 1280, height: int = 900) -> Notebook:
        path = lab.folder / f"test-{time.monotonic_ns()}.ipynb"
        write_notebook(cells, path)
        page = chromium.new_page(viewport={"width": width, "height": height})
        opened.append(page)
        page.set_default_timeout(PATIENCE_MS)
        notebook = Notebook(page, path)
        page.on("pageerror", lambda error: notebook.errors.append(str(error)))
        page.goto(f"{lab.url}/lab/tree/{path.name}?reset", wait_until="domcontentloaded")
        page.wait_for_selector("#jupyterlab-splash", state="detached")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.wait_for_function(_KERNEL_IS_IDLE)
        page.evaluate(_COMMAND, ["application:toggle-left-area", {}])
        return notebook

    yield open_cells
    for page in opened:
        page.close()


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
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
