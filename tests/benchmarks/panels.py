"""The ``panels`` benchmark: what a user waits for, in a real JupyterLab and Chromium.

Times are taken inside the page, from the start of a cell (or the release of the mouse) to the
frame that shows the result; bytes are those of the frames that come over the websocket. Every
figure is the median of some rounds, after one that warms up the kernel.

Beside ours, in notebooks of their own: a DataFrame of `search_runs`, of which pandas shows ten
rows, and Plotly's ``FigureWidget`` of the same numbers, in a browser with WebGL, which it needs.
Interactive tables (ipydatagrid, itables) need an extension in the server, so they are not here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tests.benchmarks import panels_charts, panels_page, panels_table, search

if TYPE_CHECKING:
    from tests.benchmarks.figures import Figure
    from tests.benchmarks.panels_page import Stopwatch
    from tests.benchmarks.setting import Setting

LINES = 10_000
CURVES = 50
STEPS = 10_000
_KEPT = "curves of ours"
_SETUP = """\
import pandas as pd
import jupyter_mltrack as mlt
from jupyter_mltrack.panels.parallel import ParallelPanel
from jupyter_mltrack.tracking.client import TrackingClient
mlt.set_tracking_uri({runs!r})
client = TrackingClient({runs!r})
points_client = TrackingClient({points!r})
ids = list(mlt.search_runs(["0"], max_results={lines}, columns=["run_id"])["run_id"])
points_ids = list(points_client.sql("SELECT run_id FROM runs ORDER BY run_id")["run_id"])
axes = ParallelPanel(client, ids).arrangement["shown"]"""


def fill_points(ours: ModuleType, folder: Path, runs: int, steps: int) -> None:
    """Job: runs with one long metric each."""
    from jupyter_mltrack.store import Store
    from tests.benchmarks.stores import write_points

    path = ours.database(folder)
    write_points(path, journals=min(8, runs), runs=runs, keys=1, steps=steps)
    store = Store(path)
    store.fold()
    store.finish_sealing()


def measure(setting: Setting) -> list[Figure]:
    """Open one notebook and go through its panels."""
    if "ours" not in setting.only:
        return []
    runs, steps = setting.share(search.SIZES[-1], least=300), setting.share(STEPS, least=100)
    kept = setting.kept_store(search.KEPT, "ours", search.fill, 0, runs)
    points = setting.kept_store(_KEPT, "ours", fill_points, CURVES, steps)
    with tempfile.TemporaryDirectory(prefix="mltrack-bench-") as folder:
        return _measured(setting, Path(folder), {"runs": kept, "points": points}, runs, steps)


def _measured(
    setting: Setting, folder: Path, stores: dict[str, Path], runs: int, steps: int
) -> list[Figure]:
    lines = setting.share(LINES, least=50)
    words = f"{CURVES} runs x {steps:,} points"
    paths = {name: str(store / "bench.duckdb") for name, store in stores.items()}
    setup = _SETUP.format(**paths, lines=lines)
    table, charts, curves = panels_table, panels_charts, panels_charts.measure_curves
    peer = "plotly_widget"
    parts: dict[str, list[tuple[str, Callable[[Stopwatch, int], Iterator[Figure]]]]] = {
        "ours": [
            (table.CELL, lambda watch, cell: table.measure(setting, watch, cell, runs)),
            (charts.PARALLEL, lambda *at: charts.measure_parallel(setting, *at, lines)),
            (charts.CURVES, lambda *at: curves(setting, *at, words)),
        ],
        "pandas_frame": [
            (
                table.PEER_CELL.format(runs=runs),
                lambda *at: table.measure_peer(setting, *at, runs),
            ),
        ],
        peer: [
            (
                charts.PLOTLY_PARALLEL,
                lambda *at: charts.measure_plotly_parallel(setting, *at, lines),
            ),
            (charts.PLOTLY_CURVES, lambda *at: curves(setting, *at, words, peer)),
        ],
    }
    figures: list[Figure] = []
    with panels_page.server(folder) as lab:
        for name in setting.who(*parts):
            cells, measures = zip(*parts[name], strict=True)
            with panels_page.notebook(lab, [setup, *cells], webgl=name == peer) as watch:
                watch.notebook.run(0)
                for place, measured in enumerate(measures, start=1):
                    with setting.attempt():
                        figures += measured(watch, place)
    return figures
