"""The ``panels`` benchmark: what a user waits for, in a real JupyterLab and Chromium.

Times are taken inside the page, from the start of a cell (or the release of the mouse) to the
frame that shows the result; bytes are those of the frames that come over the websocket. Every
figure is the median of some rounds, after one that warms up the kernel.

Beside ours, in the same notebook: a DataFrame of `search_runs`, of which pandas shows ten rows,
and Plotly's ``FigureWidget`` of the same numbers. Interactive tables (ipydatagrid, itables) need an
extension in the server, so they are not here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tests.benchmarks import panels_charts, panels_page, panels_table, search

if TYPE_CHECKING:
    from tests.benchmarks.figures import Figure
    from tests.benchmarks.setting import Setting

LINES = 10_000
CURVES = 50
STEPS = 10_000
_KEPT = "curves of ours"
_SETUP = """\
import pandas as pd
import jupyter_mltrack as mlt
from jupyter_mltrack.tracking.client import TrackingClient
mlt.set_tracking_uri({runs!r})
client = TrackingClient({runs!r})
points_client = TrackingClient({points!r})
ids = list(mlt.search_runs(["0"], max_results={lines}, columns=["run_id"])["run_id"])
points_ids = list(points_client.sql("SELECT run_id FROM runs ORDER BY run_id")["run_id"])"""


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
    paths = {name: str(store / "bench.duckdb") for name, store in stores.items()}
    cells = {
        "setup": _SETUP.format(**paths, lines=lines),
        "table": panels_table.CELL,
        "frame": panels_table.PEER_CELL.format(runs=runs),
        "parallel": panels_charts.PARALLEL,
        "plotly parallel": panels_charts.PLOTLY_PARALLEL,
        "curves": panels_charts.CURVES,
        "plotly curves": panels_charts.PLOTLY_CURVES,
    }
    place = list(cells).index
    words = f"{CURVES} runs x {steps:,} points"
    with panels_page.notebooks(folder) as opened:
        watch = opened(list(cells.values()))
        watch.notebook.run(place("setup"))
        charts, curves = panels_charts, panels_charts.measure_curves
        parts = {
            "ours": [
                panels_table.measure(setting, watch, place("table"), runs),
                charts.measure_parallel(setting, watch, place("parallel"), lines),
                curves(setting, watch, place("curves"), words),
            ],
            "pandas_frame": [panels_table.measure_peer(setting, watch, place("frame"), runs)],
            "plotly_widget": [
                charts.measure_plotly_parallel(setting, watch, place("plotly parallel"), lines),
                curves(setting, watch, place("plotly curves"), words, "plotly_widget"),
            ],
        }
        figures: list[Figure] = []
        for name in setting.who(*parts):
            for part in parts[name]:
                with setting.attempt():
                    figures += part
        return figures
