"""A notebook in Chromium with a clock inside the page and a meter on its websocket."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import Error

from tests.benchmarks.process import WorkerError
from tests.lab import Lab, Notebook, browsing, open_cells, serving

if TYPE_CHECKING:
    from playwright.sync_api import Locator

#: Without a graphics card, WebGL is drawn by the processor, and so is all else of the page then.
_SOFTWARE_GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
_CLOCK = Path(__file__).with_name("panels_clock.js")
_PATIENCE_MS = 60_000
_LATE_MS = 400
_BINARY = 2


class Seen(NamedTuple):
    """How long it took in the page, and what came over the websocket.

    Attributes:
        ns: From the start to the frame that showed it.
        received: Bytes, until just after that.
    """

    ns: float
    received: int


class Stopwatch:
    """Times what happens in one notebook.

    Args:
        notebook: It is open, with its kernel idle.
    """

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self._received = 0
        self.page.evaluate(_CLOCK.read_text(encoding="utf-8"))
        meter = self.page.context.new_cdp_session(self.page)
        meter.on("Network.webSocketFrameReceived", self._count)
        meter.send("Network.enable")

    def _count(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        data: str = frame["payloadData"]
        is_binary = frame["opcode"] == _BINARY
        self._received += len(base64.b64decode(data) if is_binary else data.encode())

    def cell_until(self, cell: int, test: str) -> Seen:
        """Run a cell until ``test``, JavaScript about its output ``out``, holds and is painted."""
        self._clear(cell)
        return self._timed(f"""
            const out = clock.output({cell});
            const begin = performance.now();
            clock.runCell({cell});
            return (await clock.until(() => {test}, {_PATIENCE_MS})) - begin;""")

    def cell_drawn(self, cell: int, is_begun: str) -> Seen:
        """Run a cell until its output changes no more, after ``is_begun`` holds of it."""
        self._clear(cell)
        return self._timed(f"""
            const begin = performance.now();
            clock.runCell({cell});
            const out = clock.output({cell});
            const last = await clock.settled(out, out => {is_begun}, {_PATIENCE_MS});
            return last - begin;""")

    def act_until(self, cell: int, act: str, test: str) -> Seen:
        """Do ``act`` to the output ``out`` of a cell until ``test`` holds and is painted."""
        return self._timed(f"""
            const out = clock.output({cell});
            const begin = performance.now();
            {act};
            return (await clock.until(() => {test}, {_PATIENCE_MS})) - begin;""")

    def drag_until(
        self, cell: int, drag: Callable[[Stopwatch, Locator], None], tests: list[str]
    ) -> list[float]:
        """Drag with the mouse; from its release until each of the tests holds, in ns."""
        begun = """([cell, tests]) => {
            const clock = window.mltrackClock, out = clock.output(cell);
            const held = test => new Function('out', `return ${test}`).bind(null, out);
            window.mltrackHeld = Promise.all(
                tests.map(test => clock.until(held(test), %d)));
        }"""
        self._asked(begun % _PATIENCE_MS, [cell, tests])
        drag(self, self.notebook.output(cell))
        ended = """async () => {
            const held = await window.mltrackHeld;
            return held.map(one => one - window.mltrackClock.released());
        }"""
        return [ms * 1e6 for ms in self._asked(ended)]

    def _asked(self, script: str, argument: object = None) -> Any:
        try:
            return self.page.evaluate(script, argument)
        except Error as error:
            shown = self.notebook.page.locator(".jp-OutputArea-output.jp-mod-error, pre")
            words = "\n".join(shown.all_inner_texts())[-1500:]
            msg = f"{error.message.splitlines()[0]}\n{words}"
            raise WorkerError(msg) from None

    def _clear(self, cell: int) -> None:
        self.page.evaluate(
            """cell => {
                const { shell, commands } = window.jupyterapp;
                shell.currentWidget.content.activeCellIndex = cell;
                return commands.execute('notebook:clear-cell-output');
            }""",
            cell,
        )
        self.page.wait_for_timeout(_LATE_MS)

    def _timed(self, script: str) -> Seen:
        before = self._received
        body = f"async () => {{ const clock = window.mltrackClock; {script} }}"
        ms = self._asked(body)
        self.page.wait_for_timeout(_LATE_MS)
        return Seen(ms * 1e6, self._received - before)


@contextmanager
def server(folder: Path) -> Iterator[Lab]:
    """Start a JupyterLab for notebooks in ``folder``."""
    home, served = folder / "home", folder / "notebooks"
    home.mkdir()
    served.mkdir()
    with serving(home, served) as lab:
        yield lab


@contextmanager
def notebook(lab: Lab, cells: list[str], *, webgl: bool) -> Iterator[Stopwatch]:
    """Open cells in a browser of their own, with WebGL if that is needed: it slows all else."""
    with browsing(*(_SOFTWARE_GL if webgl else ())) as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        yield Stopwatch(open_cells(page, lab, cells))
