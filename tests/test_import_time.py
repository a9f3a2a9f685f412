"""What `import jupyter_mltrack` costs: no heavy library, no file, and little time."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = {
    "IPython", "anywidget", "asyncio", "duckdb", "fsspec", "ipykernel", "ipywidgets", "jupyterlab",
    "matplotlib", "nbformat", "numpy", "pandas", "plotly", "psutil", "sklearn", "yaml",
}  # fmt: skip


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_no_heavy_library_is_loaded(tmp_path: Path) -> None:
    """They are imported by the call that needs them."""
    script = "import sys, json, jupyter_mltrack; print(json.dumps(list(sys.modules)))"
    loaded = set(json.loads(python("-c", script, folder=tmp_path).stdout))
    assert "jupyter_mltrack.tracking.client" in loaded
    assert HEAVY & loaded == set()


def test_a_first_run_needs_no_database(tmp_path: Path) -> None:
    """Nobody waits for DuckDB, and pays for it in memory, before something is read."""
    script = (
        "import sys, json, jupyter_mltrack as m; m.start_run(); m.log_metric('a', 1); m.end_run();"
        "print(json.dumps(list(sys.modules)))"
    )
    loaded = set(json.loads(python("-c", script, folder=tmp_path).stdout))
    assert HEAVY & loaded == set()
    count = "import jupyter_mltrack as m; print(len(m.search_runs()))"
    assert python("-c", count, folder=tmp_path).stdout.strip() == "1"


def test_the_time_is_printed(tmp_path: Path) -> None:
    """For the reader of the log; a busy machine proves nothing."""
    lines = python("-X", "importtime", "-c", "import jupyter_mltrack", folder=tmp_path).stderr
    rows = [line.split("|") for line in lines.splitlines() if line.startswith("import time:")]
    totals = {name.strip(): int(total) for _, total, name in rows[1:]}
    ours = sorted((time, name) for name, time in totals.items() if name.startswith("jupyter_ml"))
    print(f"import jupyter_mltrack: {totals['jupyter_mltrack'] / 1000:.0f} ms, with -X importtime")
    assert ours[-1][1] == "jupyter_mltrack"


def test_the_import_makes_no_file(tmp_path: Path) -> None:
    """Neither does choosing a store."""
    script = "import jupyter_mltrack as m; m.set_tracking_uri('runs.duckdb'); m.get_tracking_uri()"
    python("-c", script, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
